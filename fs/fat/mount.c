/* SPDX-License-Identifier: ISC */
/* Volumes: mounted, locked, unmounted. */
#include <stdlib.h>
#include <string.h>
#include "fs/fat/cache.h"
#include "fs/fat/fat.h"
#include "fs/fat/index.h"
#include "fs/fat/ops.h"
#include "lib/le.h"
#include "mir/err.h"
#include "mir/log.h"
#include "mir/page.h"

int
fat_lock(struct fat *v)
{
	int err;

	while (v->locked)
		if ((err = mir_wait(&v->unlocked, MIR_NEVER)))
			return err;
	v->locked = true;
	return MIR_OK;
}

void
fat_unlock(struct fat *v)
{
	v->locked = false;
	mir_wake(&v->unlocked);
}

static int
read_boot(struct fat *v)
{
	uint64_t device = v->disk->info.sectors * v->device_sector;
	void *page = mir_page_alloc(1);
	int err;

	if (!page)
		return MIR_ENOMEM;
	err = device < MIR_PAGE_SIZE ? MIR_EPROTO :
	    fat_io_once(v, MIR_BLOCK_READ, 0, page, MIR_PAGE_SIZE);
	if (!err)
		err = fat_bpb_parse(page, &v->geo);
	mir_page_free(page, 1);
	if (err)
		return err;
	if (v->geo.data_at + v->geo.cluster_size > device)
		return MIR_EPROTO;
	if (v->geo.size > device) {		/* Some of it is there: that can be read. */
		v->read_only = true;
		v->geo.clusters = (uint32_t)((device - v->geo.data_at) / v->geo.cluster_size);
	}
	v->was_dirty = v->geo.dirty;
	return MIR_OK;
}

/* FSInfo is a hint that is believed when the volume was unmounted. */
static int
read_info(struct fat *v)
{
	uint8_t b[FAT_BOOT];
	uint32_t next;
	int err;

	if (!v->geo.info_at)
		return MIR_OK;
	err = fat_cache_read(v, v->geo.info_at, b, sizeof b);
	if (err)
		return err;
	if (le32(b) != 0x41615252 || le32(b + 484) != 0x61417272) {
		v->geo.info_at = 0;
		return MIR_OK;
	}
	v->free_count = le32(b + 488);
	v->counted = !v->was_dirty && v->free_count <= v->geo.clusters;
	next = le32(b + 492);
	if (fat_is_cluster(v, next))
		v->next_free = next;
	return MIR_OK;
}

static int
mount(struct fat *v)
{
	int err = read_boot(v);

	if (err)
		return err;
	err = fat_cache_open(v);
	if (!err && !v->read_only && !(v->zeros = mir_page_alloc(1)))
		err = MIR_ENOMEM;
	if (err)
		return err;
	if (v->zeros)
		memset(v->zeros, 0, MIR_PAGE_SIZE);
	v->next_free = FAT_FIRST;
	return read_info(v);
}

void
fat_volume_free(struct fat *v)
{
	fat_index_drop_all(v);
	fat_cache_close(v);
	if (v->zeros)
		mir_page_free(v->zeros, 1);
	free(v);
}

struct fat *
fat_volume_new(struct mir_block *disk, struct mir_clock *clock)
{
	struct fat *v = calloc(1, sizeof *v);

	if (!v)
		return NULL;
	v->fs.ops = &fat_ops;
	v->disk = disk;
	v->clock = clock;
	v->device_sector = disk->info.sector_size;
	v->batch = 1;			/* 0 is a node that has seen none. */
	for (unsigned i = 0; i < FAT_REQUESTS; i++) {
		v->requests[i].next = v->free_requests;
		v->free_requests = &v->requests[i];
	}
	return v;
}

static int
open_volume(struct mir_block *disk, struct mir_clock *clock, bool read_only, struct mir_fs **out)
{
	struct fat *v = fat_volume_new(disk, clock);
	int err;

	if (!v)
		return MIR_ENOMEM;
	v->read_only = read_only || disk->info.read_only;
	err = mount(v);
	if (err) {
		mir_error("fat", "disk %u can't be mounted: %s", disk->device.index,
			  mir_err_name(err));
		fat_volume_free(v);
		return err;
	}
	mir_info("fat", "disk %u: FAT%d, %llu MiB%s%s", disk->device.index, v->geo.kind,
		 (unsigned long long)v->geo.size >> 20, v->read_only ? ", read-only" : "",
		 v->was_dirty ? "; it was not unmounted" : "");
	*out = &v->fs;
	return MIR_OK;
}

int
fat_open(struct mir_block *disk, struct mir_clock *clock, struct mir_fs **out)
{
	return open_volume(disk, clock, false, out);
}

int
fat_open_read_only(struct mir_block *disk, struct mir_clock *clock, struct mir_fs **out)
{
	return open_volume(disk, clock, true, out);
}
