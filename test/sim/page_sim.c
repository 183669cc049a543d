/* SPDX-License-Identifier: ISC */
/* Page after page of 1 MB, a connection each, where 5 % are lost both ways: how long they take from a
 * server that remembers its clients' round trips.  The clients forget: theirs may be any TCP. */
#include <string.h>
#include "mir/err.h"
#include "net/stack/priv.h"
#include "net/tcp/wire.h"
#include "sim/sim.h"

#define PAGES		50		/* Of a seed. */
#define SIZE		1000000
#define REQUEST		100
#define PORT		80

static struct sim_host *server, *client;
static struct sim_link *l;

static void
serve(struct sim_host *h, void *arg)
{
	struct mir_listener *at;
	struct mir_flow *f;
	int err;

	(void)arg;
	if (!CHECK_EQ(mir_stack_listen(sim_stack(h), PORT, 8, &at), MIR_OK))
		return;
	while (mir_stack_accept(at, &f, MIR_NEVER) == MIR_OK) {
		if (sim_read(f, 1, 0, REQUEST, &err) == REQUEST)
			sim_write(f, 2, 0, SIZE, &err);
		mir_flow_close(f);
	}
	at->stack->ops->unlisten(at);
}

static void
fetch(struct sim_host *h, void *arg)
{
	mir_ns *took = arg, began = mir_now();
	struct mir_addr to = sim_addr(server);
	struct mir_flow *f;
	int err;

	if (!CHECK_EQ(mir_stack_connect(sim_stack(h), &to, PORT, &f, MIR_NEVER), MIR_OK))
		return;
	CHECK_EQ(sim_write(f, 1, 0, REQUEST, &err), REQUEST);
	CHECK_EQ(sim_read(f, 2, 0, SIZE + 1, &err), SIZE);
	CHECK_EQ(err, MIR_OK);
	mir_flow_close(f);
	*took = mir_now() - began;
}

static void
forget(struct sim_host *h)
{
	struct tcp *t = &((struct stack *)sim_stack(h))->tcp;

	memset(&t->peers, 0, sizeof t->peers);
}

static void
begin(uint16_t loss)
{
	server = sim_host("10.0.0.1/24");
	client = sim_host("10.0.0.2/24");
	l = sim_link(server, client, SIM_FAULTS(.rate = 125000000, .queue = 1 << 20,
						.delay = MIR_MS(1), .loss = loss));
	sim_serve(server, "server", serve, NULL);
}

/* The last connection is over before the next one begins. */
static mir_ns
page(void)
{
	mir_ns took = MIR_NEVER;

	sim_run_for(MIR_SEC(2));
	forget(client);
	sim_spawn(client, "client", fetch, &took);
	sim_run(MIR_SEC(600));
	return took;
}

/* Late are those whose client's own SYN was lost twice, 1 of 400. */
SIM(pages_in_time, .seeds = 20)
{
	unsigned late = 0;
	mir_ns took;

	begin(50);
	for (unsigned i = 0; i < PAGES; i++) {
		took = page();
		late += took > MIR_SEC(3);
		sim_note("page %u: %llu ms", i, (unsigned long long)(took / MIR_MS(1)));
	}
	CHECK_MSG(late <= 3, "%u of %u pages took longer than 3 s", late, PAGES);
}

/* The first SYN-ACK of each page. */
static bool
lose_answer(const struct sim_frame *f, void *seen)
{
	bool *lost = seen, drop;

	drop = !*lost && f->is_tcp && (f->tcp.flags & (TCP_SYN | TCP_ACK)) == (TCP_SYN | TCP_ACK);
	*lost |= drop;
	return drop;
}

SIM(lost_answers_are_soon_repeated, .seeds = 5)
{
	bool lost = false;

	begin(0);
	sim_filter(l, lose_answer, &lost);
	CHECK(page() >= MIR_SEC(1));
	for (unsigned i = 0; i < 5; i++) {
		lost = false;
		CHECK(page() < MIR_MS(500));
		CHECK(lost);
	}
}
