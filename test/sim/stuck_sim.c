/* SPDX-License-Identifier: ISC */
/* No connection hangs: closed windows, lost window updates, cables that are cut, peers that reboot
 * or vanish.  All of them recover or end with an error that fits. */
#include "mir/err.h"
#include "net/stack/priv.h"
#include "net/tcp/conn.h"
#include "net/tcp/wire.h"
#include "test/sim/support/transfer.h"

#define PORT	7
#define SIZE	(1 << 20)
#define DELAY	MIR_MS(10)
#define SMALL_WINDOW (1460 / 4)		/* Less than a segment, as the field has it. */

static struct sim_host *a, *b;
static struct sim_link *link;

static void
two_hosts(const struct linkmodel_settings *faults)
{
	a = sim_host("10.0.0.1/24");
	b = sim_host("10.0.0.2/24");
	link = sim_link(a, b, faults);
}

struct end {				/* One end of a connection, and what came of it. */
	mir_ns wait;			/* Before it reads or writes. */
	mir_ns keepalive;		/* 0: none. */
	uint64_t size;			/* To be sent, or read. */
	uint64_t done;
	int error;
	mir_ns ended;			/* 0: it still runs. */
};

static void
keep_alive(struct sim_host *h, struct mir_flow *f, mir_ns idle)
{
	if (!idle)
		return;
	tcp_set_keepalive((struct tcp_conn *)f, mir_now(), idle);
	stack_rearm((struct stack *)sim_stack(h));
}

static void
reader(struct sim_host *h, void *arg)
{
	struct end *e = arg;
	struct mir_flow *f = accept_one(h, PORT);

	if (!f)
		return;
	keep_alive(h, f, e->keepalive);
	mir_sleep(e->wait);
	e->done = sim_read(f, 1, 0, e->size + 1, &e->error);
	e->ended = mir_now();
	mir_flow_close(f);
}

static void
writer(struct sim_host *h, void *arg)
{
	struct end *e = arg;
	struct mir_addr to = sim_addr(h == a ? b : a);
	struct mir_flow *f;
	struct mir_buf *none;

	e->error = mir_stack_connect(sim_stack(h), &to, PORT, &f, MIR_NEVER);
	if (!e->error) {
		mir_sleep(e->wait);
		e->done = sim_write(f, 1, 0, e->size, &e->error);
		mir_flow_shutdown(f);
		if (!e->error)			/* The peer's end of stream: it has read all. */
			e->error = mir_flow_read(f, &none, MIR_NEVER);
		mir_flow_close(f);
	}
	e->ended = mir_now();
}

static void
check_both(const struct end *w, const struct end *r)
{
	CHECK_EQ(w->error, MIR_OK);
	CHECK_EQ(r->error, MIR_OK);
	CHECK_EQ(r->done, r->size);
}

SIM(window_closed_for_ten_minutes)
{
	struct end w = { .size = SIZE }, r = { .size = SIZE, .wait = MIR_SEC(600) };

	two_hosts(SIM_FAULTS(.delay = DELAY, .loss = 50));
	sim_spawn(b, "reader", reader, &r);
	sim_spawn(a, "writer", writer, &w);
	sim_run(MIR_SEC(1200));
	check_both(&w, &r);
}

/* Drops what opens b's window again, so often. */
static bool
drop_updates(const struct sim_frame *f, void *left)
{
	static bool closed;
	unsigned *n = left;

	if (!f->is_tcp || f->direction == 0 || f->payload || (f->tcp.flags & (TCP_SYN | TCP_RST)))
		return false;
	if (f->tcp.window < SMALL_WINDOW)
		closed = true;
	if (!closed || f->tcp.window < SMALL_WINDOW || *n == 0)
		return false;
	(*n)--;
	return true;
}

SIM(window_updates_lost)
{
	struct end w = { .size = SIZE }, r = { .size = SIZE, .wait = MIR_SEC(10) };
	unsigned left = 5;

	two_hosts(SIM_FAULTS(.delay = DELAY));
	sim_filter(link, drop_updates, &left);
	sim_spawn(b, "reader", reader, &r);
	sim_spawn(a, "writer", writer, &w);
	sim_run(MIR_SEC(300));
	CHECK_EQ(left, 0);
	check_both(&w, &r);
}

SIM(cable_cut_for_five_minutes)
{
	struct end w = { .size = SIZE }, r = { .size = SIZE };

	two_hosts(SIM_FAULTS(.delay = DELAY, .rate = 1000000));
	sim_spawn(b, "reader", reader, &r);
	sim_spawn(a, "writer", writer, &w);
	sim_run_for(MIR_MS(500));
	sim_cut(link, true);
	sim_run_for(MIR_SEC(300));
	sim_cut(link, false);
	sim_run(MIR_SEC(120));
	check_both(&w, &r);
}

