/* SPDX-License-Identifier: ISC */
/* Fills a disk by many tasks at once, reads it back, and tries what else a disk can do.  Each
 * eight bytes of it say where they stand, so that whoever started the machine can look, too. */
#include "mir/block.h"
#include "mir/err.h"
#include "mir/log.h"
#include "mir/page.h"
#include "mir/param.h"
#include "test/boot/disk.h"
#include "test/boot/verdict.h"

#define TASKS		40u
#define BYTES_MAX	(128u * 1024)	/* Of a request. */

static bool await_resize;
MIR_PARAM(resize, mir_param_bool, &await_resize, "BOOL", "wait until the disk has another size");

static unsigned rounds = 1;
MIR_PARAM(rounds, mir_param_uint, &rounds, "NUMBER",
	  "times that the disk is filled, 0: until it has another size");

static struct mir_block *disk;
static unsigned running;
static struct mir_waitq ended;

static uint64_t
stamp(uint64_t sector, size_t byte)
{
	return sector << 16 | byte;
}

static void
fill(uint64_t *data, uint64_t sector, uint64_t count)
{
	size_t words = disk->info.sector_size / 8;

	for (uint64_t s = 0; s < count; s++)
		for (size_t i = 0; i < words; i++)
			data[s * words + i] = stamp(sector + s, i * 8);
}

static bool
is_filled(const uint64_t *data, uint64_t sector, uint64_t count)
{
	size_t words = disk->info.sector_size / 8;

	for (uint64_t s = 0; s < count; s++)
		for (size_t i = 0; i < words; i++)
			if (data[s * words + i] != stamp(sector + s, i * 8))
				return false;
	return true;
}

/* Requests of all lengths, each task's at sectors that no other has. */
static void
work(void *arg)
{
	uint64_t share = disk->info.sectors / TASKS, at = (uintptr_t)arg * share, end = at + share;
	uint64_t most = BYTES_MAX / disk->info.sector_size, n = (uintptr_t)arg % most + 1;
	uint64_t *data = mir_page_alloc(BYTES_MAX / MIR_PAGE_SIZE);
	bool right = data;

	if (end > disk->info.sectors - share)
		end = disk->info.sectors;
	for (; right && at < end; at += n, n = n % most + 1) {
		if (n > end - at)
			n = end - at;
		fill(data, at, n);
		right = mir_block_write(disk, at, n, data) == MIR_OK;
		fill(data, 0, n);
		right = right && mir_block_read(disk, at, n, data) == MIR_OK &&
		    is_filled(data, at, n);
	}
	CHECK(right);
	if (data)
		mir_page_free(data, BYTES_MAX / MIR_PAGE_SIZE);
	running--;
	mir_wake(&ended);
}

static void
work_all(void)
{
	for (running = 0; running < TASKS; running++)
		if (!CHECK(mir_spawn("worker", work, (void *)(uintptr_t)running)))
			return;
	while (running)
		mir_wait(&ended, MIR_NEVER);
	CHECK(mir_block_flush(disk) == MIR_OK);
	CHECK(disk->stats.errors == 0);
}

static int result;
static struct mir_waitq answered;

static void
done(struct mir_block_request *r, int err)
{
	(void)r;
	result = err;
	mir_wake(&answered);
}

static int
ask(struct mir_block_request *r)
{
	int err;

	r->done = done;
	result = 1;
	err = disk->ops->submit(disk, r);
	while (!err && result == 1)
		mir_wait(&answered, MIR_NEVER);
	return err ? err : result;
}

/* Two sectors of one page the other way round, with what it takes to keep them. */
static void
try_pieces(uint8_t *data)
{
	uint32_t size = disk->info.sector_size;
	struct mir_block_request r = { .op = MIR_BLOCK_WRITE, .durable = true, .sector = 1,
		.count = 2, .pieces = { { data + size, size }, { data, size } }, .piece_count = 2 };

	fill((uint64_t *)data, 2, 1);
	fill((uint64_t *)(data + size), 1, 1);
	CHECK(ask(&r) == MIR_OK);
	r.op = MIR_BLOCK_READ;
	CHECK(ask(&r) == MIR_OK);
	CHECK(is_filled((uint64_t *)data, 2, 1) && is_filled((uint64_t *)(data + size), 1, 1));
	r.sector = disk->info.sectors - 1;
	CHECK(ask(&r) == MIR_EINVAL);
}

/* The last sectors: what is read there then is not told. */
static void
try_discard(void)
{
	CHECK(mir_block_discard(disk, disk->info.sectors - 8, 8) == MIR_OK);
	CHECK(disk->stats.discards == 1);
}

static void
try_read_only(uint8_t *data)
{
	CHECK(mir_block_read(disk, 5, 1, data) == MIR_OK);
	CHECK(mir_block_write(disk, 5, 1, data) == MIR_EACCES);
	CHECK(mir_block_discard(disk, 5, 1) == MIR_EACCES);
}

static void
see_resize(void)
{
	uint64_t before = disk->info.sectors;

	mir_printf("disk: waits for another size\n");
	while (disk->info.sectors == before)
		mir_wait(&disk->changed, MIR_NEVER);
	mir_printf("disk: %llu sectors now\n", (unsigned long long)disk->info.sectors);
}

static void
fill_again(void)
{
	uint64_t before = disk->info.sectors;

	for (unsigned i = 1; rounds ? i <= rounds : disk->info.sectors == before; i++) {
		work_all();
		mir_printf("disk: filled %u times\n", i);
	}
	if (!rounds)
		work_all();
}

int
boot_disk_start(struct mir_block *d)
{
	uint8_t *data = mir_page_alloc(2);

	disk = d;
	mir_printf("disk: %llu sectors of %u bytes, physical %u%s%s%s\n",
		   (unsigned long long)d->info.sectors, d->info.sector_size, d->info.physical_size,
		   d->info.read_only ? ", read-only" : "", d->info.flush ? ", flush" : "",
		   d->info.discard ? ", discard" : "");
	if (d->info.read_only) {
		try_read_only(data);
		return verdict();
	}
	if (await_resize)
		see_resize();
	fill_again();
	try_pieces(data);
	if (d->info.discard)
		try_discard();
	mir_page_free(data, 2);
	return verdict();
}
