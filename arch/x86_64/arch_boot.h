/* SPDX-License-Identifier: ISC */
/* arch/x86_64/arch_boot.h - what the entry code and the platforms ask of each other.
 *
 * Boot order.  PVH: entry_pvh.S -> arch_pvh_start (page tables, traps, memory map) ->
 * xen_pvh_start or pc_start.  PV: entry_pv.S -> arch_pv_start (tables extended from the p2m
 * list, traps) -> xen_pv_start.  The platform sets clock, consoles, entropy, mir_platform, and
 * ends in mir_boot. */
#ifndef ARCH_BOOT_H
#define ARCH_BOOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct start_info;

extern bool arch_is_pv;

/* Implemented by the platforms.  At the call: all RAM mapped and in the page allocator, traps
 * installed, interrupts off.  An image without one of them crashes there at once (no_xen.c, no_pc.c). */
_Noreturn void xen_pvh_start(uint32_t cpuid_base, const char *command_line);
_Noreturn void xen_pv_start(struct start_info *si);
_Noreturn void pc_start(const char *command_line);

/* Maps device memory or special pages of the hypervisor read-write at VA = PA (PVH only); the
 * address.  Stops the image when memory for the tables is short. */
void *arch_map_phys(uint64_t pa, size_t len);

/* Maps 'count' machine frames read-write at pages the caller gives up (PV only): 'va' is
 * page-aligned memory from mir_page_alloc or the image's bss. */
int arch_map_mfns(void *va, const uint64_t *mfns, unsigned count);

/* PV: the machine frame behind pseudo-physical address 'va', and back. */
uint64_t arch_va_to_mfn(const void *va);
void *arch_mfn_to_va(uint64_t mfn);

/* PV: Xen's copy of the faulting address, in the shared info page; set by xen_pv_start. */
extern const volatile uint64_t *arch_pv_cr2;

/* Before all else: unpacks the image. */
void arch_unpack(void);

/* Installed by the platform that draws entropy; the canary is set before any protected frame. */
void arch_canary_init(void);

#endif
