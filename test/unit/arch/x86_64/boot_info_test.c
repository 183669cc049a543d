/* SPDX-License-Identifier: ISC */
/* Boot information: what loaders and Xen write, and what they must not. */
#include <stdint.h>
#include <xen/xen.h>
#include <xen/arch-x86/hvm/start_info.h>
#include "arch/x86_64/boot_info.h"
#include "mir/err.h"
#include "test/unit/harness.h"

static const struct hvm_start_info good = {
	.magic = XEN_HVM_START_MAGIC_VALUE, .version = 1, .cmdline_paddr = 0x7000,
	.memmap_paddr = 0x8000, .memmap_entries = 5 };

TEST(pvh_start_info)
{
	struct hvm_start_info si = good;

	CHECK(!boot_info_pvh_fault(&si));
	si.cmdline_paddr = 0;
	CHECK(!boot_info_pvh_fault(&si));
	si.magic++;
	CHECK(boot_info_pvh_fault(&si));
	si = good;
	si.version = 0;
	CHECK(boot_info_pvh_fault(&si));
	si = good;
	si.memmap_paddr = 0;
	CHECK(boot_info_pvh_fault(&si));
}

TEST(pvh_start_info_out_of_reach)
{
	struct hvm_start_info si = good;

	si.cmdline_paddr = BOOT_REACH;
	CHECK(boot_info_pvh_fault(&si));
	si = good;
	si.memmap_paddr = BOOT_REACH - 5 * 24;
	CHECK(!boot_info_pvh_fault(&si));
	si.memmap_paddr++;
	CHECK(boot_info_pvh_fault(&si));
	si.memmap_paddr = UINT64_MAX;
	CHECK(boot_info_pvh_fault(&si));
	si = good;
	si.memmap_entries = UINT32_MAX;
	CHECK(boot_info_pvh_fault(&si));
}

TEST(pv_start_info)
{
	const struct start_info fine = { .magic = "xen-3.0-x86_64", .nr_pages = 4096,
		.pt_base = 4000 << 12, .nr_pt_frames = 96, .mfn_list = 0x1000 };
	struct start_info si = fine;

	CHECK(!boot_info_pv_fault(&si));
	si.nr_pt_frames = 97;
	CHECK(boot_info_pv_fault(&si));
	si = fine;
	si.pt_base = 4096 << 12;
	CHECK(boot_info_pv_fault(&si));
	si = fine;
	si.pt_base++;
	CHECK(boot_info_pv_fault(&si));
	si = fine;
	si.nr_pages = UINT64_MAX;
	CHECK(boot_info_pv_fault(&si));
	si = fine;
	si.mfn_list = 0;
	CHECK(boot_info_pv_fault(&si));
	si = fine;
	si.magic[0] = 'X';
	CHECK(boot_info_pv_fault(&si));
}

static const struct {
	const char *why;
	struct hvm_memmap_table_entry entry;
	struct boot_ram want;
} entries[] = {
	{ "whole pages", { 0x1000, 0x2000, 1, 0 }, { 0x1000, 0x3000 } },
	{ "parts of pages", { 0x1001, 0x2fff, 1, 0 }, { 0x2000, 0x4000 } },
	{ "not RAM", { 0x1000, 0x2000, 2, 0 }, { 0, 0 } },
	{ "empty", { 0x1000, 0, 1, 0 }, { 0, 0 } },
	{ "less than a page", { 0x1001, 0xffe, 1, 0 }, { 0, 0 } },
	{ "to the top", { 0x1000, UINT64_MAX, 1, 0 }, { 0x1000, BOOT_RAM_TOP } },
	{ "above the top", { BOOT_RAM_TOP, 0x1000, 1, 0 }, { 0, 0 } },
	{ "rounded up it would wrap", { UINT64_MAX - 10, 100, 1, 0 }, { 0, 0 } },
	{ "rounded up to the top", { BOOT_RAM_TOP - 1, 0x5000, 1, 0 }, { 0, 0 } },
};

TEST(entries_of_the_map)
{
	for (unsigned i = 0; i < sizeof entries / sizeof *entries; i++) {
		struct boot_ram r = { 0, 0 };

		boot_info_ram(&entries[i].entry, 1, &r);
		CHECK_MSG(r.start == entries[i].want.start && r.end == entries[i].want.end, "%s",
			  entries[i].why);
	}
}

TEST(a_map_that_overlaps_itself)
{
	struct hvm_memmap_table_entry map[] = {
		{ 0x100000, 0x10000, 1, 0 }, { 0, 0x9f000, 1, 0 }, { 0x90000, 0x70000, 2, 0 },
		{ 0x110000, 0x10000, 1, 0 } };
	struct boot_ram out[4];

	CHECK_EQ(boot_info_ram(map, 4, out), 3);	/* Only RAM counts, in any order. */
	CHECK(out[0].start == 0x100000 && out[1].end == 0x9f000 && out[2].end == 0x120000);
	map[3].addr -= 0x1000;
	CHECK_EQ(boot_info_ram(map, 4, out), MIR_EPROTO);
}

TEST(ram_without_the_image)
{
	const struct boot_ram image = { 0x100000, 0x180123 };
	struct boot_ram out[2];

	CHECK_EQ(boot_ram_free((struct boot_ram){ 0, 0x9f000 }, image, out), 1);
	CHECK(out[0].start == 0x1000 && out[0].end == 0x9f000);
	CHECK_EQ(boot_ram_free((struct boot_ram){ 0, 0x1000 }, image, out), 0);
	CHECK_EQ(boot_ram_free((struct boot_ram){ 0x110000, 0x120000 }, image, out), 0);
	CHECK_EQ(boot_ram_free((struct boot_ram){ 0xf0000, 0x200000 }, image, out), 2);
	CHECK(out[0].start == 0xf0000 && out[0].end == 0x100000);
	CHECK(out[1].start == 0x180123 && out[1].end == 0x200000);
}
