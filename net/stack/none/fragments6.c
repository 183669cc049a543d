/* SPDX-License-Identifier: ISC */
/* IPv6 fragments where CONFIG_REASSEMBLY is off: dropped. */
#include "mir/stats.h"
#include "net/stack/priv6.h"

static uint64_t dropped;
MIR_COUNTER(ipv6_drop_fragment, &dropped, "IPv6 fragments");

struct mir_buf *
stack6_fragment(struct stack *s, mir_ns now, struct stack6_packet *p, struct mir_buf *b)
{
	(void)s;
	(void)now;
	(void)p;
	stack_drop(b, &dropped);
	return NULL;
}
