/* SPDX-License-Identifier: ISC */
/* unix/priv.h - the pieces of the process's start. */
#ifndef UNIX_PRIV_H
#define UNIX_PRIV_H

#include <stdbool.h>
#include <stddef.h>
#include "mir/clock.h"
#include "mir/entropy.h"

void unix_loop_open(void);		/* loop.c: epoll, timer, signals. */
void unix_clock_open(void);		/* clock.c: sets mir_clock. */
void unix_console_open(void);		/* console.c: stdin and stdout. */
void unix_faults_catch(void) __attribute__((weak));	/* fault.c, unless a sanitizer does it. */

/* memory.c: gives the page allocator so many bytes; false: the host refuses. */
bool unix_memory_open(size_t bytes);

extern struct mir_entropy unix_entropy;

/* arch.c: what a fault at 'address' on the running stack means; NULL: nothing special. */
const char *unix_stack_words(uintptr_t address);

#endif
