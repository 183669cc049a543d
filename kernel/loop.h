/* SPDX-License-Identifier: ISC */
/* kernel/loop.h - the scheduler's loop, entered once by mir_boot. */
#ifndef KERNEL_LOOP_H
#define KERNEL_LOOP_H

_Noreturn void mir_loop(void);

#endif
