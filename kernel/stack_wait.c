/* SPDX-License-Identifier: ISC */
/* The blocking forms of a stack's calls. */
#include "mir/err.h"
#include "mir/stack.h"

int
mir_stack_accept(struct mir_listener *l, struct mir_flow **out, mir_ns deadline)
{
	int r, err;

	while ((r = l->stack->ops->accept(l, out)) == MIR_EAGAIN) {
		err = mir_wait(&l->ready, deadline);
		if (err)
			return err;
	}
	return r;
}

int
mir_stack_configured(struct mir_stack *s, struct mir_stack_addr *out, mir_ns deadline)
{
	int r, err;

	while ((r = s->ops->address(s, out)) == MIR_EAGAIN) {
		err = mir_wait(&s->changed, deadline);
		if (err)
			return err;
	}
	return r;
}

/* An empty send asks whether the connection is there: it queues nothing. */
int
mir_stack_connect(struct mir_stack *s, const struct mir_addr *a, uint16_t port,
		  struct mir_flow **out, mir_ns deadline)
{
	struct mir_flow *f;
	int err = s->ops->connect(s, a, port, &f);

	if (err)
		return err;
	while ((err = f->ops->send(f, NULL)) == MIR_EAGAIN) {
		err = mir_wait(&f->writable, deadline);
		if (err)
			break;
	}
	if (err) {
		mir_flow_abort(f);
		return err;
	}
	*out = f;
	return MIR_OK;
}
