/* SPDX-License-Identifier: ISC */
/* The devices, and what becomes of their files. */
#include <stddef.h>
#include <unistd.h>
#include "drivers/hostblk/file.h"
#include "drivers/hostblk/hostblk.h"
#include "mir/block_queue.h"
#include "mir/err.h"
#include "mir/log.h"
#include "mir/module.h"
#include "mir/param.h"

#define DISKS	4
#define LOOK	MIR_SEC(1)

struct disk {
	struct mir_block block;		/* First. */
	struct mir_block_queue queue;
	struct mir_timer look;		/* Whether the file has another size. */
	int fd;				/* 0: no such disk. */
};

static struct disk disks[DISKS];

static int
serve(struct mir_block *b, const struct mir_block_request *r)
{
	int err = file_do(((struct disk *)b)->fd, b->info.sector_size, r);

	if (err == MIR_ENOSYS)
		b->info.discard = false;
	return err;
}

static void
see_size(struct disk *d)
{
	if (!file_resized(d->fd, &d->block.info))
		return;
	mir_info("hostblk", "disk %u has %llu sectors now", d->block.device.index,
		 (unsigned long long)d->block.info.sectors);
	mir_wake(&d->block.changed);
}

/* The host tells nobody of a file that grew, but for each write, too. */
static void
look(struct mir_timer *t)
{
	struct disk *d = (struct disk *)((char *)t - offsetof(struct disk, look));

	see_size(d);
	mir_timer_set(t, mir_deadline(mir_now(), LOOK));
}

static int
submit(struct mir_block *b, struct mir_block_request *r)
{
	return mir_block_queue_add(&((struct disk *)b)->queue, r);
}

static const struct mir_block_ops disk_ops = { .name = "hostblk", .submit = submit };

/* Opens the file, but does not make the device known yet. */
static int
prepare(struct disk *d, const char *path)
{
	int fd;

	if (d->fd)
		return MIR_EEXIST;
	fd = file_open(path, &d->block.info);
	if (fd < 0)
		return fd;
	d->fd = fd;
	d->block.ops = &disk_ops;
	d->block.device.index = (unsigned)(d - disks);
	mir_block_queue_init(&d->queue, &d->block, HOSTBLK_DEPTH, serve);
	d->look.fire = look;
	return MIR_OK;
}

static void
announce(struct disk *d)
{
	mir_info("hostblk", "disk %u: %llu sectors of %u bytes%s", d->block.device.index,
		 (unsigned long long)d->block.info.sectors, d->block.info.sector_size,
		 d->block.info.read_only ? ", read-only" : "");
	mir_block_register(&d->block);
	mir_timer_set(&d->look, mir_deadline(mir_now(), LOOK));
}

int
hostblk_open(const char *path, unsigned index, struct mir_block **out)
{
	int err = index < DISKS ? prepare(&disks[index], path) : MIR_EINVAL;

	if (err)
		return err;
	announce(&disks[index]);
	*out = &disks[index].block;
	return MIR_OK;
}

/* A file that can't be used is a bad value, which ends the program.  The line is read twice: once
 * to see whether it is right, and as with other keys the last word counts. */
static int
parse_disk(const char *value, void *to)
{
	struct disk *d = to;

	if (d->fd)
		close(d->fd);
	d->fd = 0;
	return prepare(d, value);
}

/* Before the disk= that it is for. */
static int
parse_sector(const char *value, void *to)
{
	unsigned n;

	if (mir_param_uint(value, &n) || (n != 512 && n != 4096))
		return MIR_EINVAL;
	*(unsigned *)to = n;
	return MIR_OK;
}

MIR_PARAM(disksector, parse_sector, &file_sector_size, "BYTES",
	  "sector size of the disks that follow: 512 or 4096");
MIR_PARAM(disk, parse_disk, &disks[0], "FILE", "file that is block device 0");
MIR_PARAM(disk1, parse_disk, &disks[1], "FILE", "file that is block device 1");
MIR_PARAM(disk2, parse_disk, &disks[2], "FILE", "file that is block device 2");
MIR_PARAM(disk3, parse_disk, &disks[3], "FILE", "file that is block device 3");

static int
start(void)
{
	for (struct disk *d = disks; d < disks + DISKS; d++)
		if (d->fd)
			announce(d);
	return MIR_OK;
}

MIR_MODULE(hostblk, MIR_LEVEL_DRIVER, start);