SIM(link_stalls_for_a_minute)
{
	struct end w = { .size = SIZE }, r = { .size = SIZE };

	two_hosts(SIM_FAULTS(.delay = DELAY, .stall_after = 300000, .stall_for = MIR_SEC(60)));
	sim_spawn(b, "reader", reader, &r);
	sim_spawn(a, "writer", writer, &w);
	sim_run(MIR_SEC(300));
	check_both(&w, &r);
}

/* The writer notices by its data, the reader by keep-alive. */
static void
peer_ends(bool boots)
{
	struct end w = { .size = 100 * SIZE }, r = { .size = 100 * SIZE, .keepalive = MIR_SEC(60) };

	two_hosts(SIM_FAULTS(.delay = DELAY, .rate = 1000000));
	sim_spawn(a, "writer", writer, &w);
	sim_spawn(b, "reader", reader, &r);
	sim_run_for(MIR_SEC(2));
	CHECK(!w.ended);
	sim_crash(b);
	if (boots)
		sim_boot(b);
	sim_run(MIR_SEC(1200));
	if (boots)
		CHECK_EQ(w.error, MIR_ERESET);
	else
		CHECK_MSG(w.error == MIR_ETIMEDOUT || w.error == MIR_EUNREACH, "error %d", w.error);
}

SIM(reader_reboots)
{
	peer_ends(true);
}

SIM(reader_vanishes)
{
	peer_ends(false);
}

/* A reader that has nothing to say waits for a peer that has forgotten it, or is not there. */
static void
silent_peer_ends(bool boots)
{
	struct end w = { .size = SIZE, .wait = MIR_SEC(60) };
	struct end r = { .size = SIZE, .keepalive = MIR_SEC(60) };

	two_hosts(SIM_FAULTS(.delay = DELAY));
	sim_spawn(b, "reader", reader, &r);
	sim_spawn(a, "writer", writer, &w);
	sim_run_for(MIR_SEC(10));
	sim_crash(a);
	if (boots)
		sim_boot(a);
	sim_run(MIR_SEC(1200));
	CHECK_EQ(r.error, boots ? MIR_ERESET : MIR_ETIMEDOUT);
}

SIM(writer_reboots)
{
	silent_peer_ends(true);
}

SIM(writer_vanishes)
{
	silent_peer_ends(false);
}

SIM(peer_vanishes_with_its_window_closed)
{
	struct end w = { .size = SIZE }, r = { .size = SIZE, .wait = MIR_SEC(3600) };

	two_hosts(SIM_FAULTS(.delay = DELAY));
	sim_spawn(a, "writer", writer, &w);
	sim_spawn(b, "reader", reader, &r);
	sim_run_for(MIR_SEC(30));
	CHECK(!w.ended);
	sim_crash(b);
	sim_run(MIR_SEC(1200));
	CHECK_MSG(w.error == MIR_ETIMEDOUT || w.error == MIR_EUNREACH, "error %d", w.error);
}

SIM(link_stalls_for_ever)
{
	struct end w = { .size = SIZE }, r = { .size = SIZE, .keepalive = MIR_SEC(60) };

	two_hosts(SIM_FAULTS(.delay = DELAY, .stall_after = 300000));
	sim_spawn(b, "reader", reader, &r);
	sim_spawn(a, "writer", writer, &w);
	sim_run(MIR_SEC(1800));
	CHECK_MSG(w.error == MIR_ETIMEDOUT || w.error == MIR_EUNREACH, "error %d", w.error);
	CHECK_MSG(r.error == MIR_ETIMEDOUT || r.error == MIR_EUNREACH, "error %d", r.error);
}

/* No router says that the frames are too large: after some time-outs they are small enough. */
SIM(frames_too_large_for_the_way)
{
	struct end w = { .size = SIZE }, r = { .size = SIZE, .keepalive = MIR_SEC(60) };

	two_hosts(SIM_FAULTS(.delay = DELAY, .mtu = 1000));
	sim_spawn(b, "reader", reader, &r);
	sim_spawn(a, "writer", writer, &w);
	sim_run(MIR_SEC(1800));
	CHECK_EQ(w.error, MIR_OK);
	CHECK_EQ(r.error, MIR_OK);
}

SIM(nobody_listens)
{
	struct end w = { .size = SIZE };

	two_hosts(NULL);
	sim_spawn(a, "writer", writer, &w);
	sim_run(MIR_SEC(5));
	CHECK_EQ(w.error, MIR_EREFUSED);
}

SIM(nobody_there)
{
	struct end w = { .size = SIZE };

	two_hosts(NULL);
	sim_crash(b);
	sim_spawn(a, "writer", writer, &w);
	sim_run(MIR_SEC(300));
	CHECK_MSG(w.error == MIR_ETIMEDOUT || w.error == MIR_EUNREACH, "error %d", w.error);
}
