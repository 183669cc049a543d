/* SPDX-License-Identifier: ISC */
/* Timers against a model: a table of times. */
#include "mir/timer.h"
#include "test/unit/harness.h"

#define TIMERS 64

static struct mir_timer timers[TIMERS];
static mir_ns due[TIMERS];		/* The model: MIR_NEVER is not set. */
static mir_ns now, last_fired;
static unsigned fired;

static mir_ns
earliest(void)
{
	mir_ns t = MIR_NEVER;

	for (int i = 0; i < TIMERS; i++)
		t = due[i] < t ? due[i] : t;
	return t;
}

static void
set(int i, mir_ns when)
{
	mir_timer_set(&timers[i], when);
	due[i] = when;
}

static void
cancel(int i)
{
	mir_timer_cancel(&timers[i]);
	due[i] = MIR_NEVER;
}

static mir_ns
some_time(void)
{
	uint64_t r = test_random();

	return r % 50 == 0 ? MIR_NEVER : now + (r >> 8) % 100;
}

/* Now and then sets, moves or cancels others, and itself. */
static void
fire(struct mir_timer *t)
{
	int i = (int)(t - timers);

	CHECK_MSG(!mir_timer_is_set(t), "still set while it fires");
	CHECK_MSG(due[i] <= now && due[i] == earliest(), "timer %d fires out of order", i);
	CHECK(due[i] >= last_fired);
	last_fired = due[i];
	due[i] = MIR_NEVER;
	fired++;
	if (test_random() % 3 == 0)
		set((int)(test_random() % TIMERS), now + 1 + some_time() % 1000);
	if (test_random() % 3 == 0)
		cancel((int)(test_random() % TIMERS));
	if (test_random() % 3 == 0)
		set(i, now + 1 + test_random() % 50);
}

TEST(random_use_agrees_with_the_model)
{
	mir_ns next;

	now = MIR_SEC(1);
	for (int i = 0; i < TIMERS; i++) {
		timers[i] = (struct mir_timer)MIR_TIMER_INIT(fire);
		due[i] = MIR_NEVER;
	}
	for (int round = 0; round < 50000; round++) {
		int i = (int)(test_random() % TIMERS);

		if (test_random() % 4)
			set(i, some_time());
		else
			cancel(i);
		CHECK_EQ(mir_timer_is_set(&timers[i]), due[i] != MIR_NEVER);
		if (test_random() % 4)
			continue;
		now += test_random() % 30;
		last_fired = 0;
		next = mir_timers_run(now);
		if (!CHECK_EQ(next, earliest()) || !CHECK(next > now))
			break;
	}
	CHECK_MSG(fired > 10000, "only %u fired", fired);
	for (int i = 0; i < TIMERS; i++)
		cancel(i);
	CHECK_EQ(mir_timers_run(MIR_NEVER - 1), MIR_NEVER);
}

static unsigned turns;

static void
again_at_once(struct mir_timer *t)
{
	if (++turns < 1000)
		mir_timer_set(t, now - (turns % 3));
}

/* Else a handler that is always due would keep tasks and devices from their turn. */
TEST(a_time_in_the_past_waits_for_the_next_turn)
{
	struct mir_timer t = MIR_TIMER_INIT(again_at_once);

	now = MIR_SEC(2);
	mir_timer_set(&t, now);
	for (unsigned turn = 1; turn <= 10; turn++) {
		mir_ns next = mir_timers_run(now);

		CHECK_EQ(turns, turn);
		CHECK_MSG(next <= now + 1, "the next turn is not at once");
		now++;
	}
	mir_timer_cancel(&t);
}

static struct mir_timer victim;

static void
cancels_the_other(struct mir_timer *t)
{
	(void)t;
	turns++;
	mir_timer_cancel(&victim);
}

static void
must_not_fire(struct mir_timer *t)
{
	(void)t;
	CHECK_MSG(false, "a cancelled timer fired");
}

TEST(who_is_cancelled_by_another_that_is_due_does_not_fire)
{
	struct mir_timer t = MIR_TIMER_INIT(cancels_the_other);

	turns = 0;
	victim = (struct mir_timer)MIR_TIMER_INIT(must_not_fire);
	mir_timer_set(&victim, now + 2);
	mir_timer_set(&t, now + 1);
	CHECK_EQ(mir_timers_run(now + 5), MIR_NEVER);
	CHECK_EQ(turns, 1);
}

TEST(never_is_a_time_to_cancel)
{
	struct mir_timer t = MIR_TIMER_INIT(must_not_fire);

	mir_timer_set(&t, now);
	mir_timer_set(&t, MIR_NEVER);
	CHECK(!mir_timer_is_set(&t));
	mir_timer_cancel(&t);
	CHECK_EQ(mir_timers_run(now + 1), MIR_NEVER);
}
