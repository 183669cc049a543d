/* SPDX-License-Identifier: ISC */
/* diskbench: runs by the command line or by the console, and their results. */
#include <string.h>
#include "app/diskbench/counters.h"
#include "app/diskbench/diskbench.h"
#include "app/diskbench/run.h"
#include "mir/err.h"
#include "mir/log.h"
#include "mir/param.h"
#include "mir/task.h"

#define LINE 256

static struct run_result result;

/* A number with three digits behind the point, of thousandths. */
static void
print_milli(const char *name, uint64_t milli)
{
	mir_printf(" %s=%llu.%03llu", name, (unsigned long long)(milli / 1000),
		   (unsigned long long)(milli % 1000));
}

/* 'count' things of 'each' in that time, per second and in thousandths. */
static uint64_t
rate(uint64_t count, uint64_t each, mir_ns time)
{
	unsigned __int128 all = (unsigned __int128)count * each * 1000 * MIR_SEC(1);

	return time ? (uint64_t)(all / time) : 0;
}

static void
print_result(const struct diskbench_options *o)
{
	const struct hist *h = &result.latency;
	uint64_t us = 1000;

	mir_printf("diskbench: op=%s pattern=%s bs=%u depth=%u requests=%llu errors=%llu refused=%llu",
		   o->op == DISKBENCH_READ ? "read" : "write",
		   o->sequential ? "sequential" : "random", o->block_size, o->depth,
		   (unsigned long long)result.requests, (unsigned long long)result.errors,
		   (unsigned long long)result.refused);
	if (o->verify)
		mir_printf(" wrong=%llu", (unsigned long long)result.wrong);
	print_milli("seconds", result.time / (MIR_SEC(1) / 1000));
	print_milli("iops", rate(result.requests, 1, result.time));
	print_milli("MB_per_s", rate(result.requests, o->block_size, result.time) / 1000000);
	print_milli("mean_us", h->count ? h->sum / h->count * 1000 / us : 0);
	print_milli("p50_us", hist_quantile(h, 500) * 1000 / us);
	print_milli("p99_us", hist_quantile(h, 990) * 1000 / us);
	print_milli("max_us", h->most * 1000 / us);
	counters_print(result.requests);
	mir_printf("\n");
}

static int
bench(struct mir_block *disk)
{
	const struct diskbench_options *o = &diskbench_options;
	int err;

	counters_begin();
	err = diskbench_run(disk, o, &result);
	if (!err)
		print_result(o);
	if (!err)
		err = result.wrong ? MIR_EIO : result.err;
	if (err)
		mir_printf("diskbench: failed: %s\n", mir_err_name(err));
	return err;
}

/* true: the line asks for the end. */
static bool
obey(const char *line, struct mir_block *disk)
{
	char why[160];

	if (strcmp(line, "poweroff") == 0)
		return true;
	if (!*line)
		return false;
	diskbench_options_reset();
	if (mir_param_parse(line, why, sizeof why))
		mir_printf("diskbench: failed: %s\n", why);
	else if (diskbench_options.op == DISKBENCH_NONE)
		mir_printf("diskbench: failed: op= is missing\n");
	else
		bench(disk);
	return false;
}

/* Obeys each line that is typed in. */
static void
serve(struct mir_console *console, struct mir_block *disk)
{
	static char line[LINE];
	size_t len = 0;
	char c;

	mir_printf("diskbench: ready\n");
	for (;;) {
		while (console->ops->read(console, &c, 1)) {
			if (c != '\n' && c != '\r') {
				len += len < sizeof line - 1;
				line[len - 1] = c;
				continue;
			}
			line[len] = '\0';
			len = 0;
			if (obey(line, disk))
				return;
		}
		if (mir_wait(&mir_console_input, MIR_NEVER) == MIR_ECANCELED)
			return;
	}
}

int
diskbench_start(struct mir_console *console, struct mir_block *disk)
{
	mir_printf("diskbench: disk %u by '%s': %llu sectors of %u bytes\n", disk->device.index,
		   disk->ops->name, (unsigned long long)disk->info.sectors,
		   disk->info.sector_size);
	if (diskbench_options.op != DISKBENCH_NONE)
		return bench(disk);
	serve(console, disk);
	return MIR_OK;
}
