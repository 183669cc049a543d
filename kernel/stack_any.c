/* SPDX-License-Identifier: ISC */
/* Connecting to the first of several addresses that answers: happy eyeballs (RFC 8305). */
#include "mir/err.h"
#include "mir/panic.h"
#include "mir/stack.h"

#define STAGGER MIR_MS(250)		/* RFC 8305 5: Connection Attempt Delay. */

struct race {
	struct mir_stack *stack;
	const struct mir_addr *addrs;
	unsigned left;			/* Addresses not tried yet, a bit each. */
	unsigned last;			/* The one tried last. */
	uint16_t port;
	mir_ns next;			/* When the next one is tried. */
	int err;			/* What the last failure was. */
	unsigned running;
	struct mir_flow *flow[MIR_STACK_ANY];
};

/* RFC 8305 4: the families take turns, each in the order given. */
static unsigned
pick(struct race *r)
{
	unsigned first = (unsigned)__builtin_ctz(r->left);

	if (r->last == MIR_STACK_ANY)
		return first;
	for (unsigned i = first; r->left >> i; i++)
		if (r->left >> i & 1 && mir_addr_is_ipv4(&r->addrs[i]) !=
		    mir_addr_is_ipv4(&r->addrs[r->last]))
			return i;
	return first;
}

static void
start_one(struct race *r)
{
	struct mir_flow *f;
	int err;

	r->last = pick(r);
	r->left &= ~(1u << r->last);
	err = r->stack->ops->connect(r->stack, &r->addrs[r->last], r->port, &f);
	if (err) {
		r->err = err;		/* No way there: the next one at once. */
		return;
	}
	r->flow[r->running++] = f;
	r->next = mir_now() + STAGGER;
}

static void
start_due(struct race *r)
{
	while (r->left && (!r->running || r->next <= mir_now()))
		start_one(r);
}

/* The flow that is connected; those that failed are gone, and the next address is tried at once.
 * An empty send asks: it queues nothing. */
static struct mir_flow *
winner(struct race *r)
{
	struct mir_flow *f;

	for (unsigned i = 0; i < r->running;) {
		f = r->flow[i];
		int err = f->ops->send(f, NULL);

		if (err == MIR_EAGAIN) {
			i++;
			continue;
		}
		r->flow[i] = r->flow[--r->running];
		if (!err)
			return f;
		r->err = err;
		r->next = 0;
		mir_flow_abort(f);
	}
	return NULL;
}

static int
wait(const struct race *r, mir_ns deadline)
{
	struct mir_waitq *queues[MIR_STACK_ANY];
	mir_ns until = r->left && r->next < deadline ? r->next : deadline;
	int err;

	for (unsigned i = 0; i < r->running; i++)
		queues[i] = &r->flow[i]->writable;
	err = mir_wait_any(queues, r->running, until);
	return err == MIR_ETIMEDOUT && until < deadline ? MIR_OK : err < 0 ? err : MIR_OK;
}

int
mir_stack_connect_any(struct mir_stack *s, const struct mir_addr *addrs, unsigned count,
		      uint16_t port, struct mir_flow **out, mir_ns deadline)
{
	struct race r = { .stack = s, .addrs = addrs, .port = port, .last = MIR_STACK_ANY };
	struct mir_flow *f = NULL;
	int err = MIR_OK;

	MIR_ASSERT(count >= 1);
	r.left = (1u << (count < MIR_STACK_ANY ? count : MIR_STACK_ANY)) - 1;
	for (;;) {
		start_due(&r);
		f = winner(&r);
		if (f)
			break;
		if (r.running)
			err = wait(&r, deadline);
		else if (!r.left)
			err = r.err;
		if (err)
			break;
	}
	while (r.running)
		mir_flow_abort(r.flow[--r.running]);
	*out = f;
	return f ? MIR_OK : err;
}
