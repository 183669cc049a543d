/* SPDX-License-Identifier: ISC */
/* mir/boot.h - from the platform's entry code into the kernel, and on into the application. */
#ifndef MIR_BOOT_H
#define MIR_BOOT_H

/* Called once by the platform with memory, clock, console, entropy and mir_platform ready.
 * Parses the command line, starts the modules, spawns the task that runs mir_main, and
 * enters the scheduler's loop. */
_Noreturn void mir_boot(const char *command_line);

/* The image's wiring, which scripts/compose writes from the configuration.  mir_machine opens what
 * the kernel itself stands on, before the scheduler runs; an error stops the boot.  mir_main opens
 * the application's parts and calls its start function; it runs as a task, and its return value
 * ends the image: 0 power off, else a crash. */
int mir_machine(void);
int mir_main(void);

/* Gives 'err' back; when it is one, says in the log which part could not be opened. */
int mir_opened(const char *part, int err);

#endif
