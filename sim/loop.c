/* SPDX-License-Identifier: ISC */
/* The platform of a simulation: virtual time that jumps to the next timer, and the loop. */
#include "kernel/task.h"
#include "mir/platform.h"
#include "mir/timer.h"
#include "sim/priv.h"

#define START		MIR_SEC(1)
#define WALL_START	MIR_SEC(1700000000)	/* 14 November 2023. */

static mir_ns now = START, start = START;

static mir_ns
monotonic(struct mir_clock *c)
{
	(void)c;
	return now;
}

static mir_ns
wall(struct mir_clock *c)
{
	(void)c;
	return WALL_START + now;
}

static const struct mir_clock_ops clock_ops = { "virtual", monotonic, wall };
static struct mir_clock virtual_clock = { &clock_ops };
struct mir_clock *mir_clock;

static bool
poll_nothing(void)
{
	return false;
}

static void
wait_until(mir_ns deadline)
{
	(void)deadline;
}

__attribute__((noreturn)) static void
leave(enum mir_exit how)
{
	sim_die("a host asked for the end of the machine (%d)", (int)how);
}

static const struct mir_platform platform = {
	.name = "simulation", .poll = poll_nothing, .wait = wait_until, .exit = leave,
};
const struct mir_platform *mir_platform;

void
mir_exit_request(enum mir_exit how)
{
	leave(how);
}

void
sim_loop_init(void)
{
	mir_clock = &virtual_clock;
	mir_platform = &platform;
}

mir_ns
sim_started(void)
{
	return start;
}

/* Runs until 'done' or 'end', in the order of kernel/loop.c: tasks before timers. */
static bool
run_until(bool (*done)(void), mir_ns end)
{
	mir_ns next;

	for (;;) {
		while (tasks_run())
			;
		if (done())
			return true;
		next = mir_timers_run(now);
		if (tasks_ready() || next <= now)
			continue;
		if (next > end) {
			now = end;
			return false;
		}
		now = next;
	}
}

static bool
no_tasks(void)
{
	return sim_tasks_left() == 0;
}

static bool
never(void)
{
	return false;
}

bool
sim_run(mir_ns limit)
{
	mir_ns end = mir_deadline(now, limit);

	if (run_until(no_tasks, end))
		return true;
	CHECK_MSG(false, "not done after %.3f s of virtual time:", (double)limit / 1e9);
	sim_tasks_print();
	sim_tasks_cancel();		/* What they use may be the scenario's, which returns. */
	while (tasks_run())
		;
	return false;
}

void
sim_run_for(mir_ns duration)
{
	run_until(never, mir_deadline(now, duration));
}
