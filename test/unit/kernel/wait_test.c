/* SPDX-License-Identifier: ISC */
/* Tasks that wait: time limits, wake-ups, the first of several, cancellation, join. */
#include "mir/err.h"
#include "mir/task.h"
#include "test/unit/harness.h"

static struct mir_waitq queue[2];
static int result;
static mir_ns woken_at;

static void
sleeper(void *arg)
{
	result = mir_sleep(*(const mir_ns *)arg);
	woken_at = test_now;
}

TEST(sleep_takes_its_time)
{
	mir_ns wait = MIR_MS(250), start = test_now;

	CHECK(mir_spawn("sleeper", sleeper, &wait) != NULL);
	test_run_for(MIR_SEC(1));
	CHECK_EQ(result, MIR_OK);
	CHECK_EQ(woken_at - start, MIR_MS(250));
}

static void
waits_for_first(void *arg)
{
	struct mir_waitq *const both[] = { &queue[0], &queue[1] };

	(void)arg;
	result = mir_wait_any(both, 2, test_now + MIR_SEC(1));
	woken_at = test_now;
}

TEST(first_of_two)
{
	CHECK(mir_spawn("waiter", waits_for_first, NULL) != NULL);
	test_run_for(MIR_MS(1));
	mir_wake(&queue[1]);
	test_run_for(MIR_MS(1));
	CHECK_EQ(result, 1);
	CHECK_MSG(!queue[0].head && !queue[1].head, "a waiter is left in a queue");
}

TEST(time_limit)
{
	mir_ns start = test_now;

	CHECK(mir_spawn("waiter", waits_for_first, NULL) != NULL);
	test_run_for(MIR_SEC(5));
	CHECK_EQ(result, MIR_ETIMEDOUT);
	CHECK_EQ(woken_at - start, MIR_SEC(1));
	CHECK_MSG(!queue[0].head && !queue[1].head, "a waiter is left in a queue");
}

static void
joins(void *arg)
{
	struct mir_task *t = arg;

	CHECK_EQ(mir_join(t, test_now + MIR_MS(10)), MIR_ETIMEDOUT);
	mir_cancel(t);
	CHECK_EQ(mir_join(t, test_now + MIR_MS(10)), MIR_OK);
}

TEST(cancel_and_join)
{
	mir_ns wait = MIR_SEC(100);
	struct mir_task *t = mir_spawn("sleeper", sleeper, &wait);

	mir_task_hold(t);
	CHECK(mir_spawn("joiner", joins, t) != NULL);
	test_run_for(MIR_SEC(1));
	CHECK_EQ(result, MIR_ECANCELED);
}

static void
waits_in_a_handler(void)
{
	mir_sleep(1);
}

TEST(waiting_in_a_handler_is_a_mistake)
{
	CHECK_PANICS(waits_in_a_handler());
}
