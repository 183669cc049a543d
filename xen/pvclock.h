/* SPDX-License-Identifier: ISC */
/* xen/pvclock.h - the arithmetic and the reading protocol of Xen's clocks; pure. */
#ifndef XEN_PVCLOCK_H
#define XEN_PVCLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include "xen/abi.h"

struct pvclock_sample {			/* A consistent copy of struct vcpu_time_info. */
	uint64_t tsc_timestamp, system_time;
	uint32_t mul;
	int8_t shift;
};

/* One attempt of the version protocol.  False: Xen was writing; try again. */
bool pvclock_sample(const volatile struct vcpu_time_info *t, struct pvclock_sample *s);

/* The system time in ns when the time stamp counter reads 'tsc'. */
uint64_t pvclock_ns(const struct pvclock_sample *s, uint64_t tsc);

/* One attempt to read the wall clock: ns since 1970 at system time 0. */
bool pvclock_wall(const volatile struct shared_info *s, uint64_t *ns);

#endif
