/* SPDX-License-Identifier: ISC */
/* How many hypercalls were made: what a packet costs is mostly these. */
#include "mir/stats.h"
#include "xen/hypercall.h"

uint64_t xen_hypercalls;
MIR_COUNTER(xen_hypercalls, &xen_hypercalls, "hypercalls made from C");
