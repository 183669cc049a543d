/* SPDX-License-Identifier: ISC */
/* The DHCP client's state machine (RFC 2131 figure 5). */
#include <string.h>
#include "mir/err.h"
#include "mir/stats.h"
#include "net/dhcp/dhcp.h"
#include "net/dhcp/lease.h"
#include "net/ipv4/packet.h"

#define BROADCAST	0xffffffffu
#define FIRST_WAIT	MIR_SEC(1)	/* Doubled with each try, up to 64 s (4.1: 4 s at first,
					 * which is long for a machine that boots in 0.1 s). */
#define LAST_WAIT	MIR_SEC(64)
#define REQUEST_TRIES	4
#define CHECK_WAIT	MIR_MS(20)	/* For an answer to the ARP probe; every start waits it out. */
#define DECLINE_WAIT	MIR_SEC(10)	/* 3.1 (5). */
#define RENEW_LEAST	MIR_SEC(60)	/* 4.4.5: between renewals' repetitions. */

static uint64_t drop_malformed, drop_not_ours, drop_state, offers, acks, naks, declines;
MIR_COUNTER(dhcp_drop_malformed, &drop_malformed, "DHCP messages that made no sense");
MIR_COUNTER(dhcp_drop_not_ours, &drop_not_ours, "DHCP messages for another client");
MIR_COUNTER(dhcp_drop_state, &drop_state, "DHCP messages that nobody asked for");
MIR_COUNTER(dhcp_offers, &offers, "DHCP offers taken");
MIR_COUNTER(dhcp_acks, &acks, "DHCP leases got and renewed");
MIR_COUNTER(dhcp_naks, &naks, "DHCP requests refused");
MIR_COUNTER(dhcp_declines, &declines, "DHCP addresses declined");

void
dhcp_init(struct dhcp *d, const struct dhcp_env *env)
{
	*d = (struct dhcp){ .env = *env, .next = MIR_NEVER };
}

/* Exponential with a random part of up to one second either way, as 4.1 has it. */
static mir_ns
backoff(struct dhcp *d)
{
	mir_ns wait = FIRST_WAIT << (d->tries < 6 ? d->tries : 6);

	if (wait > LAST_WAIT)
		wait = LAST_WAIT;
	return wait - MIR_MS(250) + MIR_MS(d->env.random(d->env.ctx) % 500);
}

static void
send(struct dhcp *d, mir_ns now, const struct dhcp_question *in, uint32_t dst)
{
	struct dhcp_question q = *in;
	struct mir_buf *b = mir_buf_alloc(MIR_BUF_HEADROOM, DHCP_MIN);

	if (!b)
		return;			/* As if lost on the way: the next try comes. */
	q.xid = d->xid;
	q.secs = (uint16_t)((now - d->started) / MIR_SEC(1));
	memcpy(q.chaddr, d->mac, sizeof q.chaddr);
	dhcp_build(b->data, &q);
	d->env.output(d->env.ctx, q.ciaddr, dst, b);
}

static void
enter(struct dhcp *d, enum dhcp_state state, mir_ns next)
{
	if (state != d->state)
		d->tries = 0;
	d->state = state;
	d->next = next;
}

static void
discover(struct dhcp *d, mir_ns now)
{
	const struct dhcp_question q = { .type = DHCP_DISCOVER, .requested = d->lease.ip };

	/* One number for all tries: some servers look for other users of an address before they
	 * offer it, for longer than our first pauses. */
	if (d->state != DHCP_SELECTING)
		d->xid = d->env.random(d->env.ctx);
	enter(d, DHCP_SELECTING, 0);
	send(d, now, &q, BROADCAST);
	d->next = mir_deadline(now, backoff(d));
	d->tries++;
}

/* A request in the form that each state has it in (4.3.6, table 4). */
static void
request(struct dhcp *d, mir_ns now)
{
	bool has_address = d->state == DHCP_RENEWING || d->state == DHCP_REBINDING;
	const struct dhcp_question q = {
		.type = DHCP_REQUEST,
		.ciaddr = has_address ? d->lease.ip : 0,
		.requested = has_address ? 0 : d->lease.ip,
		.server = d->state == DHCP_REQUESTING ? d->lease.server : 0 };

	if (d->tries++ == 0)
		d->sent = now;
	send(d, now, &q, d->state == DHCP_RENEWING ? d->lease.server : BROADCAST);
}

static void
lose(struct dhcp *d, mir_ns now, mir_ns wait)
{
	d->lease = (struct dhcp_lease){ .ip = 0 };
	d->env.probe(d->env.ctx, 0);
	d->env.lost(d->env.ctx);
	if (wait)
		enter(d, DHCP_WAITING, mir_deadline(now, wait));
	else
		discover(d, now);
}

/* When a request without an answer is due again; a lease that is asked for anew ends meanwhile. */
static mir_ns
again(struct dhcp *d, mir_ns now)
{
	mir_ns next = mir_deadline(now, backoff(d));

	return d->state == DHCP_REBOOTING && next > d->lease.end ? d->lease.end : next;
}

