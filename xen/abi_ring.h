/* SPDX-License-Identifier: ISC */
/* xen/abi_ring.h - what Xen's ring macros (xen/io/ring.h) want to be told: the barriers. */
#ifndef XEN_ABI_RING_H
#define XEN_ABI_RING_H

#include "xen/abi.h"

#define xen_mb()	__atomic_thread_fence(__ATOMIC_SEQ_CST)
#define xen_rmb()	__atomic_thread_fence(__ATOMIC_ACQUIRE)
#define xen_wmb()	__atomic_thread_fence(__ATOMIC_RELEASE)

#include <xen/io/ring.h>

#endif
