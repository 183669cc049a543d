/* SPDX-License-Identifier: ISC */
/* The ARP engine: resolving, and what received packets change. */
#include "net/arp/arp.h"
#include "net/arp/cache.h"
#include "mir/stats.h"

static uint64_t rx_packets, drop_malformed, drop_ignored, drop_locked, conflicts, refused;
MIR_COUNTER(arp_rx_packets, &rx_packets, "ARP packets taken");
MIR_COUNTER(arp_conflicts, &conflicts, "ARP packets of others with our address");
MIR_COUNTER(arp_drop_malformed, &drop_malformed, "ARP packets that made no sense");
MIR_COUNTER(arp_drop_ignored, &drop_ignored, "ARP packets about hosts we don't talk to");
MIR_COUNTER(arp_tx_refused, &refused, "packets not sent: too many wait, or their next hop is silent");
MIR_COUNTER(arp_drop_locked, &drop_locked, "ARP packets that contradict a fresh entry");

void
arp_init(struct arp *a, const struct arp_env *env)
{
	memset(a, 0, sizeof *a);
	a->env = *env;
	a->announce = MIR_NEVER;
}

static void
say(struct arp *a, enum arp_op op, const uint8_t dst[ETHER_ADDR], uint32_t sender_ip,
    const uint8_t target_mac[ETHER_ADDR], uint32_t target_ip)
{
	struct arp_packet p = { .op = op, .sender_ip = sender_ip, .target_ip = target_ip };

	memcpy(p.sender_mac, a->mac, ETHER_ADDR);
	memcpy(p.target_mac, target_mac, ETHER_ADDR);
	a->env.output(a->env.ctx, dst, &p);
}

static const uint8_t nobody[ETHER_ADDR];

void
arp_ask(struct arp *a, struct arp_entry *e)
{
	/* RFC 1122 2.3.2.1: whom we know is asked directly, then all: it may have moved. */
	bool direct = e->state == ARP_PROBING && e->tries <= ARP_TRIES / 2;
	const uint8_t *to = direct ? e->mac : ether_broadcast;

	say(a, ARP_REQUEST, to, a->ip, nobody, e->ip);
}

void
arp_announce(struct arp *a)
{
	say(a, ARP_REQUEST, ether_broadcast, a->ip, nobody, a->ip);
}

void
arp_set_local(struct arp *a, mir_ns now, const uint8_t mac[ETHER_ADDR], uint32_t ip)
{
	memcpy(a->mac, mac, ETHER_ADDR);
	a->ip = ip;
	a->announce = ip ? mir_deadline(now, ARP_ANNOUNCE) : MIR_NEVER;
	if (ip)
		arp_announce(a);
}

void
arp_probe(struct arp *a, uint32_t ip)
{
	a->probe_ip = ip;
	if (ip)
		say(a, ARP_REQUEST, ether_broadcast, 0, nobody, ip);
}

/* The address, ours or probed, that another host says it has or wants; 0: none. */
static uint32_t
contested(const struct arp *a, const struct arp_packet *p)
{
	if (p->sender_ip && (p->sender_ip == a->ip || p->sender_ip == a->probe_ip))
		return p->sender_ip;
	/* RFC 5227 2.1.1: another host's probe for the address that we probe for. */
	return p->sender_ip == 0 && p->target_ip == a->probe_ip ? a->probe_ip : 0;
}

static void
conflict(struct arp *a, mir_ns now, uint32_t ip, const struct arp_packet *p)
{
	conflicts++;
	if (ip == a->ip) {
		if (now < a->defend)
			return;		/* Two hosts that defend must not do so for ever. */
		a->defend = mir_deadline(now, ARP_DEFEND);
		arp_announce(a);
	}
	a->env.conflict(a->env.ctx, ip, p->sender_mac);
}

/* RFC 826's merge: refresh what is there; make an entry only when they ask for us.  A packet that
 * contradicts a known entry doesn't change it, but makes us ask the owner that we know: only when
 * he is silent do others' answers count.  The counter of what became of the packet. */
static uint64_t *
learn(struct arp *a, mir_ns now, const struct arp_packet *p, bool asked)
{
	struct arp_entry *e = arp_find(a, p->sender_ip);

	if (!e && asked && p->sender_ip)
		e = arp_new_entry(a, now, p->sender_ip, false);
	if (!e)
		return asked ? &rx_packets : &drop_ignored;
	if (arp_doubts(e, p->sender_mac)) {
		if (e->state == ARP_KNOWN && now - e->confirmed >= ARP_LOCKED)
			arp_verify(a, now, e);
		return &drop_locked;
	}
	arp_confirm(a, now, e, p->sender_mac);
	return &rx_packets;
}

int
arp_input(struct arp *a, mir_ns now, const uint8_t *data, size_t len)
{
	struct arp_packet p;
	uint32_t ip;
	bool asked;

	if (arp_parse(data, len, &p)) {
		drop_malformed++;
		return MIR_EPROTO;
	}
	if (memcmp(p.sender_mac, a->mac, ETHER_ADDR) == 0) {
		drop_ignored++;		/* Our own words, come back. */
		return MIR_OK;
	}
	ip = contested(a, &p);
	if (ip) {
		rx_packets++;
		conflict(a, now, ip, &p);
		return MIR_OK;
	}
	asked = a->ip && p.target_ip == a->ip && p.op == ARP_REQUEST;
	++*learn(a, now, &p, asked);
	if (asked)
		say(a, ARP_REPLY, p.sender_mac, a->ip, p.sender_mac, p.sender_ip);
	return MIR_OK;
}

static int
wait_for(struct arp *a, mir_ns now, struct arp_entry *e, struct mir_buf *b)
{
	if (e->pending_count == ARP_PENDING)
		return MIR_ENOMEM;
	e->pending[e->pending_count++] = b;
	if (e->tries == 0)
		arp_try(a, now, e);
	return MIR_EAGAIN;
}

static int
resolve(struct arp *a, mir_ns now, uint32_t ip, uint8_t mac[ETHER_ADDR], struct mir_buf *b)
{
	struct arp_entry *e = arp_find(a, ip);

	if (!e)
		e = arp_new_entry(a, now, ip, true);
	if (!e)
		return MIR_ENOMEM;
	e->used = now;
	switch (e->state) {
	case ARP_KNOWN:
	case ARP_PROBING:
		memcpy(mac, e->mac, ETHER_ADDR);
		return MIR_OK;
	case ARP_FAILED:
		return MIR_EUNREACH;
	default:
		return wait_for(a, now, e, b);
	}
}

int
arp_resolve(struct arp *a, mir_ns now, uint32_t ip, uint8_t mac[ETHER_ADDR], struct mir_buf *b)
{
	int err = resolve(a, now, ip, mac, b);

	refused += err && err != MIR_EAGAIN;
	return err;
}
