/* SPDX-License-Identifier: ISC */
/* RACK: what was sent some time before something that has arrived, and has not, is lost (RFC 8985).
 * Pure but for the scoreboard. */
#ifndef NET_TCP_RACK_H
#define NET_TCP_RACK_H

#include "net/tcp/limits.h"
#include "net/tcp/rto.h"
#include "net/tcp/scoreboard.h"
#include "net/tcp/seq.h"

struct tcp_rack {
	mir_ns when;			/* Sending time and end of what was sent last of all */
	uint32_t end;			/* that has arrived. */
	uint32_t fack;			/* End of the furthest that has arrived. */
	mir_ns rtt;			/* Of that. */
	mir_ns min_rtt, min_rtt_at;	/* 0: none yet. */
	mir_ns slow;			/* The longest, slowly forgotten. */
	uint32_t round;			/* The window widens no more until this is acknowledged. */
	uint8_t steps;			/* Of the window, less one. */
	uint8_t persist;		/* Recoveries until it narrows again. */
	bool reordered;			/* Seen. */
};

/* What one ACK brings. */
struct tcp_news {
	struct tcp_arrival a;		/* First.  Gives tcp_rack_arrived. */
	struct tcp_rack *rack;
	mir_ns now;
	uint32_t ack;			/* All before this is acknowledged, not by a block. */
	mir_ns echo;			/* Nothing sent after this is what was echoed; MIR_NEVER: unknown. */
	mir_ns fresh;			/* When the latest was sent that was sent once; 0: none. */
	uint32_t fresh_end;
};

void tcp_rack_init(struct tcp_rack *r, uint32_t seq);
void tcp_rack_arrived(struct tcp_arrival *a, const struct tcp_xmit *x, uint32_t end);

static inline bool
tcp_sent_after(mir_ns when, uint32_t end, mir_ns than, uint32_t than_end)
{
	return when > than || (when == than && seq_gt(end, than_end));
}

static inline void
tcp_rack_latest(struct tcp_rack *r, mir_ns when, uint32_t end, mir_ns rtt)
{
	if (seq_gt(end, r->fack))
		r->fack = end;
	if (tcp_sent_after(when, end, r->when, r->end)) {
		r->when = when;
		r->end = end;
		r->rtt = rtt;
	}
}

/* What was sent once, at 'when', has arrived: steps 1 to 3. */
static inline void
tcp_rack_once(struct tcp_rack *r, mir_ns now, mir_ns when, uint32_t end)
{
	mir_ns rtt = now - when;

	if (r->min_rtt == 0 || rtt <= r->min_rtt || now - r->min_rtt_at > TCP_MIN_RTT_AGE) {
		r->min_rtt = rtt ? rtt : 1;
		r->min_rtt_at = now;
	}
	r->slow = rtt > r->slow ? rtt : r->slow - (r->slow - rtt) / 256;
	r->reordered = r->reordered || seq_lt(end, r->fack);
	tcp_rack_latest(r, when, end, rtt);
}

/* A D-SACK: something was sent again for nothing. */
void tcp_rack_duplicate(struct tcp_rack *r, uint32_t snd_una, uint32_t snd_nxt);
void tcp_rack_recovered(struct tcp_rack *r);		/* A recovery is over. */

/* How long what is out of order is waited for. */
mir_ns tcp_rack_window(const struct tcp_rack *r, const struct tcp_rto *rto, bool urgent);

/* Something in flight was sent before what has arrived. */
bool tcp_rack_overtaken(const struct tcp_rack *r, const struct tcp_board *b);

/* Marks what is lost.  When to look again; MIR_NEVER: not before the next ACK. */
mir_ns tcp_rack_detect(const struct tcp_rack *r, struct tcp_board *b, mir_ns now, mir_ns window);

#endif
