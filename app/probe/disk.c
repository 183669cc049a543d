/* SPDX-License-Identifier: ISC */
/* The disk: its last sectors are read, overwritten, read back and put back. */
#include <string.h>
#include "app/probe/tell.h"
#include "mir/err.h"
#include "mir/page.h"

#define BYTES	MIR_PAGE_SIZE		/* Whole sectors of any size. */
#define ROUNDS	4u

static bool
step(const char *what, int err)
{
	return tell_step("disk", what, err);
}

static bool
round_trip(struct mir_block *b, uint64_t at, uint64_t count, uint8_t *data, unsigned round)
{
	for (size_t i = 0; i < BYTES; i++)
		data[i] = (uint8_t)(i * 7 + round);
	if (!step("write", mir_block_write(b, at, count, data))
	    || !step("flush", mir_block_flush(b)))
		return false;
	memset(data, 0, BYTES);
	if (!step("read back", mir_block_read(b, at, count, data)))
		return false;
	for (size_t i = 0; i < BYTES; i++) {
		if (data[i] != (uint8_t)(i * 7 + round)) {
			tell("disk", false, "byte %zu is not what was written", i);
			return false;
		}
	}
	return true;
}

static void
try_sectors(struct mir_block *b, uint8_t *kept, uint8_t *data)
{
	uint64_t count = BYTES / b->info.sector_size, at = b->info.sectors - count;
	unsigned done = 0;
	bool right = step("read", mir_block_read(b, at, count, kept));

	if (!right)
		return;
	for (; right && done < ROUNDS; done += right)
		right = round_trip(b, at, count, data, done);
	right &= step("put back", mir_block_write(b, at, count, kept));
	right &= step("flush", mir_block_flush(b));
	if (right)
		tell("disk", true, "%llu sectors of %u bytes by '%s'; wrote and read back %u times",
		     (unsigned long long)b->info.sectors, b->info.sector_size, b->ops->name,
		     done);
}

void
try_disk(struct mir_block *disk)
{
	uint8_t *pages = mir_page_alloc(2);

	if (!disk->info.present)
		tell("disk", false, "%s", mir_err_name(MIR_EGONE));
	else if (disk->info.sectors < BYTES / disk->info.sector_size)
		tell("disk", false, "fewer sectors than %u bytes", BYTES);
	else if (!pages)
		tell("disk", false, "%s", mir_err_name(MIR_ENOMEM));
	else
		try_sectors(disk, pages, pages + BYTES);
	if (pages)
		mir_page_free(pages, 2);
}
