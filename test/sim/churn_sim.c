/* SPDX-License-Identifier: ISC */
/* Machines that crash and boot, cables that come and go, connections that are closed, reset, or
 * forgotten, for ten minutes.  Bytes are right as far as they come, and nothing is left behind. */
#include "mir/err.h"
#include "sim/sim.h"

#define HOSTS	4
#define PORT	7
#define TIME	MIR_SEC(600)

static struct sim_host *hosts[HOSTS];
static struct sim_link *links[HOSTS];
static unsigned finished, failed;

static uint64_t
below(uint64_t n)
{
	return sim_random() % n;
}

/* Reads with a limit to its patience: a peer that is gone may never say so. */
static int
read_to_the_end(struct mir_flow *f, uint64_t *got)
{
	struct mir_buf *b;
	int n;

	while ((n = mir_flow_read(f, &b, mir_deadline(mir_now(), MIR_SEC(60)))) > 0) {
		for (const struct mir_buf *p = b; p; p = p->next)
			for (uint32_t i = 0; i < p->len; i++)
				if (p->data[i] != sim_pattern(0, (*got)++))
					CHECK_MSG(false, "byte %llu is wrong",
						  (unsigned long long)*got);
		mir_buf_free(b);
	}
	return n;
}

/* Sends back as much as it got. */
static void
answer(void *arg)
{
	struct mir_flow *f = arg;
	uint64_t got = 0;
	int err = read_to_the_end(f, &got);

	if (!err)
		sim_write(f, 0, 0, got, &err);
	mir_flow_close(f);
}

static void
serve(struct sim_host *h, void *arg)
{
	struct mir_listener *l;
	struct mir_flow *f;

	(void)arg;
	if (!CHECK_EQ(mir_stack_listen(sim_stack(h), PORT, 16, &l), MIR_OK))
		return;
	while (mir_stack_accept(l, &f, MIR_NEVER) == MIR_OK)
		if (!CHECK(mir_spawn("answer", answer, f)))
			mir_flow_abort(f);
	l->stack->ops->unlisten(l);
}

/* One question; by chance it is broken off. */
static int
ask(struct sim_host *h, struct sim_host *other)
{
	uint64_t size = 1 + below(below(4) ? 2000 : 100000), got = 0;
	struct mir_addr to = sim_addr(other);
	struct mir_flow *f;
	int err = mir_stack_connect(sim_stack(h), &to, PORT, &f,
				    mir_deadline(mir_now(), MIR_SEC(30)));

	if (err)
		return err;
	sim_write(f, 0, 0, size, &err);
	if (below(10) == 0) {
		mir_flow_abort(f);
		return MIR_ECANCELED;
	}
	mir_flow_shutdown(f);
	if (!err && below(10))
		err = read_to_the_end(f, &got);
	mir_flow_close(f);
	return err ? err : got == size ? MIR_OK : MIR_ECANCELED;
}

static void
ask_around(struct sim_host *h, void *arg)
{
	struct sim_host *other;

	(void)arg;
	while (mir_now() - sim_started() < TIME && !mir_sleep(MIR_MS(below(1000)))) {
		other = hosts[below(HOSTS)];
		if (other != h)
			*(ask(h, other) ? &failed : &finished) += 1;
	}
}

static void
start_tasks(struct sim_host *h)
{
	sim_serve(h, "server", serve, NULL);
	for (unsigned i = 0; i < 4; i++)
		sim_serve(h, "client", ask_around, NULL);
}

static void
something_happens(void)
{
	unsigned who = (unsigned)below(HOSTS);

	if (below(3)) {
		sim_cut(links[who], true);
		sim_run_for(MIR_MS(below(20000)));
		sim_cut(links[who], false);
	} else {
		sim_crash(hosts[who]);
		sim_run_for(MIR_MS(below(2) ? 1 : 20000));
		sim_boot(hosts[who]);
		start_tasks(hosts[who]);
	}
}

SIM(machines_come_and_go, .seeds = 5)
{
	static const char *const names[HOSTS] = {
		"10.0.0.1/24", "10.0.0.2/24", "10.0.0.3/24", "10.0.0.4/24",
	};
	struct sim_switch *s = sim_switch("s");

	for (unsigned i = 0; i < HOSTS; i++) {
		hosts[i] = sim_host(names[i]);
		links[i] = sim_plug(hosts[i], s, SIM_FAULTS(.loss = 20, .reorder = 20,
							    .duplicate = 20, .delay = MIR_MS(3),
							    .jitter = MIR_MS(3)));
		start_tasks(hosts[i]);
	}
	while (mir_now() - sim_started() < TIME) {
		sim_run_for(MIR_MS(below(20000)));
		something_happens();
	}
	CHECK_MSG(finished > 1000, "only %u questions were answered", finished);
	CHECK_MSG(failed < finished, "%u finished, %u failed", finished, failed);
}
