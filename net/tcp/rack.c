/* SPDX-License-Identifier: ISC */
/* RACK, RFC 8985 6. */
#include "net/tcp/limits.h"
#include "net/tcp/rack.h"
#include "net/tcp/seq.h"

#define PERSIST		16		/* RFC 8985 6.2, step 4. */
#define STEPS_MAX	63

void
tcp_rack_init(struct tcp_rack *r, uint32_t seq)
{
	*r = (struct tcp_rack){ .end = seq, .fack = seq, .round = seq };
}

/* Steps 1 to 3.  Of what was sent twice the first copy may have arrived: then this is no news of
 * the second.  An ACK whose blocks tell of it echoes what came in order, before it. */
void
tcp_rack_arrived(struct tcp_arrival *a, const struct tcp_xmit *x, uint32_t end)
{
	struct tcp_news *n = (struct tcp_news *)a;
	struct tcp_rack *r = n->rack;
	mir_ns rtt = n->now - x->when;

	if (x->again) {
		if (rtt < r->min_rtt || (x->when > n->echo && seq_le(end, n->ack)))
			return;
		tcp_rack_latest(r, x->when, end, rtt);
		return;
	}
	if (x->when >= n->fresh) {
		n->fresh = x->when;
		n->fresh_end = end;
	}
	tcp_rack_once(r, n->now, x->when, end);
}

/* Twice as wide, once a round trip.  The RFC has one step more each time; but where packets overtake
 * each other by more than the shortest round trip, many windows would be halved until then. */
void
tcp_rack_duplicate(struct tcp_rack *r, uint32_t snd_una, uint32_t snd_nxt)
{
	r->persist = PERSIST;
	if (seq_lt(snd_una, r->round))
		return;
	r->round = snd_nxt;
	r->reordered = true;
	r->steps = r->steps < STEPS_MAX / 2 ? (uint8_t)(2 * r->steps + 1) : STEPS_MAX;
}

void
tcp_rack_recovered(struct tcp_rack *r)
{
	if (r->persist && --r->persist == 0)
		r->steps = 0;
}

mir_ns
tcp_rack_window(const struct tcp_rack *r, const struct tcp_rto *rto, bool urgent)
{
	mir_ns window = r->min_rtt / 4, most = rto->srtt > r->slow ? rto->srtt : r->slow;

	if (urgent && !r->reordered)
		return 0;
	if (r->steps) {
		if (window < rto->srtt / 8)
			window = rto->srtt / 8;
		window *= 1u + r->steps;
	}
	return window < most ? window : most;
}

bool
tcp_rack_overtaken(const struct tcp_rack *r, const struct tcp_board *b)
{
	const struct tcp_xmit *x = b->flying.first;

	return x && tcp_sent_after(r->when, r->end, x->when, x->end);
}

/* Step 5. */
mir_ns
tcp_rack_detect(const struct tcp_rack *r, struct tcp_board *b, mir_ns now, mir_ns window)
{
	struct tcp_xmit *x, *next;
	mir_ns due;

	for (x = b->flying.first; x && tcp_sent_after(r->when, r->end, x->when, x->end); x = next) {
		next = x->after;
		due = x->when + r->rtt + window;
		if (due > now)
			return due;
		tcp_board_lose(b, x);
	}
	return MIR_NEVER;
}
