/* SPDX-License-Identifier: ISC */
/* SYN cookies (RFC 4987 3.6): when as many connections are half open as may be, what a SYN said goes
 * out in the SYN-ACK's numbers and comes back in the ACK; nothing is kept.
 *
 * The sequence number: 5 bits of a counter of minutes, 3 bits of the segment size, 24 bits that only
 * we can make of all that.  The timestamp, where there is one, has the other options in its low
 * 6 bits; who changes them harms himself only. */
#include "net/tcp/conn.h"
#include "net/tcp/seq.h"
#include "net/tcp/stats.h"
#include "net/tcp/wire.h"

#define MINUTES		2u		/* That a cookie is good for, begun ones. */
#define OPTION_BITS	63u
#define NO_SCALE	15u		/* In 4 bits, TCP_WSCALE_MAX is less. */
#define SACK_BIT	16u
#define ECN_BIT		32u

static const uint16_t sizes[8] = { 216, 536, 1200, 1360, 1440, 1460, 4096, 8960 };

static uint32_t
minute_of(mir_ns now)
{
	return (uint32_t)(now / MIR_SEC(60));
}

static uint32_t
make(const struct tcp *t, const struct tcp_tuple *id, uint32_t irs, uint32_t minute, uint32_t size)
{
	const struct {
		struct tcp_tuple id;
		uint32_t irs, minute, size;
	} in = { *id, irs, minute, size };

	return (minute & 31) << 27 | size << 24 |
	       (uint32_t)(siphash(t->key, &in, sizeof in) & 0xffffff);
}

static uint32_t
option_bits(const struct tcp_segment *s)
{
	const struct tcp_options *o = &s->h.options;
	uint32_t bits = o->have & TCP_HAVE_WSCALE ? o->wscale : NO_SCALE;

	if (o->have & TCP_HAVE_SACK_PERMITTED)
		bits |= SACK_BIT;
	if ((s->h.flags & (TCP_ECE | TCP_CWR)) == (TCP_ECE | TCP_CWR))
		bits |= ECN_BIT;
	return bits;
}

/* Not ahead of the clock: what the connection says later must not be before it (RFC 7323 5). */
static uint32_t
stamp(const struct tcp *t, mir_ns now, const struct tcp_tuple *id, uint32_t bits)
{
	uint32_t clock = (uint32_t)(now / MIR_MS(1)) + (uint32_t)(tcp_secret(t, id) >> 32);
	uint32_t value = (clock & ~OPTION_BITS) | bits;

	return seq_gt(value, clock) ? value - (OPTION_BITS + 1) : value;
}

void
tcp_cookie_answer(struct tcp *t, mir_ns now, const struct tcp_segment *s)
{
	const struct tcp_tuple id = s->id;
	const struct tcp_options *o = &s->h.options;
	struct tcp_header h = { .sport = id.lport, .dport = id.rport, .ack = s->h.seq + 1,
				.flags = TCP_SYN | TCP_ACK, .window = TCP_SYN_WINDOW };
	uint32_t size = 7;

	while (size > 1 && sizes[size] > (o->have & TCP_HAVE_MSS ? o->mss : TCP_MSS_DEFAULT_4))
		size--;
	h.seq = make(t, &id, s->h.seq, minute_of(now), size);
	h.options.have = TCP_HAVE_MSS;
	h.options.mss = t->env.mss(t->env.ctx, &id.remote);
	if (o->have & TCP_HAVE_TIMESTAMPS) {
		h.options.have |= o->have & (TCP_HAVE_TIMESTAMPS | TCP_HAVE_WSCALE |
					     TCP_HAVE_SACK_PERMITTED);
		h.options.wscale = tcp_window_scale();
		if (tcp_ecn_agreed && tcp_ecn_agreed(s->h.flags))
			h.flags |= TCP_ECE;
		h.options.tsval = stamp(t, now, &id, option_bits(s));
		h.options.tsecr = o->tsval;
	}
	t->cookie_sent = now;
	tcp_stats.cookies_sent++;
	tcp_segment_bare(t, &id, &h);
}

/* The options that the SYN had, from the ACK's echo of our timestamp. */
static void
restore_options(const struct tcp_segment *ack, struct tcp_segment *syn)
{
	uint32_t bits = ack->h.options.tsecr & OPTION_BITS;
	struct tcp_options *o = &syn->h.options;

	if (!(ack->h.options.have & TCP_HAVE_TIMESTAMPS))
		return;
	o->have |= TCP_HAVE_TIMESTAMPS;
	o->tsval = ack->h.options.tsval;
	if ((bits & NO_SCALE) != NO_SCALE) {
		o->have |= TCP_HAVE_WSCALE;
		o->wscale = bits & NO_SCALE;
	}
	if (bits & SACK_BIT)
		o->have |= TCP_HAVE_SACK_PERMITTED;
	if (bits & ECN_BIT)
		syn->h.flags |= TCP_ECE | TCP_CWR;
}

bool
tcp_cookie_check(const struct tcp *t, mir_ns now, const struct tcp_segment *ack,
		 struct tcp_segment *syn)
{
	const struct tcp_tuple id = ack->id;
	uint32_t cookie = ack->h.ack - 1, irs = ack->h.seq - 1, size = cookie >> 24 & 7;
	uint32_t age = (minute_of(now) - (cookie >> 27)) & 31;

	if (!t->cookie_sent || now - t->cookie_sent > MIR_SEC(60 * MINUTES) || age >= MINUTES)
		return false;
	if (make(t, &id, irs, minute_of(now) - age, size) != cookie) {
		tcp_stats.cookies_wrong++;
		return false;
	}
	*syn = (struct tcp_segment){ .id = id };
	syn->h = (struct tcp_header){ .sport = id.rport, .dport = id.lport, .seq = irs,
				      .flags = TCP_SYN, .window = ack->h.window };
	syn->h.options.have = TCP_HAVE_MSS;
	syn->h.options.mss = sizes[size];
	restore_options(ack, syn);
	return true;
}
