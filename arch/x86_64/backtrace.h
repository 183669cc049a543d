/* SPDX-License-Identifier: ISC */
/* arch/x86_64/backtrace.h - what a backtrace has to know of the program that it walks through. */
#ifndef ARCH_BACKTRACE_H
#define ARCH_BACKTRACE_H

#include <stdbool.h>
#include <stdint.h>

extern uintptr_t arch_stack_low, arch_stack_high;	/* The running stack; 0: not known. */
bool arch_is_text(uintptr_t pc);	/* The platform's: an address of program text. */

#endif
