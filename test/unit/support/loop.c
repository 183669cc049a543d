/* SPDX-License-Identifier: ISC */
/* The unit tests' platform: a clock that a test moves, and a loop that returns. */
#include <stdlib.h>
#include "kernel/task.h"
#include "mir/panic.h"
#include "mir/netif.h"
#include "mir/platform.h"
#include "mir/timer.h"
#include "test/unit/harness.h"

mir_ns test_now = MIR_SEC(1);
mir_ns test_wall = 1700000000 * MIR_SEC(1);

static mir_ns
monotonic(struct mir_clock *c)
{
	(void)c;
	return test_now;
}

static mir_ns
wall(struct mir_clock *c)
{
	(void)c;
	return test_wall;
}

static const struct mir_clock_ops clock_ops = { "test", monotonic, wall };
static struct mir_clock test_clock = { &clock_ops };
struct mir_clock *mir_clock = &test_clock;

static bool
poll_nothing(void)
{
	return false;
}

static void
wait_until(mir_ns deadline)
{
	if (deadline != MIR_NEVER && deadline > test_now)
		test_now = deadline;
}

__attribute__((noreturn)) static void
leave(enum mir_exit how)
{
	mir_panic("the platform was told to exit (%d)", (int)how);
}

static const struct mir_platform platform = {
	.name = "unit test", .poll = poll_nothing, .wait = wait_until, .exit = leave,
};
const struct mir_platform *mir_platform = &platform;

/* Weak: tests with a loop of their own see to it. */
__attribute__((weak)) void
mir_exit_request(enum mir_exit how)
{
	leave(how);
}

/* Weak: a test without tasks or devices does not link them in. */
bool tasks_run(void) __attribute__((weak));
void mir_netif_flush_all(void) __attribute__((weak));

static void
settle(void)
{
	bool busy;

	do {
		mir_timers_run(test_now);
		busy = tasks_run && tasks_run();
		if (mir_netif_flush_all)
			mir_netif_flush_all();
	} while (busy);
}

void
test_run_for(mir_ns limit)
{
	mir_ns end = mir_deadline(test_now, limit), next;

	for (;;) {
		settle();
		next = mir_timers_run(test_now);
		if (next > end)
			break;
		if (next > test_now) {
			test_wall += next - test_now;
			test_now = next;
		}
	}
	if (end != MIR_NEVER) {
		test_wall += end - test_now;
		test_now = end;
	}
}

void
test_advance(mir_ns by)
{
	test_run_for(by);
}
