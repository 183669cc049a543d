/* SPDX-License-Identifier: ISC */
/* Boot information, judged: PVH's struct hvm_start_info with its memory map, and PV's struct
 * start_info. */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <xen/xen.h>
#include <xen/arch-x86/hvm/start_info.h>
#include "arch/x86_64/boot_info.h"
#include "mir/err.h"
#include "mir/page.h"

static bool
in_reach(uint64_t at, uint64_t len)
{
	return at < BOOT_REACH && len <= BOOT_REACH - at;
}

const char *
boot_info_pvh_fault(const struct hvm_start_info *si)
{
	if (si->magic != XEN_HVM_START_MAGIC_VALUE)
		return "the start info has another magic number";
	if (si->version < 1 || !si->memmap_paddr)
		return "the loader gave no memory map";
	if (!in_reach(si->memmap_paddr,
		      si->memmap_entries * (uint64_t)sizeof(struct hvm_memmap_table_entry)))
		return "the loader put the memory map out of reach";
	if (si->cmdline_paddr && !in_reach(si->cmdline_paddr, 1))
		return "the loader put the command line out of reach";
	return NULL;
}

/* The page tables are part of the domain's memory, which starts at address 0. */
const char *
boot_info_pv_fault(const struct start_info *si)
{
	uint64_t tables = si->pt_base >> MIR_PAGE_SHIFT;

	if (memcmp(si->magic, "xen-", 4) != 0)
		return "the start info has another magic text";
	if (si->nr_pages == 0 || si->nr_pages > BOOT_RAM_TOP >> MIR_PAGE_SHIFT)
		return "the domain has no memory, or too much";
	if (si->pt_base % MIR_PAGE_SIZE || tables >= si->nr_pages ||
	    si->nr_pt_frames > si->nr_pages - tables)
		return "the page tables are not in the domain's memory";
	return si->mfn_list ? NULL : "the start info has no list of frames";
}

static struct boot_ram
whole_pages(const struct hvm_memmap_table_entry *e)
{
	struct boot_ram r = { BOOT_RAM_TOP, BOOT_RAM_TOP };

	if (e->type != XEN_HVM_MEMMAP_TYPE_RAM || e->addr >= BOOT_RAM_TOP)
		return r;
	r.start = (e->addr + MIR_PAGE_SIZE - 1) & ~(uint64_t)(MIR_PAGE_SIZE - 1);
	if (e->size < BOOT_RAM_TOP - e->addr)
		r.end = (e->addr + e->size) & ~(uint64_t)(MIR_PAGE_SIZE - 1);
	return r;
}

int
boot_info_ram(const struct hvm_memmap_table_entry *map, unsigned count, struct boot_ram *out)
{
	int n = 0;

	for (unsigned i = 0; i < count; i++) {
		struct boot_ram r = whole_pages(&map[i]);

		if (r.start >= r.end)
			continue;
		for (int k = 0; k < n; k++)
			if (r.start < out[k].end && out[k].start < r.end)
				return MIR_EPROTO;
		out[n++] = r;
	}
	return n;
}

struct boot_ram
boot_ram_within(struct boot_ram r, uint64_t from, uint64_t to)
{
	return (struct boot_ram){ r.start > from ? r.start : from, r.end < to ? r.end : to };
}

unsigned
boot_ram_free(struct boot_ram r, struct boot_ram image, struct boot_ram out[2])
{
	struct boot_ram below = boot_ram_within(r, MIR_PAGE_SIZE, image.start);
	struct boot_ram above = boot_ram_within(r, image.end, UINT64_MAX);
	unsigned n = 0;

	if (below.start < below.end)
		out[n++] = below;
	if (above.start < above.end)
		out[n++] = above;
	return n;
}
