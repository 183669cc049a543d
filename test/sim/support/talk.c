/* SPDX-License-Identifier: ISC */
/* Conversations. */
#include "mir/err.h"
#include "test/sim/support/talk.h"

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

void
talk_serve(struct sim_host *h, void *arg)
{
	struct mir_listener *l;
	struct mir_flow *f;

	(void)arg;
	if (!CHECK_EQ(mir_stack_listen(sim_stack(h), TALK_SERVICE, 16, &l), MIR_OK))
		return;
	while (mir_stack_accept(l, &f, MIR_NEVER) == MIR_OK)
		if (!CHECK(mir_spawn("conversation", serve_one, f)))
			mir_flow_abort(f);
	l->stack->ops->unlisten(l);
}

static int
ask(struct talk *t, struct mir_flow *f)
{
	unsigned most = sim_random() % 8 ? 2000 : t->most;
	unsigned len = 1 + (unsigned)(sim_random() % most);
	const uint8_t want[2] = { (uint8_t)(len >> 8), (uint8_t)len };
	struct mir_buf *b = mir_buf_copy_in(want, sizeof want);
	int err = mir_flow_write(f, b, MIR_NEVER);

	t->asked++;
	if (err) {
		mir_buf_free(b);
		return err;
	}
	if (sim_read(f, want[0], 0, len, &err) != len)
		return err ? err : MIR_EGONE;
	t->answered++;
	return MIR_OK;
}

void
talk_ask(struct sim_host *h, void *arg)
{
	struct talk *t = arg;
	struct mir_addr to = sim_addr(t->server);
	struct mir_flow *f;
	int err;

	while (mir_now() < t->until) {
		mir_sleep(MIR_MS(sim_random() % 3000));
		if (mir_stack_connect(sim_stack(h), &to, TALK_SERVICE, &f, MIR_NEVER)) {
			t->broken++;
			continue;
		}
		for (unsigned n = 1 + (unsigned)(sim_random() % 5); n; n--) {
			err = ask(t, f);
			if (err)
				break;
			mir_sleep(MIR_MS(sim_random() % 2000));
		}
		t->broken += err != MIR_OK;
		mir_flow_close(f);
	}
}
