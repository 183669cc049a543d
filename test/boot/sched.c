/* SPDX-License-Identifier: ISC */
/* The scheduler in a real image: order of tasks, sleep, join, cancel, timers, idling.  Upper
 * limits of time are wide: the machine is an emulated one, on a busy host. */
#include <string.h>
#include "mir/clock.h"
#include "mir/err.h"
#include "mir/stats.h"
#include "mir/task.h"
#include "mir/timer.h"
#include "test/boot/sched.h"
#include "test/boot/start.h"
#include "test/boot/verdict.h"

#define LATE	MIR_MS(500)
#define MANY	40

static char trace[256];
static size_t traced;

static void
note(char c)
{
	if (traced < sizeof trace - 1)
		trace[traced++] = c;
}

static bool
traced_is(const char *want)
{
	bool same;

	trace[traced] = '\0';
	same = strcmp(trace, want) == 0;
	traced = 0;
	return same;
}

struct find { const char *name; uint64_t value; };

static void
visit(void *ctx, const char *name, uint64_t value)
{
	struct find *f = ctx;

	if (strcmp(name, f->name) == 0)
		f->value = value;
}

uint64_t
sched_counter(const char *name)
{
	struct find f = { .name = name };

	mir_counters_each(visit, &f);
	return f.value;
}

static void
yielder(void *arg)
{
	for (int i = 0; i < 3; i++) {
		note(*(const char *)arg);
		mir_yield();
	}
}

static void
test_order(void)
{
	mir_spawn("a", yielder, "a");
	mir_spawn("b", yielder, "b");
	mir_spawn("c", yielder, "c");
	note('-');
	for (int i = 0; i < 4; i++)
		mir_yield();
	CHECK(traced_is("-abcabcabc"));
}

static void
test_sleep(void)
{
	mir_ns start = mir_now(), took;

	CHECK(mir_sleep(MIR_MS(30)) == MIR_OK);
	took = mir_now() - start;
	CHECK(took >= MIR_MS(30));
	CHECK(took < MIR_MS(30) + LATE);
	start = mir_now();
	CHECK(mir_sleep(MIR_US(200)) == MIR_OK);
	took = mir_now() - start;
	CHECK(took >= MIR_US(200));
	CHECK(took < MIR_US(200) + LATE);
}

/* While all sleep the loop must not turn: a few turns are the wake-ups of devices. */
static void
test_idle(void)
{
	uint64_t turns = sched_counter("loop_turns");

	CHECK(turns > 0);
	mir_sleep(MIR_MS(300));
	CHECK(sched_counter("loop_turns") - turns < 20);
}

static int cancelled_with;

static void
sleeper(void *arg)
{
	cancelled_with = mir_sleep(*(mir_ns *)arg);
	if (cancelled_with == MIR_ECANCELED)
		CHECK(mir_sleep(1) == MIR_ECANCELED);
	note('s');
}

static void
test_join(void)
{
	mir_ns shortly = MIR_MS(20);
	struct mir_task *t = mir_spawn("sleeper", sleeper, &shortly);

	mir_task_hold(t);
	CHECK(mir_join(t, mir_now() + MIR_MS(1)) == MIR_ETIMEDOUT);
	CHECK(strcmp(mir_task_name(t), "sleeper") == 0);
	CHECK(mir_join(t, MIR_NEVER) == MIR_OK);
	CHECK(cancelled_with == MIR_OK);
	CHECK(traced_is("s"));
}

static void
test_cancel(void)
{
	mir_ns ever = MIR_SEC(1000), start = mir_now();
	struct mir_task *t = mir_spawn("sleeper", sleeper, &ever);

	mir_task_hold(t);
	mir_yield();
	mir_cancel(t);
	CHECK(mir_join(t, mir_now() + MIR_SEC(5)) == MIR_OK);
	CHECK(cancelled_with == MIR_ECANCELED);
	CHECK(mir_now() - start < MIR_SEC(5));
	t = mir_spawn("cancelled before it ran", sleeper, &ever);
	mir_task_hold(t);
	mir_cancel(t);
	CHECK(mir_join(t, mir_now() + MIR_SEC(5)) == MIR_OK);
	CHECK(cancelled_with == MIR_ECANCELED);
	CHECK(traced_is("ss"));
}

struct named_timer { struct mir_timer timer; char name; };

static void
fired(struct mir_timer *t)
{
	CHECK(mir_now() >= t->when);
	CHECK(!mir_timer_is_set(t));
	CHECK(mir_task_self() == NULL);
	note(((struct named_timer *)t)->name);
}

static void
test_timers(void)
{
	struct named_timer t[6];
	mir_ns now = mir_now();

	for (unsigned i = 0; i < 6; i++)
		t[i] = (struct named_timer){ MIR_TIMER_INIT(fired), (char)('0' + i) };
	mir_timer_set(&t[3].timer, now + MIR_MS(30));
	mir_timer_set(&t[1].timer, now + MIR_MS(10));
	mir_timer_set(&t[4].timer, now + MIR_MS(5));
	mir_timer_set(&t[2].timer, now + MIR_MS(20));
	mir_timer_set(&t[0].timer, 0);
	mir_timer_set(&t[5].timer, now + MIR_MS(15));
	mir_timer_set(&t[4].timer, now + MIR_MS(40));	/* Moved. */
	mir_timer_cancel(&t[5].timer);
	CHECK(mir_timer_is_set(&t[4].timer) && !mir_timer_is_set(&t[5].timer));
	mir_sleep(MIR_MS(60));
	CHECK(traced_is("01234"));
}

static void
counts_down(void *arg)
{
	char room[512];

	memset(room, 'x', sizeof room);
	mir_sleep(MIR_MS(1));
	for (size_t i = 0; i < sizeof room; i++)
		if (room[i] != 'x')
			return;
	--*(unsigned *)arg;
}

static void
test_many(void)
{
	uint64_t alive = sched_counter("tasks_alive");
	unsigned left = 0;

	for (unsigned round = 0; round < 3; round++) {
		for (unsigned i = 0; i < MANY && mir_spawn("many", counts_down, &left); i++)
			left++;
		CHECK(left > 0);
		for (unsigned i = 0; left && i < 100; i++)
			mir_sleep(MIR_MS(5));
		CHECK(left == 0);
	}
	CHECK(sched_counter("tasks_alive") == alive);
}

/* The wall clock stands still against the monotonic one, and is not before this was written. */
static void
test_clocks(void)
{
	mir_ns wall = mir_clock_wall(mir_clock), start = mir_now(), last = start, now;

	for (unsigned i = 0; i < 100000; i++) {
		now = mir_now();
		if (now < last)
			CHECK(!"time went back");
		last = now;
	}
	CHECK(last > start);
	CHECK(wall > MIR_SEC(1700000000));
	CHECK(mir_clock_wall(mir_clock) - wall < mir_now() - start + LATE);
}

int
boot_start(void)
{
	CHECK(mir_task_self() != NULL);
	test_order();
	test_sleep();
	test_idle();
	test_join();
	test_cancel();
	test_timers();
	test_many();
	test_clocks();
	sched_wait_tests();
	return verdict();
}
