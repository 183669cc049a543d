/* SPDX-License-Identifier: ISC */
/* Counters of disks, hypercalls and sleeps: kept at the start, subtracted at the end. */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include "app/diskbench/counters.h"
#include "mir/log.h"
#include "mir/stats.h"

#define KEPT 96

static uint64_t kept[KEPT];
static unsigned seen;
static uint64_t all;

static bool
wanted(const char *name)
{
	static const char *const begins[] = { "blkfront_", "virtio_blk_", "block_", "hostblk_",
		"ramdisk_", "xen_hypercalls", "xen_events", "loop_sleeps" };

	for (unsigned i = 0; i < sizeof begins / sizeof *begins; i++)
		if (strncmp(name, begins[i], strlen(begins[i])) == 0)
			return true;
	return false;
}

static void
keep(void *ctx, const char *name, uint64_t value)
{
	(void)ctx;
	if (wanted(name) && seen < KEPT)
		kept[seen++] = value;
}

/* In thousandths: what is less than half of one is not told. */
static void
print(void *ctx, const char *name, uint64_t value)
{
	uint64_t milli;

	(void)ctx;
	if (!wanted(name) || seen >= KEPT)
		return;
	milli = ((value - kept[seen++]) * 1000 + all / 2) / all;
	if (milli)
		mir_printf(" %s=%llu.%03llu", name, (unsigned long long)(milli / 1000),
			   (unsigned long long)(milli % 1000));
}

void
counters_begin(void)
{
	seen = 0;
	mir_counters_each(keep, NULL);
}

void
counters_print(uint64_t requests)
{
	seen = 0;
	all = requests ? requests : 1;
	mir_counters_each(print, NULL);
}
