/* SPDX-License-Identifier: ISC */
/* Transfers between two hosts. */
#include "mir/err.h"
#include "test/sim/support/transfer.h"

#define PORT 7

static uint64_t
key(const struct transfer *t)
{
	return sim_seed() + t->port;
}

struct mir_flow *
accept_one(struct sim_host *h, uint16_t port)
{
	struct mir_listener *l;
	struct mir_flow *f;
	int err;

	if (!CHECK_EQ(mir_stack_listen(sim_stack(h), port, 4, &l), MIR_OK))
		return NULL;
	err = mir_stack_accept(l, &f, MIR_NEVER);
	l->stack->ops->unlisten(l);
	return err ? NULL : f;
}

static void
receive(struct sim_host *h, void *arg)
{
	struct transfer *t = arg;
	struct mir_flow *f = accept_one(h, t->port);

	if (!f)
		return;
	t->got = sim_read(f, key(t), 0, t->size + 1, &t->read_error);
	t->ended = mir_now();
	mir_flow_close(f);
}

static void
send_all(struct sim_host *h, void *arg)
{
	struct transfer *t = arg;
	struct mir_addr to = sim_addr(t->to);
	struct mir_flow *f;
	int err = MIR_ETIMEDOUT;

	for (unsigned tries = 0; tries < 5 && err == MIR_ETIMEDOUT; tries++)
		err = mir_stack_connect(sim_stack(h), &to, t->port, &f, MIR_NEVER);
	t->send_error = err;
	if (err)
		return;
	t->began = mir_now();
	t->sent = sim_write(f, key(t), 0, t->size, &t->send_error);
	mir_flow_close(f);
}

void
transfer_start(struct transfer *t)
{
	if (!t->port)
		t->port = PORT;
	sim_spawn(t->to, "receiver", receive, t);
	sim_spawn(t->from, "sender", send_all, t);
}

void
transfer_check(const struct transfer *t)
{
	CHECK_EQ(t->send_error, MIR_OK);
	CHECK_EQ(t->read_error, MIR_OK);
	CHECK_EQ(t->got, t->size);
}
