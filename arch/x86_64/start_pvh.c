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
#include "arch/x86_64/boot_info.h"
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

static struct boot_ram ram[ENTRIES_MAX];
static int ram_count;
static char command_line[CMDLINE_MAX];

static void
copy_start_info(const struct hvm_start_info *si)
{
	static struct hvm_memmap_table_entry map[ENTRIES_MAX];
	const char *fault = boot_info_pvh_fault(si);
	uint64_t left = BOOT_REACH - si->cmdline_paddr;
	unsigned count;

	if (fault)
		mir_panic("%s", fault);
	if (si->cmdline_paddr)
		strncpy(command_line, (const char *)si->cmdline_paddr,
			left < CMDLINE_MAX - 1 ? left : CMDLINE_MAX - 1);
	count = si->memmap_entries < ENTRIES_MAX ? si->memmap_entries : ENTRIES_MAX;
	memcpy(map, (const void *)si->memmap_paddr, count * sizeof *map);
	ram_count = boot_info_ram(map, count, ram);
	if (ram_count < 0)
		mir_panic("the loader's memory map overlaps itself");
}

static void
add_ram(struct boot_ram r)
{
	struct boot_ram image = { (uint64_t)_image_start, (uint64_t)_image_end }, part[2];
	unsigned n = boot_ram_free(r, image, part);

	for (unsigned i = 0; i < n; i++)
		mir_page_add(part[i].start, part[i].end);
}

static void
map_ram(struct boot_ram r)
{
	mmu_pvh_map_ram(r.start, r.end);
}

static void
each_ram(uint64_t from, uint64_t to, void (*fn)(struct boot_ram))
{
	for (int i = 0; i < ram_count; i++) {
		struct boot_ram r = boot_ram_within(ram[i], from, to);

		if (r.start < r.end)
			fn(r);
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
	mir_page_add((uint64_t)_spare_start, (uint64_t)_spare_end);
	each_ram(SIZE_1G, BOOT_RAM_TOP, map_ram);
	each_ram(SIZE_1G, BOOT_RAM_TOP, add_ram);
	base = xen_cpuid_base();
	if (base)
		xen_pvh_start(base, command_line);
	pc_start(command_line);
}
