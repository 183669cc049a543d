/* SPDX-License-Identifier: ISC */
/* mir/boot.h - from the platform's entry code into the kernel, and on into the application. */
#ifndef MIR_BOOT_H
#define MIR_BOOT_H

/* Called once by the platform with memory, clock, console, entropy and mir_platform ready.
 * Parses the command line, starts the modules, spawns the task that runs mir_main, and
 * enters the scheduler's loop. */
_Noreturn void mir_boot(const char *command_line);

/* The image's wiring: opens each implementation and calls the application's start function.
 * Runs as a task.  Its return value ends the image: 0 power off, else a crash. */
int mir_main(void);

#endif
