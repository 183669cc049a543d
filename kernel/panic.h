/* SPDX-License-Identifier: ISC */
/* kernel/panic.h - the two halves of a crash report, for traps to put their own words between. */
#ifndef KERNEL_PANIC_H
#define KERNEL_PANIC_H

#include <stdint.h>

/* Consoles into crash mode; leaves at once when a crash is being reported already. */
void panic_begin(void);

/* Running task, backtrace from 'pc' in the frame 'fp', flush, and the platform's crash exit. */
_Noreturn void panic_end(uintptr_t pc, uintptr_t fp);

#endif
