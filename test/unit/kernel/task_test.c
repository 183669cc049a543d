/* SPDX-License-Identifier: ISC */
/* Tasks: their order, their stacks, their ends, and queues that tasks and hooks wait on. */
#include <stdio.h>
#include "mir/err.h"
#include "mir/page.h"
#include "mir/task.h"
#include "test/unit/harness.h"

static char order[200];

static void
note(char c)
{
	size_t n = strlen(order);

	if (n + 1 < sizeof order)
		order[n] = c;
}

static void
begin(void)
{
	memset(order, 0, sizeof order);
}

static void
three_turns(void *name)
{
	for (int i = 0; i < 3; i++) {
		note(*(const char *)name);
		mir_yield();
	}
}

TEST(tasks_take_turns_in_the_order_of_their_start)
{
	begin();
	CHECK(mir_task_self() == NULL);
	mir_spawn("a", three_turns, "a");
	mir_spawn("b", three_turns, "b");
	mir_spawn("c", three_turns, "c");
	CHECK_STR(order, "");
	test_run_for(0);
	CHECK_STR(order, "abcabcabc");
}

static void
knows_itself(void *out)
{
	*(struct mir_task **)out = mir_task_self();
	CHECK_STR(mir_task_name(mir_task_self()), "knows itself");
}

TEST(a_held_task_is_there_after_its_end)
{
	struct mir_task *self = NULL, *t = mir_spawn("knows itself", knows_itself, &self);

	mir_task_hold(t);
	mir_task_hold(t);
	test_run_for(0);
	CHECK(self == t);
	CHECK_STR(mir_task_name(t), "knows itself");
	mir_cancel(t);			/* Of no effect. */
	test_run_for(0);
	mir_task_release(t);
	CHECK_STR(mir_task_name(t), "knows itself");
	mir_task_release(t);
	CHECK_PANICS(mir_task_release(t));
}

static unsigned ended;

static void
ends_at_once(void *arg)
{
	(void)arg;
	ended++;
}

/* Many more than are kept: their stacks come back, in whatever number they were there at once. */
TEST(stacks_are_used_again_and_memory_does_not_shrink)
{
	size_t once = 0;

	for (int round = 0; round < 4; round++) {
		ended = 0;
		for (int i = 0; i < 50; i++)
			CHECK(mir_spawn("short", ends_at_once, NULL) != NULL);
		test_run_for(0);
		CHECK_EQ(ended, 50);
		if (round == 0)
			once = test_pages_in_use();
		CHECK_EQ(test_pages_in_use(), once);
	}
}

static void
sleeps(void *arg)
{
	(void)arg;
	mir_sleep(MIR_SEC(1));
	ended++;
}

TEST(without_memory_there_is_no_task_and_the_others_go_on)
{
	size_t left = test_pages_left;
	int n = 0;

	ended = 0;
	test_pages_left = 200;
	while (n < 1000 && mir_spawn("sleeper", sleeps, NULL))
		n++;
	CHECK_MSG(n > 0 && n < 1000, "%d tasks", n);
	test_run_for(MIR_SEC(2));
	CHECK_EQ(ended, n);
	CHECK(mir_spawn("sleeper", sleeps, NULL) != NULL);	/* There is room again. */
	test_run_for(MIR_SEC(2));
	CHECK_EQ(ended, n + 1);
	test_pages_left += left - 200;
}

/* A recursion deep enough to show that each task has a stack of its own. */
static unsigned
deep(unsigned n)
{
	volatile char room[200];

	memset((char *)room, (int)n, sizeof room);
	if (n % 16 == 0)
		mir_yield();
	return n ? deep(n - 1) + (unsigned char)room[100] - (n & 255) + 1 : 0;
}

static void
digs(void *out)
{
	*(unsigned *)out = deep(200);
}

TEST(stacks_do_not_mix)
{
	unsigned depth[8] = { 0 };

	for (int i = 0; i < 8; i++)
		mir_spawn("digger", digs, &depth[i]);
	test_run_for(0);
	for (int i = 0; i < 8; i++)
		CHECK_EQ(depth[i], 200);
}

static struct mir_waitq queue;
static int results[4];

static void
waits(void *arg)
{
	*(int *)arg = mir_wait(&queue, MIR_NEVER);
}

