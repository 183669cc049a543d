/* SPDX-License-Identifier: ISC */
/* The image's disk in memory, by the key ramdisk=. */
#include <string.h>
#include "drivers/ramdisk/ramdisk.h"
#include "mir/err.h"
#include "mir/log.h"
#include "mir/module.h"
#include "mir/page.h"
#include "mir/param.h"

static unsigned kib = CONFIG_RAMDISK_KIB;
MIR_PARAM(ramdisk, mir_param_uint, &kib, "KIB", "size of the block device in memory");

static bool large;
MIR_PARAM(ramdisk4k, mir_param_bool, &large, "BOOL", "sectors of 4096 bytes");

static int
start(void)
{
	static struct ramdisk disk;
	size_t pages = (kib + 3) / 4;
	void *memory = pages ? mir_page_alloc(pages) : NULL;
	struct mir_block *b;

	if (!memory) {
		mir_error("ramdisk", "there is no room for %u KiB: see the key ramdisk", kib);
		return MIR_ENOMEM;
	}
	memset(memory, 0, pages * MIR_PAGE_SIZE);
	b = ramdisk_make(&disk, memory, pages * (MIR_PAGE_SIZE / RAMDISK_SECTOR));
	if (large)
		b->info = (struct mir_block_info){ .sectors = pages, .sector_size = MIR_PAGE_SIZE,
			.present = true, .discard = true };
	b->device.index = CONFIG_RAMDISK_NUMBER;
	mir_block_register(b);
	mir_info("ramdisk", "disk %u: %zu KiB in memory", b->device.index, pages * 4);
	return MIR_OK;
}

MIR_MODULE(ramdisk, MIR_LEVEL_DRIVER, start);
