/* SPDX-License-Identifier: ISC */
/* The token bucket of ICMP errors. */
#include "net/icmp/limit.h"

#define TOKEN (MIR_SEC(1) / ICMP_RATE)

bool
icmp_allowed(struct icmp_limit *l, mir_ns now)
{
	mir_ns earned = (now - l->last) / TOKEN;

	if (!l->last || earned >= ICMP_BURST) {
		l->tokens = ICMP_BURST;
		l->last = now;
	} else if (earned) {
		l->tokens = l->tokens + (unsigned)earned > ICMP_BURST ? ICMP_BURST :
		    l->tokens + (unsigned)earned;
		l->last += earned * TOKEN;
	}
	if (!l->tokens)
		return false;
	l->tokens--;
	return true;
}
