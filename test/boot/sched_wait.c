/* SPDX-License-Identifier: ISC */
/* Waiting in a real image: woken, timed out, the first of several, hooks. */
#include "mir/clock.h"
#include "mir/err.h"
#include "mir/task.h"
#include "mir/timer.h"
#include "test/boot/sched.h"
#include "test/boot/verdict.h"

static struct mir_waitq queue[3];

static void
test_time_limit(void)
{
	mir_ns start = mir_now();

	CHECK(mir_wait(&queue[0], start + MIR_MS(20)) == MIR_ETIMEDOUT);
	CHECK(mir_now() - start >= MIR_MS(20));
	CHECK(mir_wait(&queue[0], start) == MIR_ETIMEDOUT);
	CHECK(queue[0].head == NULL);
}

static void
wake_by_timer(struct mir_timer *t)
{
	(void)t;
	mir_wake(&queue[0]);
}

static void
test_woken_by_handler(void)
{
	struct mir_timer t = MIR_TIMER_INIT(wake_by_timer);
	mir_ns start = mir_now();

	mir_timer_set(&t, start + MIR_MS(10));
	CHECK(mir_wait(&queue[0], start + MIR_SEC(20)) == MIR_OK);
	CHECK(mir_now() - start < MIR_SEC(20));
	CHECK(queue[0].head == NULL);
}

static void
wake_second(void *arg)
{
	(void)arg;
	mir_wake(&queue[1]);
}

static void
test_first_of_several(void)
{
	struct mir_waitq *const all[] = { &queue[0], &queue[1], &queue[2] };

	mir_spawn("waker", wake_second, NULL);
	CHECK(mir_wait_any(all, 3, mir_now() + MIR_SEC(20)) == 1);
	CHECK(mir_wait_any(all, 3, mir_now() + MIR_MS(5)) == MIR_ETIMEDOUT);
	for (unsigned i = 0; i < 3; i++)
		CHECK(queue[i].head == NULL);
}

static unsigned done;

static void
waiter(void *arg)
{
	done += mir_wait(arg, MIR_NEVER) == MIR_OK;
}

static void
test_all_are_woken(void)
{
	for (unsigned i = 0; i < 5; i++)
		mir_spawn("waiter", waiter, &queue[2]);
	mir_yield();
	CHECK(done == 0);
	mir_wake(&queue[2]);
	mir_yield();
	CHECK(done == 5);
}

static unsigned hooked;
static struct mir_waiter hook;

static void
count_hook(void *ctx)
{
	hooked++;
	if (ctx && hooked == 2)
		mir_waitq_unhook(&hook);
}

static void
test_hook(void)
{
	hook = (struct mir_waiter){ .hook = count_hook, .ctx = &hook };
	mir_waitq_hook(&queue[0], &hook);
	for (unsigned i = 0; i < 4; i++)
		mir_wake(&queue[0]);
	CHECK(hooked == 2);
	CHECK(queue[0].head == NULL);
}

void
sched_wait_tests(void)
{
	test_time_limit();
	test_woken_by_handler();
	test_first_of_several();
	test_all_are_woken();
	test_hook();
}
