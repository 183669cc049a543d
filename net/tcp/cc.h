/* SPDX-License-Identifier: ISC */
/* Congestion control: how many bytes may be in flight.
 *
 * The recovery of losses (what to send again, when it is over) is recovery.c's; an algorithm
 * only answers with a window.  Pure: time comes in where one needs it. */
#ifndef NET_TCP_CC_H
#define NET_TCP_CC_H

#include <stdint.h>
#include "mir/clock.h"

struct tcp_cc;

struct tcp_cc_ops {
	const char *name;
	/* 'acked' new bytes arrived, outside of recovery. */
	void (*acked)(struct tcp_cc *, mir_ns now, uint32_t acked);
	/* A loss was noticed with 'flight' bytes out: sets ssthresh, and cwnd to it. */
	void (*loss)(struct tcp_cc *, mir_ns now, uint32_t flight);
	/* A retransmission time-out: sets ssthresh, and cwnd to one segment. */
	void (*timeout)(struct tcp_cc *, mir_ns now, uint32_t flight);
};

struct tcp_cubic {
	uint32_t max;			/* Bytes: where the last reduction was. */
	uint32_t k;			/* ms from 'since' until it is that large again. */
	uint32_t reno;			/* Bytes: what Reno's window would be. */
	mir_ns since;			/* The epoch's begin; 0: none has begun. */
	mir_ns last;			/* Growth. */
};

struct tcp_cc {
	const struct tcp_cc_ops *ops;
	uint32_t cwnd;			/* Bytes. */
	uint32_t ssthresh;		/* Bytes. */
	uint32_t mss;			/* Bytes of payload of a full segment. */
	uint32_t counted;		/* Bytes acked towards the next increase. */
	uint32_t old_cwnd, old_ssthresh, old_max;	/* Before the last reduction. */
	mir_ns rtt;			/* Smoothed; the caller keeps it. */
	struct tcp_cubic cubic;
};

extern const struct tcp_cc_ops tcp_newreno;
extern const struct tcp_cc_ops tcp_cubic __attribute__((weak));	/* CONFIG_TCP_CUBIC. */

const struct tcp_cc_ops *tcp_cc_default(void);	/* CUBIC if it is there. */

void tcp_cc_init(struct tcp_cc *cc, const struct tcp_cc_ops *ops, uint32_t mss);
void tcp_cc_save(struct tcp_cc *cc);	/* Before a loss or time-out that may be none. */
void tcp_cc_undo(struct tcp_cc *cc);	/* It was none. */
void tcp_cc_idle(struct tcp_cc *cc, unsigned periods);	/* Nothing was sent for so many RTOs. */
uint32_t tcp_cc_initial(uint32_t mss);		/* RFC 6928; also after idling. */

/* For the algorithms. */
void tcp_cc_grow(struct tcp_cc *cc, uint32_t bytes);
uint32_t tcp_cc_slow_start(struct tcp_cc *cc, uint32_t acked);	/* What is left for avoidance. */

#endif
