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

struct tcp_cc {
	const struct tcp_cc_ops *ops;
	uint32_t cwnd;			/* Bytes. */
	uint32_t ssthresh;		/* Bytes. */
	uint32_t mss;			/* Bytes of payload of a full segment. */
	uint32_t counted;		/* Bytes acked towards the next increase. */
	uint32_t old_cwnd, old_ssthresh;	/* Before the last reduction. */
};

extern const struct tcp_cc_ops tcp_newreno;

void tcp_cc_init(struct tcp_cc *cc, const struct tcp_cc_ops *ops, uint32_t mss);
void tcp_cc_save(struct tcp_cc *cc);	/* Before a loss or time-out that may be none. */
void tcp_cc_undo(struct tcp_cc *cc);	/* It was none. */
uint32_t tcp_cc_initial(uint32_t mss);		/* RFC 6928; also after idling. */

#endif
