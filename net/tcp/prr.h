/* SPDX-License-Identifier: ISC */
/* Proportional rate reduction: during a recovery the window shrinks with what arrives (RFC 6937). */
#ifndef NET_TCP_PRR_H
#define NET_TCP_PRR_H

#include <stdbool.h>
#include <stdint.h>

struct tcp_prr {
	uint32_t delivered, out;	/* Since the recovery began. */
	uint32_t flight;		/* When it did. */
};

/* The window after an ACK that brought 'delivered' bytes; 'pipe' bytes are in flight.  'moved': the
 * ACK moved on and no more losses were noticed. */
uint32_t tcp_prr_window(struct tcp_prr *p, uint32_t delivered, uint32_t pipe, uint32_t ssthresh,
			uint32_t mss, bool moved);

#endif
