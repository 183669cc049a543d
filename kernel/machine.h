/* SPDX-License-Identifier: ISC */
/* kernel/machine.h - what the kernel itself stands on: the parts that the platform gives, and where
 * the image's choice of them is put in force. */
#ifndef KERNEL_MACHINE_H
#define KERNEL_MACHINE_H

#include "mir/clock.h"
#include "mir/console.h"
#include "mir/entropy.h"
#include "mir/random.h"

/* The platform's own; none blocks. */
int platform_clock_open(struct mir_clock **out);
int platform_entropy_open(struct mir_entropy **out);

/* From now on mir_now() and mir_random_bytes() use these.  MIR_OK. */
int machine_start(struct mir_clock *clock, struct mir_random *random);

/* The platform's wait until a time of mir_now(), which may be another clock than the platform's:
 * it is asked for the same distance from its own now. */
void machine_wait(mir_ns deadline);

#endif
