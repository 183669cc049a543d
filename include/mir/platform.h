/* SPDX-License-Identifier: ISC */
/* mir/platform.h - what the kernel asks of the machine it runs on: Xen, a PC, a process.
 *
 * Chosen once at boot, before anything else runs; one image carries several. */
#ifndef MIR_PLATFORM_H
#define MIR_PLATFORM_H

#include <stdbool.h>
#include "mir/clock.h"
#include "mir/entropy.h"

enum mir_exit { MIR_EXIT_POWEROFF, MIR_EXIT_REBOOT, MIR_EXIT_HALT, MIR_EXIT_CRASH };

struct mir_platform {
	const char *name;		/* "Xen PV", "Xen PVH", "PC" */

	/* Runs the handlers of what is pending; true if there was anything. */
	bool (*poll)(void);

	/* Sleeps until something is pending or 'deadline' (MIR_NEVER: no limit) of the
	 * platform's own clock: see mir_platform_now.  May return early.  What became
	 * pending since the last poll must not be slept through. */
	void (*wait)(mir_ns deadline);

	void (*exit)(enum mir_exit how) __attribute__((noreturn));

	struct mir_entropy *entropy;	/* mir/entropy.h: what the machine has of its own. */
};

extern const struct mir_platform *mir_platform;

/* Monotonic time by the platform's own clock, whichever one mir_clock is: for what deals with the
 * machine, as its time-outs do. */
mir_ns mir_platform_now(void);

/* Asks for an orderly end: the loop leaves at the end of its turn, when the handlers and tasks
 * that are ready have run and what they sent is flushed. */
void mir_exit_request(enum mir_exit how);

#endif
