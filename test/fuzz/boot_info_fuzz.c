/* SPDX-License-Identifier: ISC */
/* sources: arch/x86_64/boot_info.c */
/* What a loader or Xen hands to the image at its start: PVH's start info with its memory map, PV's
 * start info.
 *
 * An input is the two structures and the map's entries, as in memory.  Whatever the map says, each
 * page goes to the allocator at most once, is RAM, and is neither page 0 nor the image's. */
#include <stdint.h>
#include <xen/xen.h>
#include <xen/arch-x86/hvm/start_info.h>
#include "arch/x86_64/boot_info.h"
#include "mir/err.h"
#include "mir/page.h"
#include "test/fuzz/fuzz.h"
#include "test/unit/harness.h"

#define ENTRIES 64

static const struct boot_ram image = { 0x100000, 0x2a1230 };

static size_t
take(struct fuzz_bytes *in, void *to, size_t size)
{
	size_t n = in->left < size ? in->left : size;

	memset(to, 0, size);
	memcpy(to, in->at, n);
	in->at += n;
	in->left -= n;
	return n;
}

static void
pvh(const struct hvm_start_info *si)
{
	if (boot_info_pvh_fault(si))
		return;
	CHECK(si->cmdline_paddr < BOOT_REACH && si->memmap_paddr && si->memmap_paddr < BOOT_REACH);
	CHECK(si->memmap_paddr + si->memmap_entries * 24ull <= BOOT_REACH);
}

static void
pv(const struct start_info *si)
{
	if (boot_info_pv_fault(si))
		return;
	CHECK(si->nr_pages && si->nr_pages <= BOOT_RAM_TOP / MIR_PAGE_SIZE);
	CHECK(si->pt_base / MIR_PAGE_SIZE + si->nr_pt_frames <= si->nr_pages);
}

static bool
apart(struct boot_ram a, struct boot_ram b)
{
	return a.end <= b.start || b.end <= a.start;
}

static bool
is_ram(const struct hvm_memmap_table_entry *map, unsigned count, struct boot_ram r)
{
	for (unsigned i = 0; i < count; i++)
		if (map[i].type == XEN_HVM_MEMMAP_TYPE_RAM && map[i].addr <= r.start &&
		    r.end - map[i].addr <= map[i].size)
			return true;
	return false;
}

static void
memory_map(const struct hvm_memmap_table_entry *map, unsigned count)
{
	struct boot_ram ram[ENTRIES], part[2];
	int n = boot_info_ram(map, count, ram);

	CHECK(n == MIR_EPROTO || (n >= 0 && n <= (int)count));
	for (int i = 0; i < n; i++) {
		CHECK(ram[i].start < ram[i].end && ram[i].end <= BOOT_RAM_TOP);
		CHECK((ram[i].start | ram[i].end) % MIR_PAGE_SIZE == 0);
		CHECK(is_ram(map, count, ram[i]));
		for (int k = 0; k < i; k++)
			CHECK(apart(ram[i], ram[k]));
		for (unsigned k = boot_ram_free(ram[i], image, part); k-- > 0;) {
			CHECK(part[k].start >= MIR_PAGE_SIZE && part[k].start < part[k].end);
			CHECK(apart(part[k], image) && part[k].start >= ram[i].start);
			CHECK(part[k].end <= ram[i].end);
		}
	}
}

void
fuzz_one(const uint8_t *data, size_t len)
{
	struct hvm_memmap_table_entry map[ENTRIES];
	struct fuzz_bytes in = { data, len };
	struct hvm_start_info pvh_info;
	struct start_info pv_info;
	unsigned count = 0;

	take(&in, &pvh_info, sizeof pvh_info);
	pvh(&pvh_info);
	take(&in, &pv_info, offsetof(struct start_info, cmd_line));
	pv(&pv_info);
	while (in.left && count < ENTRIES)
		take(&in, &map[count++], sizeof *map);
	memory_map(map, count);
}
