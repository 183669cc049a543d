/* SPDX-License-Identifier: ISC */
/* IPv4 fragments, where they are not put together: dropped. */
#include "mir/stats.h"
#include "net/stack/priv.h"

static uint64_t dropped;
MIR_COUNTER(ipv4_drop_fragment, &dropped, "IPv4 fragments");

struct mir_buf *
stack_fragment(struct stack *s, mir_ns now, struct stack_packet *p, struct mir_buf *b)
{
	(void)s;
	(void)now;
	(void)p;
	dropped++;
	mir_buf_free(b);
	return NULL;
}

mir_ns
stack_fragments_deadline(const struct stack *s)
{
	(void)s;
	return MIR_NEVER;
}

void
stack_fragments_poll(struct stack *s, mir_ns now)
{
	(void)s;
	(void)now;
}
