/* SPDX-License-Identifier: ISC */
/* PVH start: protections, traps, and memory from the boot information's map.
 *
 * struct hvm_start_info is xen/include/public/arch-x86/hvm/start_info.h's.  The loader put it,
 * the command line and the memory map somewhere in RAM; they are used before that RAM is given
 * to the allocator, or kept out of it. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <xen/arch-x86/hvm/start_info.h>
#include "arch/x86_64/arch_boot.h"
#include "arch/x86_64/cpu.h"
#include "arch/x86_64/image.h"
#include "arch/x86_64/mmu.h"
#include "arch/x86_64/traps.h"
#include "mir/arch.h"
#include "mir/page.h"
#include "mir/panic.h"

#define ENTRIES_MAX	64
#define CMDLINE_MAX	2048

_Noreturn void arch_pvh_start(uint32_t info_pa);

static struct hvm_memmap_table_entry map[ENTRIES_MAX];
static unsigned map_count;
static char command_line[CMDLINE_MAX];

/* Both are in the first GiB: the loaders put them below 4 GiB next to the image, and the static
 * tables reach no further. */
static void
copy_start_info(const struct hvm_start_info *si)
{
	if (si->magic != XEN_HVM_START_MAGIC_VALUE)
		mir_panic("start info has the magic number 0x%x, want 0x%x", si->magic,
			  XEN_HVM_START_MAGIC_VALUE);
	if (si->version < 1 || !si->memmap_paddr)
		mir_panic("the loader gave no memory map");
	if (si->cmdline_paddr)
		strncpy(command_line, (const char *)si->cmdline_paddr, CMDLINE_MAX - 1);
	map_count = si->memmap_entries < ENTRIES_MAX ? si->memmap_entries : ENTRIES_MAX;
	memcpy(map, (const void *)si->memmap_paddr, map_count * sizeof *map);
}

/* Gives [start, end) without the image and page 0 to the allocator. */
static void
add_ram(uint64_t start, uint64_t end)
{
	uint64_t image = (uint64_t)_image_start, image_end = (uint64_t)_image_end;

	if (start < MIR_PAGE_SIZE)
		start = MIR_PAGE_SIZE;
	if (start < image_end && end > image) {
		if (start < image)
			mir_page_add(start, image);
		start = image_end;
	}
	if (start < end)
		mir_page_add(start, end);
}

static void
each_ram(uint64_t from, uint64_t to, void (*fn)(uint64_t, uint64_t))
{
	uint64_t start, end;

	for (unsigned i = 0; i < map_count; i++) {
		if (map[i].type != XEN_HVM_MEMMAP_TYPE_RAM || map[i].addr >= to)
			continue;
		start = map[i].addr;
		end = map[i].size > to - start ? to : start + map[i].size;
		if (start < from)
			start = from;
		start = (start + MIR_PAGE_SIZE - 1) & ~(uint64_t)(MIR_PAGE_SIZE - 1);
		end &= ~(uint64_t)(MIR_PAGE_SIZE - 1);
		if (start < end)
			fn(start, end);
	}
}

/* Xen's CPUID leaves start at 0x40000000 or, behind another interface, some 0x100 later. */
static uint32_t
xen_cpuid_base(void)
{
	struct cpuid_regs r;

	if (!(cpuid(1, 0).ecx >> 31 & 1))
		return 0;
	for (uint32_t base = 0x40000000; base < 0x40010000; base += 0x100) {
		r = cpuid(base, 0);
		if (r.ebx == 0x566e6558 && r.ecx == 0x65584d4d && r.edx == 0x4d4d566e)
			return base;
	}
	return 0;
}

_Noreturn void
arch_pvh_start(uint32_t info_pa)
{
	uint32_t base;

	arch_stack_bounds(0, 0);
	arch_traps_pvh();
	copy_start_info((const struct hvm_start_info *)(uintptr_t)info_pa);
	each_ram(0, SIZE_1G, add_ram);
	mmu_pvh_protect();
	each_ram(SIZE_1G, UINT64_MAX, mmu_pvh_map_ram);
	each_ram(SIZE_1G, UINT64_MAX, add_ram);
	base = xen_cpuid_base();
	if (base)
		xen_pvh_start(base, command_line);
	pc_start(command_line);
}
