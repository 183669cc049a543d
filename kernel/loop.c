/* SPDX-License-Identifier: ISC */
/* The scheduler's loop, and the image's end.
 *
 * One turn: run the handlers of what is pending, run the tasks that became ready, fire the timers
 * that are due (an acknowledgement thus finds the application's answer to travel with), send
 * what was queued.  With nothing left to do it sleeps in the platform
 * until something is pending or the next timer is due. */
#include "kernel/loop.h"
#include "kernel/machine.h"
#include "kernel/task.h"
#include "mir/log.h"
#include "mir/netif.h"
#include "mir/platform.h"
#include "mir/stats.h"

const struct mir_platform *mir_platform;
struct mir_clock *mir_clock;

static bool exit_asked;
static enum mir_exit exit_how;
static uint64_t turns, sleeps;
MIR_COUNTER(loop_turns, &turns, "turns of the scheduler's loop");
MIR_COUNTER(loop_sleeps, &sleeps, "times the loop slept");

void
mir_exit_request(enum mir_exit how)
{
	exit_asked = true;
	exit_how = how;
}

_Noreturn void
mir_loop(void)
{
	bool busy;

	for (;;) {
		turns++;
		busy = mir_platform->poll();
		busy |= tasks_run();
		mir_timers_run(mir_now());
		mir_netif_flush_all();
		if (exit_asked)
			mir_platform->exit(exit_how);
		if (busy || tasks_ready())
			continue;
		sleeps++;
		machine_wait(mir_timers_next());	/* Sending may have set one. */
	}
}
