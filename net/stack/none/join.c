/* SPDX-License-Identifier: ISC */
/* Received segments go up one by one. */
#include "net/stack/priv.h"

bool
stack_join(struct stack *s, struct mir_buf *frame)
{
	(void)s;
	(void)frame;
	return false;
}

void
stack_join_flush(struct stack *s)
{
	(void)s;
}

mir_ns
stack_join_deadline(const struct stack *s)
{
	(void)s;
	return MIR_NEVER;
}
