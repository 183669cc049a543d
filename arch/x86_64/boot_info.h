/* SPDX-License-Identifier: ISC */
/* arch/x86_64/boot_info.h - what Xen or a loader tells about the machine, judged.  Pure.
 *
 * The structures are Xen's: xen/xen.h, xen/arch-x86/hvm/start_info.h. */
#ifndef ARCH_BOOT_INFO_H
#define ARCH_BOOT_INFO_H

#include <stddef.h>
#include <stdint.h>

struct hvm_memmap_table_entry;
struct hvm_start_info;
struct start_info;

#define BOOT_REACH	(1ull << 30)	/* PVH: what the static tables map at the start. */
#define BOOT_RAM_TOP	(1ull << 47)	/* Addresses above have no identity mapping. */

struct boot_ram {			/* [start, end). */
	uint64_t start, end;
};

/* Why the image can't start from it; NULL: it can, and map and command line are in reach. */
const char *boot_info_pvh_fault(const struct hvm_start_info *si);
const char *boot_info_pv_fault(const struct start_info *si);

/* The RAM of the map in whole pages, in 'out', which has room for 'count'; the number of stretches.
 * MIR_EPROTO: two of them overlap. */
int boot_info_ram(const struct hvm_memmap_table_entry *map, unsigned count, struct boot_ram *out);

/* What of 'r' lies in [from, to); not empty only if start < end. */
struct boot_ram boot_ram_within(struct boot_ram r, uint64_t from, uint64_t to);

/* What the allocator may have of 'r': neither page 0 nor the image, which need not end with a page.
 * The number of stretches in 'out'. */
unsigned boot_ram_free(struct boot_ram r, struct boot_ram image, struct boot_ram out[2]);

#endif
