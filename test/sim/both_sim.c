/* SPDX-License-Identifier: ISC */
/* Both ends do the same at the same time: RFC 9293 figures 8 (open) and 13 (close). */
#include "mir/err.h"
#include "net/stack/priv.h"
#include "net/tcp/conn.h"
#include "net/tcp/wire.h"
#include "test/sim/support/transfer.h"

#define PORT	50000
#define SIZE	100000			/* Fits the queue: nobody waits for the other to read. */
#define CLOSE	MIR_SEC(600)		/* From the start, for both. */

static struct sim_host *a, *b;

struct side {
	struct mir_flow *flow;
	int written, read;		/* Errors. */
	uint64_t got;
};

static struct tcp *
engine(struct sim_host *h)
{
	return &((struct stack *)sim_stack(h))->tcp;
}

static uint16_t
local_port(const struct mir_flow *f)
{
	return ((const struct tcp_conn *)f)->id.lport;
}

static struct mir_flow *
connect_now(struct sim_host *from, struct sim_host *to, uint16_t port)
{
	struct mir_stack *s = sim_stack(from);
	struct mir_addr addr = sim_addr(to);
	struct mir_flow *f = NULL;

	CHECK_EQ(s->ops->connect(s, &addr, port, &f), MIR_OK);
	return f;
}

/* From a port that one chooses: the next try is made to come out there. */
static struct mir_flow *
connect_from(struct sim_host *from, uint16_t lport, struct sim_host *to, uint16_t port)
{
	struct mir_flow *try = connect_now(from, to, port);

	engine(from)->next_port = (uint16_t)(engine(from)->next_port - 1 + lport - local_port(try));
	mir_flow_abort(try);
	return connect_now(from, to, port);
}

/* Writes, reads as much, and closes at the time when the other does, too. */
static void
exchange(struct sim_host *h, void *arg)
{
	struct side *s = arg;
	mir_ns close = sim_started() + CLOSE;

	sim_write(s->flow, h == a, 0, SIZE, &s->written);
	s->got = sim_read(s->flow, h != a, 0, SIZE, &s->read);
	if (close > mir_now())
		mir_sleep(close - mir_now());
	mir_flow_close(s->flow);
}

struct handshake {			/* By direction. */
	unsigned syns[2], syn_acks[2];
};

static bool
watch(const struct sim_frame *f, void *arg)
{
	struct handshake *h = arg;
	bool ours = f->tcp.sport == PORT || f->tcp.dport == PORT;

	if (f->is_tcp && ours && (f->tcp.flags & TCP_SYN))
		(f->tcp.flags & TCP_ACK ? h->syn_acks : h->syns)[f->direction]++;
	return false;
}

static void
open_and_close(const struct linkmodel_settings *faults)
{
	struct side at_a = { 0 }, at_b = { 0 };
	struct handshake seen = { 0 };

	a = sim_host("10.0.0.1/24");
	b = sim_host("10.0.0.2/24");
	sim_filter(sim_link(a, b, faults), watch, &seen);
	at_a.flow = connect_now(a, b, PORT);
	at_b.flow = connect_from(b, PORT, a, local_port(at_a.flow));
	CHECK_EQ(local_port(at_b.flow), PORT);
	sim_spawn(a, "side a", exchange, &at_a);
	sim_spawn(b, "side b", exchange, &at_b);
	sim_run(CLOSE + MIR_SEC(600));
	for (unsigned i = 0; i < 2 && !faults->loss; i++)
		CHECK(seen.syns[i] && seen.syn_acks[i]);	/* Both went by SYN-RECEIVED. */
	CHECK_EQ(at_a.written, MIR_OK);
	CHECK_EQ(at_b.written, MIR_OK);
	CHECK_EQ(at_a.got, SIZE);
	CHECK_EQ(at_b.got, SIZE);
}

SIM(open_and_close_at_the_same_time)
{
	open_and_close(SIM_FAULTS(.delay = MIR_MS(50)));
	sim_run_for(MIR_SEC(1));
	for (unsigned i = 0; i < 2; i++) {
		CHECK_EQ(engine(i ? a : b)->conn_count, 0);
		CHECK_EQ(engine(i ? a : b)->timewait_count, 1);	/* Of both: the FINs crossed. */
	}
}

SIM(open_and_close_at_the_same_time_with_losses)
{
	open_and_close(SIM_FAULTS(.delay = MIR_MS(50), .loss = 200, .reorder = 100,
				  .duplicate = 100));
	sim_run_for(MIR_SEC(1500));
	CHECK_EQ(engine(a)->conn_count, 0);
	CHECK_EQ(engine(b)->conn_count, 0);
}
