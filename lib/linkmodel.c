/* SPDX-License-Identifier: ISC */
/* What a bad link does to a frame.  Whole numbers only: all machines agree. */
#include "lib/bytes.h"
#include "lib/linkmodel.h"

#define ETHER_HDR	14
#define ETHERTYPE_IPV4	0x0800
#define IPPROTO_TCP	6
#define TCP_FIN_SYN_RST	0x07
#define TCP_ACK		0x10
#define TRAILING_MAX	46		/* An Ethernet frame's padding. */

/* splitmix64 (Steele, Lea, Flood 2014). */
uint64_t
linkmodel_random(uint64_t *state)
{
	uint64_t x = *state += 0x9e3779b97f4a7c15;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

static bool
chance(struct linkmodel *m, unsigned per_mille)
{
	return per_mille && linkmodel_random(&m->random) % 1000 < per_mille;
}

void
linkmodel_init(struct linkmodel *m, uint64_t seed, const struct linkmodel_settings *both)
{
	*m = (struct linkmodel){ .random = seed };
	if (both)
		m->settings[0] = m->settings[1] = *both;
}

/* Nanoseconds that 'len' bytes take, without overflow up to 18 GB. */
static mir_ns
send_time(uint64_t len, uint64_t rate)
{
	return rate ? len * MIR_SEC(1) / rate : 0;
}

static bool
stalled(struct linkmodel_way *w, const struct linkmodel_settings *s, mir_ns now)
{
	if (!s->stall_after || w->stall_over || w->bytes < s->stall_after)
		return false;
	if (!w->stalled_until)
		w->stalled_until = s->stall_for ? mir_deadline(now, s->stall_for) : MIR_NEVER;
	w->stall_over = now >= w->stalled_until;
	return !w->stall_over;
}

static enum linkmodel_fate
fate_of(struct linkmodel *m, unsigned direction, size_t len, bool pure_ack, mir_ns now)
{
	const struct linkmodel_settings *s = &m->settings[direction];
	struct linkmodel_way *w = &m->way[direction];

	if (s->mtu && len > ETHER_HDR + (size_t)s->mtu)
		return LINKMODEL_TOO_LARGE;
	if (stalled(w, s, now))
		return LINKMODEL_STALLED;
	if (s->rate && s->queue && w->busy_until > now
	    && w->busy_until - now > send_time(s->queue, s->rate))
		return LINKMODEL_QUEUE_FULL;
	if (chance(m, s->loss))
		return LINKMODEL_LOST;
	if (pure_ack && chance(m, s->ack_loss))
		return LINKMODEL_ACK_LOST;
	return LINKMODEL_DELIVERED;
}

/* When a frame arrives that left the sender at 'sent'. */
static mir_ns
arrival(struct linkmodel *m, unsigned direction, mir_ns sent)
{
	const struct linkmodel_settings *s = &m->settings[direction];
	struct linkmodel_way *w = &m->way[direction];
	mir_ns when = mir_deadline(sent, s->delay), by = s->reorder_by;

	if (s->jitter)
		when = mir_deadline(when, linkmodel_random(&m->random) % s->jitter);
	if (when < w->last)
		when = w->last;
	if (!chance(m, s->reorder))
		return w->last = when;
	if (!by)
		by = s->delay / 2 > MIR_MS(1) ? s->delay / 2 : MIR_MS(1);
	m->reordered++;
	return mir_deadline(when, by);
}

static struct linkmodel_copy
copy_of(struct linkmodel *m, unsigned direction, size_t len, mir_ns sent)
{
	const struct linkmodel_settings *s = &m->settings[direction];
	struct linkmodel_copy c = { .when = arrival(m, direction, sent) };

	if (len > s->corrupt_from && chance(m, s->corrupt)) {
		c.corrupt_at = (uint32_t)(s->corrupt_from
		    + linkmodel_random(&m->random) % (len - s->corrupt_from));
		c.corrupt_mask = (uint8_t)(1 + linkmodel_random(&m->random) % 255);
		m->corrupted++;
	}
	if (chance(m, s->trailing)) {
		c.trailing = (uint8_t)(1 + linkmodel_random(&m->random) % TRAILING_MAX);
		m->extended++;
	}
	return c;
}

struct linkmodel_verdict
linkmodel_frame(struct linkmodel *m, unsigned direction, size_t len, bool pure_ack, mir_ns now)
{
	const struct linkmodel_settings *s = &m->settings[direction];
	struct linkmodel_way *w = &m->way[direction];
	struct linkmodel_verdict v = { .fate = fate_of(m, direction, len, pure_ack, now) };
	mir_ns sent = now;

	m->count[v.fate]++;
	if (s->rate && v.fate <= LINKMODEL_ACK_LOST) {	/* A lost frame took its time too. */
		sent = (w->busy_until > now ? w->busy_until : now) + send_time(len, s->rate);
		w->busy_until = sent;
	}
	if (v.fate != LINKMODEL_DELIVERED)
		return v;
	w->bytes += len;
	v.copies = 1;
	v.copy[0] = copy_of(m, direction, len, sent);
	if (chance(m, s->duplicate)) {
		v.copies = 2;
		v.copy[1] = copy_of(m, direction, len, sent);
		m->duplicated++;
	}
	return v;
}

bool
linkmodel_pure_ack(const uint8_t *frame, size_t len)
{
	const uint8_t *ip = frame + ETHER_HDR, *tcp;
	size_t ip_header;

	if (len < ETHER_HDR + 20 || get16(frame + 12) != ETHERTYPE_IPV4 || ip[9] != IPPROTO_TCP)
		return false;
	ip_header = (ip[0] & 15) * 4;
	if (len < ETHER_HDR + ip_header + 20)
		return false;
	tcp = ip + ip_header;
	return (tcp[13] & (TCP_ACK | TCP_FIN_SYN_RST)) == TCP_ACK
	    && get16(ip + 2) == ip_header + (tcp[12] >> 4) * 4;
}

const char *
linkmodel_fate_name(enum linkmodel_fate fate)
{
	static const char *const names[LINKMODEL_FATES] = {
		"delivered", "lost", "ack lost", "queue full", "too large", "stalled",
	};

	return (unsigned)fate < LINKMODEL_FATES ? names[fate] : "?";
}
