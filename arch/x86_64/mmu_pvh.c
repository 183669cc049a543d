/* SPDX-License-Identifier: ISC */
/* PVH page tables: identity, 2 MiB pages, split into 4 KiB pages only where protections differ.
 *
 * The entry code's static tables map the first GiB.  Larger memory gets its tables from the
 * page allocator, which holds the first GiB by then. */
#include <string.h>
#include "arch/x86_64/arch_boot.h"
#include "arch/x86_64/cpu.h"
#include "arch/x86_64/image.h"
#include "arch/x86_64/mmu.h"
#include "mir/err.h"
#include "mir/page.h"
#include "mir/panic.h"

extern uint64_t arch_pml4[512];

static void
flush(uint64_t va)
{
	__asm__ volatile("invlpg (%0)" : : "r"(va) : "memory");
}

static uint64_t *
table_of(uint64_t entry)
{
	return (uint64_t *)(entry & PTE_ADDR);
}

/* A table that continues what 'entry' (a large page, or nothing) said, one level down. */
static uint64_t *
split(uint64_t *entry, unsigned level)
{
	uint64_t *table = mir_page_alloc(1), old = *entry, step = 1ull << (12 + 9 * (level - 2));

	if (!table)
		return NULL;
	for (unsigned i = 0; i < 512; i++) {
		table[i] = old & PTE_P ? old + i * step : 0;
		if (level == 2)
			table[i] &= ~PTE_PS;
	}
	*entry = (uint64_t)table | PTE_P | PTE_RW;
	return table;
}

/* The entry of 'va' at 'level', with the tables above it made as need be. */
static uint64_t *
entry_at(uint64_t va, unsigned level)
{
	uint64_t *table = arch_pml4, *e;

	for (unsigned l = 4; l > level; l--) {
		e = &table[pte_index(va, l)];
		if ((*e & PTE_P) && !(l < 4 && (*e & PTE_PS)))
			table = table_of(*e);
		else
			table = split(e, l);
		if (!table)
			return NULL;
	}
	return &table[pte_index(va, level)];
}

static int
set_page(uint64_t va, uint64_t flags)
{
	uint64_t *e = entry_at(va, 1);

	if (!e)
		return MIR_ENOMEM;
	*e = flags ? va | flags : 0;
	flush(va);
	return MIR_OK;
}

const struct mmu_ops mmu_pvh = { set_page };

static void
set_or_stop(uint64_t va, unsigned level, uint64_t entry)
{
	uint64_t *e = entry_at(va, level);

	if (!e)
		mir_panic("no memory for page tables");
	*e = entry;
}

/* The 2 MiB at 'va' with one protection when all of it has the same, page by page otherwise. */
static void
protect_2m(uint64_t va)
{
	uint64_t flags = mmu_image_flags(va), p;

	for (p = va; p < va + SIZE_2M && mmu_image_flags(p) == flags; p += MIR_PAGE_SIZE)
		continue;
	if (p == va + SIZE_2M) {
		set_or_stop(va, 2, va | flags | PTE_PS);
		return;
	}
	for (p = va; p < va + SIZE_2M; p += MIR_PAGE_SIZE) {
		flags = mmu_image_flags(p);
		set_or_stop(p, 1, flags ? p | flags : 0);
	}
}

void
mmu_pvh_protect(void)
{
	for (uint64_t va = 0; va < SIZE_1G; va += SIZE_2M)
		if (va < (uint64_t)_image_end)
			protect_2m(va);
		else
			set_or_stop(va, 2, va | MMU_RW | PTE_PS);
	__asm__ volatile("mov %0, %%cr3" : : "r"(arch_pml4) : "memory");
}

static bool
has_1g_pages(void)
{
	return cpuid(0x80000000, 0).eax >= 0x80000001 && (cpuid(0x80000001, 0).edx >> 26 & 1);
}

void
mmu_pvh_map_ram(uint64_t start, uint64_t end)
{
	bool giant = has_1g_pages();
	uint64_t va = start & ~(SIZE_2M - 1);

	while (va < end) {
		if (giant && va % SIZE_1G == 0 && end - va >= SIZE_1G) {
			set_or_stop(va, 3, va | MMU_RW | PTE_PS);
			va += SIZE_1G;
		} else {
			set_or_stop(va, 2, va | MMU_RW | PTE_PS);
			va += SIZE_2M;
		}
	}
}

void *
arch_map_phys(uint64_t pa, size_t len)
{
	for (uint64_t va = pa & ~(SIZE_2M - 1); va < pa + len; va += SIZE_2M) {
		uint64_t *e = entry_at(va, 2);

		if (!e)
			mir_panic("no memory to map device memory at 0x%llx",
				  (unsigned long long)pa);
		if (!(*e & PTE_P))
			*e = va | MMU_RW | PTE_PS;
	}
	return (void *)pa;
}
