/* SPDX-License-Identifier: ISC */
/* xen/guest.h - what the platform learnt at boot, and what the parts of xen/ share.
 *
 * From the entry code (arch/x86_64/arch_boot.h) it expects, at xen_pv_start and xen_pvh_start:
 * all RAM mapped at VA = (pseudo-)PA and in the page allocator, but for the pages that the
 * domain builder filled (start info, console and xenstore rings, p2m list, page tables); PV:
 * event-channel upcalls masked; PVH: nothing is mapped at mir_hypercall_page yet, xen_pvh_start
 * has Xen fill it. */
#ifndef XEN_GUEST_H
#define XEN_GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "mir/clock.h"
#include "mir/platform.h"
#include "xen/abi.h"

struct xencons_interface;
struct xenstore_domain_interface;

struct xen_boot {
	bool pv;
	struct shared_info *shared;
	struct xencons_interface *console;		/* NULL: the domain has none. */
	struct xenstore_domain_interface *xenstore;	/* The same. */
	evtchn_port_t console_port, xenstore_port;
};

extern struct xen_boot xen_boot;

extern const struct mir_platform xen_platform_pv, xen_platform_pvh;

/* The frame number by which a grant names the page at 'va'. */
uint64_t xen_va_to_gfn(const void *va);

/* PVH: has Xen put its own page ('space', 'index' of xen/memory.h) in the place of the page at
 * 'va', whose memory goes back to Xen.  Xen's error number. */
long xen_map_xen_page(unsigned space, uint64_t index, void *va);

/* clock.c: sets mir_clock, which starts at 0 now. */
void xen_clock_start(void);

/* Told by the loop's poll, and after each sleep: a time that was kept is out of date. */
void xen_clock_turn(void);
void xen_clock_slept(void);

/* Xen's system time at mir_now() = 'when', for hypercalls that take a time limit. */
uint64_t xen_system_time(mir_ns when);

#endif
