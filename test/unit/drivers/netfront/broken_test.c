/* SPDX-License-Identifier: ISC */
/* A backend that breaks the protocol is left, counted, and met again when it starts anew. */
/* sources: test/support/xen/[a-z]*.[cS] xen/[a-z]*.c xen/xenstore/[a-z]*.c arch/x86_64/entropy.c */
/* sources: drivers/netfront/[a-z]*.c */
#include "mir/stats.h"
#include "test/unit/drivers/netfront/kit.h"

static uint64_t broken;

static void
visit(void *ctx, const char *name, uint64_t value)
{
	(void)ctx;
	if (strcmp(name, "netfront_broken") == 0)
		broken = value;
}

static uint64_t
times_broken(void)
{
	mir_counters_each(visit, NULL);
	return broken;
}

static void
set_up(void)
{
	add("queues=1");
	back->work = nothing;		/* It answers by what a test writes, only. */
	come_up();
}

static void
send(void)
{
	struct mir_buf *b = mir_buf_alloc(0, 600);

	memset(b->data, 1, 600);
	if (mir_netif_tx(nif, b))
		mir_buf_free(b);
}

TEST(answers_to_nothing)
{
	set_up();
	back->q[0].tx.sring->rsp_prod += 9;
	fake_run_for(MIR_MS(32));
	CHECK_EQ(times_broken(), 0);
	send();
	fake_run_for(MIR_SEC(1));
	CHECK_EQ(times_broken(), 1);
	CHECK(!nif->info.link);
	go_down();
	set_up();
	go_down();
}

TEST(more_frames_than_buffers)
{
	uint64_t before = times_broken();

	set_up();
	back->q[0].rx.sring->rsp_prod += RING_SLOTS + 1;
	netback_notify(back);
	fake_run_for(MIR_SEC(1));
	CHECK_EQ(times_broken(), before + 1);
	go_down();
}

/* The toolstack takes it away in the same moment. */
TEST(answers_to_nothing_and_goes)
{
	set_up();
	back->q[0].tx.sring->rsp_prod += 9;
	fake_run_for(MIR_MS(32));
	send();
	netback_remove(0);
	fake_store_rm("/local/domain/7/device/vif");
	fake_store_write("/local/domain/7/device/vif", "%s", "");
	fake_run_for(MIR_SEC(30));
	fake_store_forget_watches(2);
	fake_store_repeat();
	go_down();
	set_up();
	go_down();
}
