/* SPDX-License-Identifier: ISC */
/* What the measuring programs ask Xen for directly, so that no start of xl is counted. */
#ifndef BENCH_DOMCTL_H
#define BENCH_DOMCTL_H

#include <stdint.h>

/* Each ends the program with a message when Xen refuses. */
void domctl_open(void);
void domctl_unpause(uint16_t domain);
uint64_t domctl_cpu_ns(uint16_t domain);	/* Processor time of all its vCPUs so far. */

/* A page of a domain's memory, by the frame number that the domain knows it by. */
const volatile void *domctl_map(uint16_t domain, uint64_t frame);

#endif
