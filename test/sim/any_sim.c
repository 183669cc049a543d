/* SPDX-License-Identifier: ISC */
/* Links and applications by chance: faults of all kinds, each direction its own, both ends send and
 * read in fits and starts, several connections at a time.  All of it arrives. */
#include "mir/err.h"
#include "test/sim/support/transfer.h"

#define CONNS	4
#define PARTS	8

static struct sim_host *a, *b;
static unsigned ended;

struct end {
	unsigned conn;
	bool is_b;
	bool at_once;			/* Writes and reads at the same time, else by turns. */
	uint64_t size[2];		/* Bytes from a, from b. */
	struct mir_flow *flow;
	bool written;
	struct mir_waitq writer_done;
};

static uint64_t
below(uint64_t n)
{
	return n ? sim_random() % n : 0;
}

/* Small numbers are as likely as large ones. */
static uint64_t
scaled(uint64_t least, unsigned doublings)
{
	return (least << below(doublings)) + below(least);
}

static struct linkmodel_settings
any_faults(void)
{
	struct linkmodel_settings s = { .corrupt_from = 14 };

	s.loss = (uint16_t)below(below(4) ? 30 : 200);
	s.ack_loss = (uint16_t)below(200);
	s.duplicate = (uint16_t)below(below(3) ? 10 : 300);
	s.corrupt = (uint16_t)below(20);
	s.reorder = (uint16_t)below(below(3) ? 30 : 500);
	s.trailing = (uint16_t)below(300);
	s.delay = scaled(MIR_US(10), 15);
	s.jitter = below(3) ? 0 : below(s.delay * 2);
	s.reorder_by = below(2) ? 0 : below(4 * s.delay);
	s.rate = below(3) ? scaled(10000, 12) : 0;
	s.queue = below(2) ? (uint32_t)scaled(4000, 8) : 0;
	return s;
}

static void
nap(void)
{
	if (below(20) == 0)
		mir_sleep(scaled(MIR_MS(1), 14));
}

static int
write_some(const struct end *e, uint64_t from, uint64_t to)
{
	uint64_t part;
	int err = MIR_OK;

	for (; from < to && !err; from += part) {
		part = 1 + below(to - from < 20000 ? to - from : 20000);
		nap();
		sim_write(e->flow, e->conn * 2 + e->is_b, from, part, &err);
	}
	return err;
}

static int
read_some(const struct end *e, uint64_t *done, uint64_t to)
{
	int err = MIR_OK;

	nap();
	if (*done < to)
		*done += sim_read(e->flow, e->conn * 2 + !e->is_b, *done, to - *done, &err);
	return err;
}

/* In parts, each the other's turn.  The end that connected has the first word: while it is silent
 * it may take for open what the other gave up, its own last word of the handshake being lost. */
static int
take_turns(const struct end *e, uint64_t *done)
{
	uint64_t mine = e->size[e->is_b], theirs = e->size[!e->is_b];
	int err = MIR_OK;

	for (unsigned part = 1; part <= PARTS && !err; part++) {
		if (!e->is_b)
			err = write_some(e, mine * (part - 1) / PARTS, mine * part / PARTS);
		if (!err)
			err = read_some(e, done, theirs * part / PARTS);
		if (!err && e->is_b)
			err = write_some(e, mine * (part - 1) / PARTS, mine * part / PARTS);
	}
	return err;
}

static void
write_all(struct sim_host *h, void *arg)
{
	struct end *e = arg;

	(void)h;
	CHECK_EQ(write_some(e, 0, e->size[e->is_b]), MIR_OK);
	e->written = true;
	mir_wake(&e->writer_done);
}

static int
all_at_once(struct sim_host *h, struct end *e, uint64_t *done)
{
	uint64_t theirs = e->size[!e->is_b];
	int err = MIR_OK;

	sim_spawn(h, "writer", write_all, e);
	for (unsigned part = 1; part <= PARTS && !err; part++)
		err = read_some(e, done, theirs * part / PARTS);
	while (!e->written && !mir_wait(&e->writer_done, MIR_NEVER))
		;
	return err;
}

static void
talk(struct sim_host *h, struct end *e)
{
	uint64_t done = 0;
	int err = e->at_once ? all_at_once(h, e, &done) : take_turns(e, &done);

	CHECK_MSG(err == MIR_OK, "connection %u: %s", e->conn, mir_err_name(err));
	mir_flow_shutdown(e->flow);
	CHECK_EQ(done + sim_read(e->flow, 0, 0, 1, &err), e->size[!e->is_b]);
	CHECK_MSG(err == MIR_OK, "connection %u, end of stream: %s", e->conn, mir_err_name(err));
	mir_flow_close(e->flow);
	ended += err == MIR_OK;
}

static void
active(struct sim_host *h, void *arg)
{
	struct end *e = arg;
	struct mir_addr to = sim_addr(b);
	int err = MIR_ETIMEDOUT;

	nap();
	for (unsigned i = 0; i < 5 && err == MIR_ETIMEDOUT; i++)
		err = mir_stack_connect(sim_stack(h), &to, (uint16_t)(1000 + e->conn), &e->flow,
					MIR_NEVER);
	if (CHECK_EQ(err, MIR_OK))
		talk(h, e);
}

static void
passive(struct sim_host *h, void *arg)
{
	struct end *e = arg;

	e->flow = accept_one(h, (uint16_t)(1000 + e->conn));
	if (e->flow)
		talk(h, e);
}

static void
anything(bool at_once)
{
	struct end ends[2][CONNS];
	struct linkmodel *m;

	a = sim_host("10.0.0.1/24");
	b = sim_host("10.0.0.2/24");
	m = sim_link_model(sim_link(a, b, NULL));
	m->settings[0] = any_faults();
	m->settings[1] = any_faults();
	for (unsigned i = 0; i < CONNS; i++) {
		ends[0][i] = (struct end){ .conn = i, .at_once = at_once };
		ends[0][i].size[0] = scaled(1000, 9);
		ends[0][i].size[1] = scaled(1000, 9);
		ends[1][i] = ends[0][i];
		ends[1][i].is_b = true;
		sim_spawn(b, "passive", passive, &ends[1][i]);
		sim_spawn(a, "active", active, &ends[0][i]);
	}
	sim_run(MIR_SEC(100000));
	CHECK_EQ(ended, 2 * CONNS);
}

SIM(anything_by_turns)
{
	anything(false);
}

SIM(anything_at_once)
{
	anything(true);
}
