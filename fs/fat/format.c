/* SPDX-License-Identifier: ISC */
/* An empty volume is written: all zeros but for a few places, from the end to the front. */
#include <stdlib.h>
#include <string.h>
#include "fs/fat/layout.h"
#include "fs/fat/ops.h"
#include "fs/fat/slot.h"
#include "mir/err.h"
#include "mir/page.h"

#define CHUNK_PAGES	16u
#define CHUNK		(CHUNK_PAGES * MIR_PAGE_SIZE)
#define PLACES		9u		/* Two boot sectors and infos, the FATs, the label. */

struct place {
	uint64_t at;
	uint32_t len;
	uint8_t data[FAT_BOOT];
};

struct job {
	struct fat *v;			/* For its requests alone. */
	struct fat_layout l;
	struct place places[PLACES];
	unsigned count;
	uint8_t *chunk;
};

static struct place *
add(struct job *j, uint64_t sector, uint32_t len)
{
	struct place *p = &j->places[j->count++];

	p->at = sector * j->l.sector_size;
	p->len = len;
	return p;
}

static void
add_places(struct job *j, uint32_t now)
{
	const struct fat_layout *l = &j->l;
	struct fat_slot s = { .attributes = FAT_VOLUME, .mtime = now };
	uint64_t root = l->reserved + (uint64_t)l->fats * l->fat_sectors;
	struct place *p;

	fat_layout_boot(l, add(j, 0, FAT_BOOT)->data);
	if (l->kind == FAT32) {
		fat_layout_info(l, add(j, FAT_INFO_SECTOR, FAT_BOOT)->data);
		fat_layout_boot(l, add(j, FAT_BACKUP_SECTOR, FAT_BOOT)->data);
		fat_layout_info(l, add(j, FAT_BACKUP_SECTOR + 1, FAT_BOOT)->data);
	}
	for (uint32_t i = 0; i < l->fats; i++) {
		p = add(j, l->reserved + (uint64_t)i * l->fat_sectors, 0);
		p->len = fat_layout_head(l, p->data);
	}
	if (l->label[0] != ' ') {
		memcpy(s.name, l->label, sizeof s.name);
		fat_slot_build(add(j, root, FAT_SLOT)->data, l->kind, &s);
	}
}

/* The chunk at 'at': zeros, and what of the places lies in it. */
static int
write_chunk(struct job *j, uint64_t at, uint32_t len)
{
	uint32_t unit = j->v->device_sector, n;
	struct fat_io io;

	memset(j->chunk, 0, CHUNK);
	for (unsigned i = 0; i < j->count; i++) {
		const struct place *p = &j->places[i];

		if (p->at >= at && p->at < at + len)	/* None is in two: they are aligned. */
			memcpy(j->chunk + (p->at - at), p->data, p->len);
	}
	fat_io_begin(&io, j->v);
	for (uint32_t done = 0; done < len; done += n) {
		n = (len - done + unit - 1) / unit * unit;
		n = n < MIR_PAGE_SIZE ? n : MIR_PAGE_SIZE;
		fat_io_add(&io, MIR_BLOCK_WRITE, at + done, j->chunk + done, n);
	}
	return fat_io_end(&io);
}

static int
write_all(struct job *j)
{
	const struct fat_layout *l = &j->l;
	uint64_t sectors = l->reserved + (uint64_t)l->fats * l->fat_sectors + l->root_sectors
	    + (l->kind == FAT32 ? l->per_cluster : 0);
	uint64_t end = sectors * l->sector_size, at;
	unsigned count = j->count;
	int err;

	j->count = 0;				/* No volume from now on. */
	err = write_chunk(j, 0, j->v->device_sector);
	if (!err)
		err = fat_flush(j->v);
	j->count = count;
	for (at = (end - 1) / CHUNK * CHUNK; at && !err; at -= CHUNK)
		err = write_chunk(j, at, (uint32_t)(end - at < CHUNK ? end - at : CHUNK));
	if (!err)
		err = fat_flush(j->v);
	if (!err)
		err = write_chunk(j, 0, (uint32_t)(end < CHUNK ? end : CHUNK));
	return err ? err : fat_flush(j->v);
}

static int
plan(struct job *j, struct mir_block *disk, struct mir_clock *clock, const struct fat_format *f)
{
	uint64_t now = mir_clock_wall(clock);
	int err = fat_layout_make(disk->info.sectors * disk->info.sector_size,
				  disk->info.sector_size, f, &j->l);

	if (!err && !fat_label_parse(f->label ? f->label : "", j->l.label))
		err = MIR_EINVAL;
	if (err)
		return err;
	if (!j->l.serial)
		j->l.serial = (uint32_t)(now / MIR_MS(1) ^ now >> 40);
	add_places(j, fat_time_put(now / MIR_SEC(1)));
	return MIR_OK;
}

int
fat_format(struct mir_block *disk, struct mir_clock *clock, const struct fat_format *f)
{
	static const struct fat_format usual;
	struct job *j = calloc(1, sizeof *j);	/* Large for a stack. */
	int err = j ? plan(j, disk, clock, f ? f : &usual) : MIR_ENOMEM;

	if (!err) {
		j->v = fat_volume_new(disk, clock);
		j->chunk = mir_page_alloc(CHUNK_PAGES);
		err = j->v && j->chunk ? write_all(j) : MIR_ENOMEM;
		if (j->chunk)
			mir_page_free(j->chunk, CHUNK_PAGES);
		free(j->v);
	}
	free(j);
	return err;
}
