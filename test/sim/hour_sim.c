/* SPDX-License-Identifier: ISC */
/* An hour of bad network: short conversations, long transfers and pauses over a lossy link, with
 * the cable cut now and then. */
#include "mir/err.h"
#include "test/sim/support/transfer.h"

#define HOUR		MIR_SEC(3600)
#define SERVICE		7
#define LONG		(64 << 10)	/* Bytes an answer, at most. */

static struct sim_host *server, *client;
static unsigned asked, answered, broken;

/* Two bytes say how long an answer shall be; the answer's pattern is keyed by that. */
static void
serve_one(void *arg)
{
	struct mir_flow *f = arg;
	struct mir_buf *b;
	uint8_t want[2];
	size_t got = 0;
	int n, err = MIR_OK;

	while (!err && (n = mir_flow_read(f, &b, mir_deadline(mir_now(), MIR_SEC(120)))) > 0) {
		for (size_t i = 0; i < (size_t)n && !err; i++) {
			mir_buf_copy_out(b, i, &want[got++], 1);
			if (got < sizeof want)
				continue;
			got = 0;
			sim_write(f, want[0], 0, want[0] << 8 | want[1], &err);
		}
		mir_buf_free(b);
	}
	mir_flow_close(f);
}

static void
serve(struct sim_host *h, void *arg)
{
	struct mir_listener *l;
	struct mir_flow *f;

	(void)arg;
	if (!CHECK_EQ(mir_stack_listen(sim_stack(h), SERVICE, 16, &l), MIR_OK))
		return;
	while (mir_stack_accept(l, &f, MIR_NEVER) == MIR_OK)
		if (!CHECK(mir_spawn("conversation", serve_one, f)))
			mir_flow_abort(f);
	l->stack->ops->unlisten(l);
}

static int
ask(struct mir_flow *f)
{
	unsigned most = sim_random() % 8 ? 2000 : LONG - 1;
	unsigned len = 1 + (unsigned)(sim_random() % most);
	const uint8_t want[2] = { (uint8_t)(len >> 8), (uint8_t)len };
	struct mir_buf *b = mir_buf_copy_in(want, sizeof want);
	int err = mir_flow_write(f, b, MIR_NEVER);

	asked++;
	if (err) {
		mir_buf_free(b);
		return err;
	}
	if (sim_read(f, want[0], 0, len, &err) != len)
		return err ? err : MIR_EGONE;
	answered++;
	return MIR_OK;
}

/* A conversation of some questions after the other, until the hour is over. */
static void
ask_all_the_time(struct sim_host *h, void *arg)
{
	struct mir_addr to = sim_addr(server);
	struct mir_flow *f;
	int err;

	(void)arg;
	while (mir_now() - sim_started() < HOUR) {
		mir_sleep(MIR_MS(sim_random() % 3000));
		if (mir_stack_connect(sim_stack(h), &to, SERVICE, &f, MIR_NEVER)) {
			broken++;
			continue;
		}
		for (unsigned n = 1 + (unsigned)(sim_random() % 5); n; n--) {
			err = ask(f);
			if (err)
				break;
			mir_sleep(MIR_MS(sim_random() % 2000));
		}
		broken += err != MIR_OK;
		mir_flow_close(f);
	}
}

SIM(an_hour_of_losses, .seeds = 4)
{
	struct sim_link *l;

	server = sim_host("10.0.0.1/24");
	client = sim_host("10.0.0.2/24");
	l = sim_link(server, client,
		     SIM_FAULTS(.loss = 50, .reorder = 50, .duplicate = 20, .corrupt = 10,
				.trailing = 20, .delay = MIR_MS(15), .jitter = MIR_MS(10),
				.rate = 250000, .queue = 50000));
	sim_serve(server, "server", serve, NULL);
	for (unsigned i = 0; i < 10; i++)
		sim_spawn(client, "client", ask_all_the_time, NULL);
	for (unsigned i = 0; i < 6; i++) {
		sim_run_for(MIR_SEC(300 + sim_random() % 200));
		sim_cut(l, true);
		sim_run_for(MIR_SEC(1 + sim_random() % 40));
		sim_cut(l, false);
	}
	sim_run(2 * HOUR);
	sim_note("%u of %u questions answered, %u conversations broken", answered, asked, broken);
	CHECK(answered > 5000);
	CHECK_MSG(broken <= asked / 1000, "%u of %u broken", broken, asked);
}
