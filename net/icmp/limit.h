/* SPDX-License-Identifier: ISC */
/* net/icmp/limit.h - how many errors a second go out (RFC 1812 4.3.2.8): a token bucket. */
#ifndef NET_ICMP_LIMIT_H
#define NET_ICMP_LIMIT_H

#include <stdbool.h>
#include "mir/clock.h"

struct icmp_limit {
	mir_ns last;			/* When tokens were last added. */
	unsigned tokens;
};

#define ICMP_RATE	100		/* Errors a second. */
#define ICMP_BURST	20

bool icmp_allowed(struct icmp_limit *l, mir_ns now);

#endif
