/* SPDX-License-Identifier: ISC */
/* PV page tables: Xen's start tables, protected, and extended to all of the domain's memory.
 *
 * A PV guest writes machine addresses and asks Xen for each change; pages that hold tables are
 * read-only to it.  Virtual = pseudo-physical address: the p2m list gives the machine frame of
 * a page, Xen's m2p table the way back. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include "arch/x86_64/arch_boot.h"
#include "arch/x86_64/image.h"
#include "arch/x86_64/mmu.h"
#include "arch/x86_64/pv_call.h"
#include "mir/err.h"
#include "mir/page.h"
#include "mir/panic.h"

#define QUEUE		128		/* Updates in one hypercall. */
#define BATCH_2M	32		/* Tables made before their memory is given out. */
#define TABLE_FLAGS	(PTE_P | PTE_RW | PTE_US | PTE_A)

static const uint64_t *const m2p = (const uint64_t *)MACH2PHYS_VIRT_START;
static const uint64_t *p2m;
static uint64_t *l4;
static struct mmu_update queue[QUEUE];
static unsigned queued;

uint64_t
arch_va_to_mfn(const void *va)
{
	return p2m[(uint64_t)va >> MIR_PAGE_SHIFT];
}

void *
arch_mfn_to_va(uint64_t mfn)
{
	return (void *)(m2p[mfn] << MIR_PAGE_SHIFT);
}

static void
flush_queue(void)
{
	long err = queued ? pv_mmu_update(queue, queued) : 0;

	if (err)
		mir_panic("Xen refused a page table update: error %ld", err);
	queued = 0;
}

static void
enqueue(uint64_t ptr, uint64_t entry)
{
	if (queued == QUEUE)
		flush_queue();
	queue[queued++] = (struct mmu_update){ ptr | MMU_NORMAL_PT_UPDATE, entry };
}

/* The entry of 'va' at 'level'; NULL when a table above it is missing. */
static uint64_t *
entry_at(uint64_t va, unsigned level)
{
	uint64_t *table = l4, e;

	for (unsigned l = 4; l > level; l--) {
		e = table[pte_index(va, l)];
		if (!(e & PTE_P))
			return NULL;
		table = arch_mfn_to_va((e & PTE_ADDR) >> MIR_PAGE_SHIFT);
	}
	return &table[pte_index(va, level)];
}

/* An entry's machine address. */
static uint64_t
machine_address(const uint64_t *entry)
{
	return arch_va_to_mfn(entry) << MIR_PAGE_SHIFT | ((uint64_t)entry & 4095);
}

static void
set_queued(uint64_t va, uint64_t entry)
{
	uint64_t *e = entry_at(va, 1);

	MIR_ASSERT(e);
	enqueue(machine_address(e), entry);
}

/* Makes a filled page a table and hooks it into 'parent'. */
static void
hook_table(uint64_t *parent, uint64_t *table)
{
	uint64_t frame = arch_va_to_mfn(table) << MIR_PAGE_SHIFT;

	set_queued((uint64_t)table, frame | MMU_RO);
	enqueue(machine_address(parent), frame | TABLE_FLAGS);
}

static uint64_t *
table_page(void)
{
	uint64_t *table = mir_page_alloc(1);

	if (!table)
		mir_panic("no memory for page tables");
	return memset(table, 0, MIR_PAGE_SIZE);
}

/* Maps the 2 MiB at 'va' up to 'end', with the tables above it. */
static void
map_2m(uint64_t va, uint64_t end)
{
	uint64_t *table;

	for (unsigned level = 3; level >= 2; level--) {
		if (entry_at(va, level))
			continue;
		hook_table(entry_at(va, level + 1), table_page());
		flush_queue();
	}
	table = table_page();
	for (uint64_t p = va; p < va + SIZE_2M && p < end; p += MIR_PAGE_SIZE)
		table[pte_index(p, 1)] =
		    arch_va_to_mfn((void *)p) << MIR_PAGE_SHIFT | MMU_RW;
	hook_table(entry_at(va, 2), table);
}

static void
map_rest(uint64_t start, uint64_t end)
{
	uint64_t va = start, given = start;

	while (va < end) {
		map_2m(va, end);
		va += SIZE_2M;
		if ((va - given) / SIZE_2M < BATCH_2M && va < end)
			continue;
		flush_queue();
		mir_page_add(given, va < end ? va : end);
		given = va;
	}
}

/* Protects what the start tables map: the image by its segments, the rest not executable. */
static void
protect(uint64_t end)
{
	uint64_t *e, flags;

	for (uint64_t va = 0; va < end; va += MIR_PAGE_SIZE) {
		e = entry_at(va, 1);
		flags = mmu_image_flags(va);
		if (va >= (uint64_t)_image_end || (va >= MIR_PAGE_SIZE &&
						   va < (uint64_t)_image_start))
			enqueue(machine_address(e), *e | PTE_NX);
		else
			enqueue(machine_address(e), flags ? (*e & PTE_ADDR) | flags : 0);
	}
	flush_queue();
}

static uint64_t
mapped_end(uint64_t va, uint64_t end)
{
	while (va < end && entry_at(va, 1) && (*entry_at(va, 1) & PTE_P))
		va += MIR_PAGE_SIZE;
	return va;
}

void
mmu_pv_start(struct start_info *si)
{
	uint64_t end = si->nr_pages << MIR_PAGE_SHIFT, mapped;
	uint64_t used = si->pt_base + si->nr_pt_frames * MIR_PAGE_SIZE;

	mmu = &mmu_pv;
	p2m = (const uint64_t *)si->mfn_list;
	l4 = (uint64_t *)si->pt_base;
	mapped = mapped_end(used, end);
	protect(mapped);
	mir_page_add(MIR_PAGE_SIZE, (uint64_t)_image_start);
	mir_page_add((uint64_t)_spare_start, (uint64_t)_spare_end);
	mir_page_add(used, mapped);
	map_rest((mapped + SIZE_2M - 1) & ~(SIZE_2M - 1), end);
}

static int
set_page(uint64_t va, uint64_t flags)
{
	uint64_t frame = arch_va_to_mfn((void *)va) << MIR_PAGE_SHIFT;

	return pv_update_va_mapping(va, flags ? frame | flags : 0) ? MIR_ENOMEM : MIR_OK;
}

const struct mmu_ops mmu_pv = { set_page };

int
arch_map_mfns(void *va, const uint64_t *mfns, unsigned count)
{
	uint64_t at = (uint64_t)va;

	for (unsigned i = 0; i < count; i++)
		if (pv_update_va_mapping(at + i * MIR_PAGE_SIZE,
					 mfns[i] << MIR_PAGE_SHIFT | MMU_RW))
			return MIR_EIO;
	return MIR_OK;
}