TEST(a_wake_is_for_all_that_wait_then_and_not_for_later)
{
	for (int i = 0; i < 4; i++) {
		results[i] = 1;
		mir_spawn("waiter", waits, &results[i]);
	}
	mir_wake(&queue);		/* Nobody waits yet. */
	test_run_for(0);
	CHECK_EQ(results[0], 1);
	mir_wake(&queue);
	mir_wake(&queue);
	test_run_for(0);
	for (int i = 0; i < 4; i++)
		CHECK_EQ(results[i], MIR_OK);
	CHECK(!queue.head);
}

static void
insists(void *arg)
{
	*(int *)arg = mir_wait(&queue, MIR_NEVER);
	note('c');
	CHECK_EQ(mir_sleep(1), MIR_ECANCELED);
	CHECK_EQ(mir_wait(&queue, MIR_NEVER), MIR_ECANCELED);
}

TEST(who_is_cancelled_stays_so)
{
	struct mir_task *t = mir_spawn("insists", insists, &results[0]);

	begin();
	results[0] = 1;
	mir_task_hold(t);
	test_run_for(0);
	mir_cancel(t);
	mir_cancel(t);
	test_run_for(0);
	CHECK_EQ(results[0], MIR_ECANCELED);
	CHECK_STR(order, "c");
	CHECK(!queue.head);
	mir_task_release(t);
}

TEST(who_is_cancelled_before_the_first_turn_runs_and_hears_of_it)
{
	struct mir_task *t = mir_spawn("waiter", waits, &results[0]);

	results[0] = 1;
	mir_cancel(t);
	test_run_for(0);
	CHECK_EQ(results[0], MIR_ECANCELED);
}

/* It was woken before it was cancelled: the wake is not lost, the next call hears of the rest. */
TEST(a_wake_comes_before_a_cancel)
{
	struct mir_task *t = mir_spawn("insists", insists, &results[0]);

	results[0] = 1;
	test_run_for(0);
	mir_wake(&queue);
	mir_cancel(t);
	test_run_for(0);
	CHECK_EQ(results[0], MIR_OK);
}

static void
short_waits(void *arg)
{
	struct mir_waitq *const both[] = { &queue, &queue };

	(void)arg;
	CHECK_EQ(mir_wait(&queue, test_now), MIR_ETIMEDOUT);
	CHECK_EQ(mir_wait(&queue, 0), MIR_ETIMEDOUT);
	CHECK_EQ(mir_wait_any(both, 2, test_now + 5), MIR_ETIMEDOUT);
	CHECK_EQ(mir_sleep(0), MIR_OK);
	CHECK_EQ(mir_wait_any(both, 2, MIR_NEVER), 0);
	ended++;
}

TEST(limits_that_have_passed_do_not_block_and_a_queue_may_stand_twice)
{
	ended = 0;
	mir_spawn("short waits", short_waits, NULL);
	test_run_for(MIR_MS(1));
	mir_wake(&queue);
	test_run_for(0);
	CHECK_EQ(ended, 1);
	CHECK(!queue.head);
}

static struct mir_waiter hooks[3];

static void
hooked(void *ctx)
{
	note(*(const char *)ctx);
	if (*(const char *)ctx == '2') {	/* Takes itself and a neighbour away. */
		mir_waitq_unhook(&hooks[2]);
		mir_waitq_unhook(&hooks[0]);
	}
}

TEST(hooks_are_called_at_each_wake_until_they_are_removed)
{
	begin();
	for (int i = 0; i < 3; i++) {
		hooks[i] = (struct mir_waiter){ .hook = hooked, .ctx = &"012"[i] };
		mir_waitq_hook(&queue, &hooks[i]);
	}
	mir_spawn("waiter", waits, &results[0]);
	test_run_for(0);
	mir_wake(&queue);
	test_run_for(0);
	CHECK_EQ(results[0], MIR_OK);
	CHECK_MSG(strchr(order, '1') && strchr(order, '2') && !strchr(order, '0'), "%s", order);
	begin();
	mir_wake(&queue);
	CHECK_STR(order, "1");
	mir_waitq_unhook(&hooks[1]);
	mir_waitq_unhook(&hooks[1]);
	mir_wake(&queue);
	CHECK_STR(order, "1");
}

static void
sleeps_in_disorder(void *arg)
{
	mir_sleep(MIR_MS(*(const char *)arg - '0'));
	note(*(const char *)arg);
}

TEST(sleepers_wake_by_time)
{
	static const char when[] = "5291843";

	begin();
	for (const char *p = when; *p; p++)
		mir_spawn("sleeper", sleeps_in_disorder, (void *)p);
	test_run_for(MIR_MS(6));
	CHECK_STR(order, "12345");
	test_run_for(MIR_MS(6));
	CHECK_STR(order, "1234589");
}