void
dhcp_start(struct dhcp *d, mir_ns now, const uint8_t mac[6])
{
	memcpy(d->mac, mac, sizeof d->mac);
	d->started = now;
	d->state = DHCP_OFF;
	if (!d->lease.end) {
		discover(d, now);
	} else if (d->lease.end <= now) {
		lose(d, now, 0);
	} else {
		d->xid = d->env.random(d->env.ctx);
		enter(d, DHCP_REBOOTING, 0);
		request(d, now);
		d->next = again(d, now);
	}
}

void
dhcp_conflict(struct dhcp *d, mir_ns now)
{
	struct dhcp_question q = { .type = DHCP_DECLINE, .requested = d->lease.ip,
		.server = d->lease.server };

	if (d->state != DHCP_CHECKING)
		return;
	declines++;
	send(d, now, &q, BROADCAST);
	lose(d, now, DECLINE_WAIT);
}

/* Only a fresh address is probed; a server can't change one that is in use (4.3.2). */
static void
acknowledged(struct dhcp *d, mir_ns now, const struct dhcp_message *m)
{
	bool fresh = d->state == DHCP_REQUESTING;

	if (!fresh && m->yiaddr != d->lease.ip) {
		drop_not_ours++;
		return;
	}
	if (dhcp_take_lease(&d->lease, m, d->sent)) {
		drop_malformed++;
		return;
	}
	acks++;
	if (fresh) {
		enter(d, DHCP_CHECKING, mir_deadline(now, CHECK_WAIT));
		d->env.probe(d->env.ctx, d->lease.ip);
		return;
	}
	enter(d, DHCP_BOUND, d->lease.t1);
	d->env.bound(d->env.ctx, &d->lease);
}

static void
offered(struct dhcp *d, mir_ns now, const struct dhcp_message *m)
{
	if (!ipv4_is_host(m->yiaddr, 32) || !ipv4_is_host(m->server, 32)) {
		drop_malformed++;
		return;
	}
	offers++;
	d->lease = (struct dhcp_lease){ .ip = m->yiaddr, .server = m->server };
	enter(d, DHCP_REQUESTING, 0);
	request(d, now);
	d->next = mir_deadline(now, backoff(d));
}

void
dhcp_input(struct dhcp *d, mir_ns now, const uint8_t *p, size_t len)
{
	struct dhcp_message m;
	bool asked = d->state == DHCP_REQUESTING || d->state == DHCP_REBOOTING ||
	    d->state == DHCP_RENEWING || d->state == DHCP_REBINDING;

	if (dhcp_parse(p, len, &m)) {
		drop_malformed++;
	} else if (m.xid != d->xid || memcmp(m.chaddr, d->mac, sizeof d->mac) != 0) {
		drop_not_ours++;
	} else if (m.type == DHCP_OFFER && d->state == DHCP_SELECTING) {
		offered(d, now, &m);
	} else if (m.type == DHCP_ACK && asked) {
		acknowledged(d, now, &m);
	} else if (m.type == DHCP_NAK && asked) {
		naks++;
		lose(d, now, 0);
	} else {
		drop_state++;
	}
}

/* 4.4.5: half of what is left until 'end', but at least a minute. */
static mir_ns
half_way(mir_ns now, mir_ns end)
{
	mir_ns half = (end - now) / 2;

	return half > RENEW_LEAST ? now + half : end - now > RENEW_LEAST ? now + RENEW_LEAST : end;
}

static void
renew(struct dhcp *d, mir_ns now)
{
	if (now >= d->lease.end) {
		lose(d, now, 0);
		return;
	}
	if (now >= d->lease.t2)
		enter(d, DHCP_REBINDING, 0);
	else
		enter(d, DHCP_RENEWING, 0);
	if (d->tries == 0)
		d->xid = d->env.random(d->env.ctx);
	request(d, now);
	d->next = half_way(now, d->state == DHCP_RENEWING ? d->lease.t2 : d->lease.end);
}

static void
ask_again(struct dhcp *d, mir_ns now)
{
	if (d->state == DHCP_REBOOTING && now >= d->lease.end) {
		lose(d, now, 0);
	} else if (d->tries < REQUEST_TRIES) {
		request(d, now);
		d->next = again(d, now);
	} else if (d->state == DHCP_REBOOTING) {
		/* 3.2 (3): without an answer the lease runs on to its end. */
		enter(d, DHCP_BOUND, d->lease.t1);
		d->env.bound(d->env.ctx, &d->lease);
	} else {
		discover(d, now);
	}
}

static void
due(struct dhcp *d, mir_ns now)
{
	switch (d->state) {
	case DHCP_SELECTING:
	case DHCP_WAITING:
		discover(d, now);
		break;
	case DHCP_REQUESTING:
	case DHCP_REBOOTING:
		ask_again(d, now);
		break;
	case DHCP_CHECKING:
		enter(d, DHCP_BOUND, d->lease.t1);
		d->env.bound(d->env.ctx, &d->lease);
		break;
	case DHCP_BOUND:
	case DHCP_RENEWING:
	case DHCP_REBINDING:
		renew(d, now);
		break;
	default:
		d->next = MIR_NEVER;
	}
}

mir_ns
dhcp_poll(struct dhcp *d, mir_ns now)
{
	if (d->next <= now)
		due(d, now);
	return d->next;
}
