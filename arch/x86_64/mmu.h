/* SPDX-License-Identifier: ISC */
/* arch/x86_64/mmu.h - page table entries (AMD64 manual volume 2, 5.3; Intel SDM volume 3, 4.5). */
#ifndef ARCH_MMU_H
#define ARCH_MMU_H

#include <stdint.h>

#define PTE_P		0x1ull
#define PTE_RW		0x2ull
#define PTE_US		0x4ull
#define PTE_A		0x20ull
#define PTE_D		0x40ull
#define PTE_PS		0x80ull		/* A 2 MiB or 1 GiB page. */
#define PTE_NX		(1ull << 63)
#define PTE_ADDR	0x000ffffffffff000ull

#define MMU_RX		(PTE_P | PTE_A)
#define MMU_RO		(PTE_P | PTE_A | PTE_NX)
#define MMU_RW		(PTE_P | PTE_A | PTE_D | PTE_RW | PTE_NX)

#define SIZE_2M		(1ull << 21)
#define SIZE_1G		(1ull << 30)

static inline unsigned
pte_index(uint64_t va, unsigned level)	/* Level 1 is the lowest. */
{
	return va >> (12 + 9 * (level - 1)) & 511;
}

/* The protection that the image's own page at 'va' has; 0 for one that stays unmapped. */
uint64_t mmu_image_flags(uint64_t va);

/* PVH: protects the image, unmaps page 0 and the boot stack's guard page. */
void mmu_pvh_protect(void);

/* PVH: maps RAM [start, end) beyond the first GiB, with the largest pages that fit. */
void mmu_pvh_map_ram(uint64_t start, uint64_t end);

/* PV: the same protections, and all of the domain's memory mapped, from Xen's start tables. */
struct start_info;
void mmu_pv_start(struct start_info *si);

/* The two ways of writing tables.  'set' gives the page of memory at 'va' (its own, as the mapping
 * is the identity) these flags, 0: not mapped.  MIR_ENOMEM. */
struct mmu_ops {
	int (*set)(uint64_t va, uint64_t flags);
};

extern const struct mmu_ops mmu_pvh, mmu_pv;
extern const struct mmu_ops *mmu;	/* The one in force; mmu_pvh until PV's start. */

#endif
