/* SPDX-License-Identifier: ISC */
/* Many connections at a time: a hundred thousand on one host; readers that are slow while memory is
 * short. */
#include <stdio.h>
#include <stdlib.h>
#include "mir/err.h"
#include "net/stack/priv.h"
#include "net/tcp/conn.h"
#include "test/sim/support/transfer.h"

#define PORT	7
#define CLIENTS	8
#define EACH	12500			/* Of each client; there are 16,384 ports. */
#define READERS	40
#define SIZE	(1u << 20)

static struct tcp *
engine(struct sim_host *h)
{
	return &((struct stack *)sim_stack(h))->tcp;
}

/* The server's connections have no tasks: a hook sends back what comes. */
struct echo {
	struct mir_waiter readable;
	struct mir_flow *flow;
};

static void
echo(void *arg)
{
	struct echo *e = arg;
	struct mir_buf *b;
	int n;

	while ((n = e->flow->ops->recv(e->flow, &b)) > 0)
		if (e->flow->ops->send(e->flow, b))
			mir_buf_free(b);
	if (n == MIR_EAGAIN)
		return;
	mir_waitq_unhook(&e->readable);
	mir_flow_close(e->flow);
	free(e);
}

static void
serve(struct sim_host *h, void *arg)
{
	struct mir_listener *l;
	struct mir_flow *f;
	struct echo *e;

	(void)arg;
	if (!CHECK_EQ(mir_stack_listen(sim_stack(h), PORT, 4096, &l), MIR_OK))
		return;
	while (mir_stack_accept(l, &f, MIR_NEVER) == MIR_OK) {
		e = calloc(1, sizeof *e);
		e->flow = f;
		e->readable = (struct mir_waiter){ .hook = echo, .ctx = e };
		mir_waitq_hook(&f->readable, &e->readable);
		echo(e);
	}
	l->stack->ops->unlisten(l);
}

static struct sim_host *server;
static struct mir_flow *flows[CLIENTS][EACH];
static unsigned answered;

static bool
ask(struct mir_flow *f, uint64_t at)
{
	int err;

	sim_write(f, 1, at, 1, &err);
	return sim_read(f, 1, at, 1, &err) == 1;
}

static void
open_all(struct sim_host *h, void *arg)
{
	struct mir_flow **mine = arg;
	struct mir_addr to = sim_addr(server);

	for (unsigned i = 0; i < EACH; i++)
		if (CHECK_EQ(mir_stack_connect(sim_stack(h), &to, PORT, &mine[i],
					       mir_now() + MIR_SEC(10)), MIR_OK))
			answered += ask(mine[i], 0);
}

static void
ask_all(struct sim_host *h, void *arg)
{
	struct mir_flow **mine = arg;

	(void)h;
	for (unsigned i = 0; i < EACH; i++) {
		if (!mine[i])
			continue;
		if (i % 10 == 0)
			answered += ask(mine[i], 1);
		mir_flow_close(mine[i]);
	}
}

SIM(a_hundred_thousand_connections, .seeds = 1)
{
	struct sim_switch *s = sim_switch("s");
	struct sim_host *clients[CLIENTS];
	char name[20];

	server = sim_host("10.0.0.1/24");
	sim_plug(server, s, NULL);
	sim_serve(server, "server", serve, NULL);
	for (unsigned i = 0; i < CLIENTS; i++) {
		snprintf(name, sizeof name, "10.0.0.%u/24", i + 2);
		clients[i] = sim_host(name);
		sim_plug(clients[i], s, SIM_FAULTS(.delay = MIR_US(100)));
		sim_spawn(clients[i], "opens", open_all, flows[i]);
	}
	sim_run(MIR_SEC(600));
	CHECK_EQ(answered, CLIENTS * EACH);
	CHECK_EQ(engine(server)->conn_count, CLIENTS * EACH);
	sim_run_for(MIR_SEC(60));
	for (unsigned i = 0; i < CLIENTS; i++)
		sim_spawn(clients[i], "asks", ask_all, flows[i]);
	sim_run(MIR_SEC(600));
	CHECK_EQ(answered, CLIENTS * EACH + CLIENTS * EACH / 10);
	sim_run_for(MIR_SEC(1));
	CHECK_EQ(engine(server)->conn_count, 0);
}

struct reader {
	struct mir_flow *flow;
	bool slow;
	mir_ns ended;
	uint64_t got;
};

static struct reader readers[READERS];

static void
read_all(struct sim_host *h, void *arg)
{
	struct reader *r = arg;
	int err = MIR_OK;

	(void)h;
	if (r->slow)
		mir_sleep(MIR_SEC(60));
	r->got = sim_read(r->flow, 0, 0, SIZE, &err);
	r->ended = mir_now();
	CHECK_EQ(err, MIR_OK);
	mir_flow_close(r->flow);
}

static void
accept_all(struct sim_host *h, void *arg)
{
	struct mir_listener *l;

	(void)arg;
	if (!CHECK_EQ(mir_stack_listen(sim_stack(h), PORT, 100, &l), MIR_OK))
		return;
	for (unsigned i = 0; i < READERS; i++) {
		readers[i] = (struct reader){ .slow = i % 2 };
		if (CHECK_EQ(mir_stack_accept(l, &readers[i].flow, mir_now() + MIR_SEC(40)),
			     MIR_OK))
			sim_spawn(h, "reader", read_all, &readers[i]);
	}
	l->stack->ops->unlisten(l);
}

static void
write_all(struct sim_host *h, void *arg)
{
	struct mir_addr to = sim_addr(server);
	struct mir_flow *f;
	int err;

	(void)arg;
	if (!CHECK_EQ(mir_stack_connect(sim_stack(h), &to, PORT, &f, mir_now() + MIR_SEC(30)),
		      MIR_OK))
		return;
	sim_write(f, 0, 0, SIZE, &err);
	CHECK_EQ(err, MIR_OK);
	mir_flow_close(f);
}

/* Half of the readers sleep for a minute.  What they leave lying could take all of the memory; the
 * others are done before, and in the end all have everything. */
SIM(slow_readers_leave_room_for_others)
{
	struct sim_host *client;

	server = sim_host("10.0.0.1/24");
	client = sim_host("10.0.0.2/24");
	sim_link(server, client, SIM_FAULTS(.delay = MIR_MS(5), .loss = 5));
	engine(server)->held_limit = 1000000;
	sim_spawn(server, "accepts", accept_all, NULL);
	sim_run_for(MIR_MS(1));
	for (unsigned i = 0; i < READERS; i++)
		sim_spawn(client, "writer", write_all, NULL);
	sim_run(MIR_SEC(600));
	for (unsigned i = 0; i < READERS; i++) {
		CHECK_EQ(readers[i].got, SIZE);
		CHECK_MSG(readers[i].slow || readers[i].ended < sim_started() + MIR_SEC(60),
			  "reader %u had to wait for those that sleep", i);
	}
}
