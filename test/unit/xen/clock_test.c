/* SPDX-License-Identifier: ISC */
/* The guest's clock: Xen's, never backwards, and read seldom where reading is slow. */
/* sources: test/support/xen/[a-z]*.[cS] xen/[a-z]*.c xen/xenstore/[a-z]*.c arch/x86_64/entropy.c */
#include "mir/clock.h"
#include "test/support/xen/fake.h"
#include "test/unit/harness.h"
#include "xen/guest.h"
#include "xen/hypercall.h"
#include <xen/errno.h>

static void
tick(mir_ns by)
{
	test_now += by;
	test_wall += by;
	fake_set_time();
}

TEST(time_starts_at_boot_and_goes_with_xens)
{
	mir_ns start;

	fake_boot();
	start = mir_now();
	CHECK(start < MIR_SEC(1));
	tick(MIR_MS(250));
	CHECK_EQ(mir_now() - start, MIR_MS(250));
	CHECK_EQ(xen_system_time(mir_now()), test_now);
	CHECK_EQ(xen_system_time(MIR_NEVER), 0);
	CHECK_EQ(xen_system_time(MIR_NEVER - 1), 0);
}

TEST(a_step_back_of_xens_is_not_seen)
{
	mir_ns before = mir_now();

	test_now -= MIR_MS(100);
	fake_set_time();
	CHECK_EQ(mir_now(), before);
	tick(MIR_MS(101));
	CHECK_EQ(mir_now(), before + MIR_MS(1));
}

TEST(the_wall_clock_is_xens)
{
	mir_ns wall = mir_clock_wall(mir_clock);

	CHECK_EQ(wall, test_wall);
	tick(MIR_SEC(2));
	CHECK_EQ(mir_clock_wall(mir_clock) - wall, MIR_SEC(2));
}

/* A counter of which each step is a millisecond makes every reading look slow. */
static void
make_slow(void)
{
	struct vcpu_time_info *t = &fake_shared->vcpu_info[0].time;

	t->version += 2;
	t->tsc_to_system_mul = ~0u;
	t->tsc_shift = 20;
	xen_clock_start();
}

TEST(a_slow_counter_is_read_after_sleep_or_a_few_turns_or_many_questions)
{
	mir_ns now;
	unsigned asked = 0;

	fake_fail(__HYPERVISOR_vcpu_op, VCPUOP_register_runstate_memory_area, -XEN_ENOSYS, 1);
	make_slow();
	now = mir_now();
	CHECK_EQ(mir_now(), now);
	xen_clock_slept();
	CHECK(mir_now() > now);
	now = mir_now();
	for (unsigned i = 0; i < 3; i++)
		xen_clock_turn();
	CHECK(mir_now() > now);
	now = mir_now();
	while (mir_now() == now && asked < 1000)
		asked++;
	CHECK(asked > 10 && asked < 100);
}

TEST(after_a_sleep_xen_tells_the_time_without_the_counter)
{
	mir_ns now;

	make_slow();
	if (!CHECK(fake_runstate))
		return;
	now = mir_now();
	xen_clock_slept();			/* Xen had something for us at once. */
	CHECK_EQ(mir_now(), now);
	fake_runstate->state_entry_time = xen_system_time(now) + 1;
	xen_clock_slept();
	CHECK_EQ(mir_now(), now + 1);
	fake_runstate->state_entry_time--;
	xen_clock_slept();
	CHECK_EQ(mir_now(), now + 1);
	for (unsigned i = 0; i < 3; i++)
		xen_clock_turn();
	CHECK(mir_now() > now + 1);
}
