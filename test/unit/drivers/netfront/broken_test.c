/* SPDX-License-Identifier: ISC */
/* A backend that breaks the protocol is left, counted, and met again when it starts anew. */
/* sources: test/support/xen/[a-z]*.[cS] xen/[a-z]*.c xen/xenstore/[a-z]*.c arch/x86_64/entropy.c */
/* sources: drivers/netfront/[a-z]*.c */
#include "test/unit/drivers/netfront/kit.h"

static void
set_up_mute(void)
{
	add("queues=1");
	back->work = nothing;		/* It answers by what a test writes, only. */
	come_up();
}

TEST(answers_to_nothing)
{
	set_up_mute();
	back->q[0].tx.sring->rsp_prod += 9;
	fake_run_for(MIR_MS(32));
	CHECK_EQ(counter("netfront_broken"), 0);
	send(600);
	fake_run_for(MIR_SEC(1));
	CHECK_EQ(counter("netfront_broken"), 1);
	CHECK(!nif->info.link);
	go_down();
	set_up_mute();
	go_down();
}

TEST(more_frames_than_buffers)
{
	uint64_t before = counter("netfront_broken");

	set_up_mute();
	back->q[0].rx.sring->rsp_prod += RING_SLOTS + 1;
	netback_notify(back);
	fake_run_for(MIR_SEC(1));
	CHECK_EQ(counter("netfront_broken"), before + 1);
	go_down();
}

/* The toolstack takes it away in the same moment. */
TEST(answers_to_nothing_and_goes)
{
	set_up_mute();
	back->q[0].tx.sring->rsp_prod += 9;
	fake_run_for(MIR_MS(32));
	send(600);
	netback_remove(0);
	fake_store_rm("/local/domain/7/device/vif");
	fake_store_write("/local/domain/7/device/vif", "%s", "");
	fake_run_for(MIR_SEC(30));
	fake_store_forget_watches(2);
	fake_store_repeat();
	go_down();
	set_up_mute();
	go_down();
}
