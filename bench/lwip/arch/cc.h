/* SPDX-License-Identifier: ISC */
/* lwIP's view of the compiler and the host. */
#ifndef BENCH_LWIP_ARCH_CC_H
#define BENCH_LWIP_ARCH_CC_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>

#define LWIP_PLATFORM_DIAG(x)	do { printf x; } while (0)
#define LWIP_PLATFORM_ASSERT(x)	abort()
#define LWIP_RAND()		((uint32_t)rand())

#endif
