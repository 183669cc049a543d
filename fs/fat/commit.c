/* SPDX-License-Identifier: ISC */
/* Changes become stable, phase by phase, and the disk knows whether it is clean: docs/fat.md. */
#include <string.h>
#include "fs/fat/cache.h"
#include "lib/le.h"
#include "mir/err.h"

#define INFO_FREE	488u		/* In FSInfo: page 21 of the specification. */

uint64_t
fat_now(struct fat *v)
{
	return mir_clock_wall(v->clock) / MIR_SEC(1);
}

/* What may be tried again leaves all as it was; after anything else nobody knows what the disk
 * has, and nothing more is written. */
static int
judge(struct fat *v, int err)
{
	if (err && err != MIR_EAGAIN && err != MIR_ECANCELED && err != MIR_ENOMEM)
		v->failed = err;
	return err;
}

static int
flush_phase(struct fat *v, enum fat_phase phase)
{
	bool wrote;
	int err = fat_cache_flush(v, phase, &wrote);

	if (!err && v->unflushed)
		err = fat_flush(v);
	return err;
}

/* In the order in which they were noted: of a chain that was cut twice, the end goes first. */
static int
free_loose(struct fat *v)
{
	unsigned done = 0;
	int err = MIR_OK;

	while (v->loose_count && v->reading && !err)	/* From what becomes free, perhaps. */
		err = mir_wait(&v->read_done, MIR_NEVER);
	while (done < v->loose_count && !err) {
		const struct fat_loose *l = &v->loose[done];

		if (l->last)
			err = fat_set(v, l->last, FAT_END, FAT_ANY);
		if (!err)
			err = fat_free_now(v, l->first);
		if (err)
			break;
		v->cuts -= l->last != 0;
		done++;
	}
	v->loose_count -= done;
	memmove(v->loose, v->loose + done, v->loose_count * sizeof *v->loose);
	return err;
}

int
fat_commit(struct fat *v)
{
	int err = v->failed;

	for (unsigned phase = 0; phase < FAT_PHASES && !err; phase++)
		err = judge(v, flush_phase(v, (enum fat_phase)phase));
	if (err)
		return err;
	fat_stats.commits++;
	v->batch++;
	v->gone_count = 0;
	return judge(v, free_loose(v));
}

/* The bit in the boot sector, as Windows and Linux have it, and the specification's in the FAT. */
static int
set_state(struct fat *v, bool dirty)
{
	const struct fat_geometry *g = &v->geo;
	uint64_t at = g->kind == FAT32 ? BOOT_STATE_32 : BOOT_STATE_16;
	uint8_t state = dirty, clean = dirty ? 0 : 0xff;
	int err = fat_cache_write_bits(v, at, &state, 1, 1, 1, FAT_ANY);

	for (uint32_t i = 0; i < g->fats && !err && g->kind != FAT12; i++) {
		at = g->fat_at + i * g->fat_size + (g->kind == FAT32 ? 7 : 3);
		if (g->mirrored || i == g->first_fat)
			err = fat_cache_write_bits(v, at, &clean, 1, g->kind == FAT32 ? 8 : 0x80,
						   0xff, FAT_ANY);
	}
	return err ? err : flush_phase(v, FAT_ANY);
}

static int
write_info(struct fat *v)
{
	uint8_t b[8];

	if (!v->geo.info_at || !v->counted)
		return MIR_OK;
	put_le32(b, v->free_count);
	put_le32(b + 4, fat_is_cluster(v, v->next_free) ? v->next_free : FAT_FIRST);
	return fat_cache_write(v, v->geo.info_at + INFO_FREE, b, sizeof b, FAT_ANY);
}

int
fat_clean(struct fat *v)
{
	int err;

	if (!v->marked)
		return v->failed;
	err = fat_commit(v);
	if (!err)
		err = judge(v, write_info(v));
	if (!err)
		err = judge(v, flush_phase(v, FAT_ANY));
	if (!err && !v->was_dirty)
		err = judge(v, set_state(v, false));
	v->marked = err != MIR_OK;
	return err;
}

static bool
has_room(const struct fat *v)
{
	return fat_cache_has_room(v) && v->loose_count + 8 <= FAT_LOOSE
	    && v->gone_count + 8 <= FAT_LOOSE;
}

int
fat_change_more(struct fat *v)
{
	return has_room(v) ? MIR_OK : fat_commit(v);
}

static int
mark(struct fat *v)
{
	int err = v->was_dirty ? MIR_OK : judge(v, set_state(v, true));

	if (!err)
		err = fat_count_free(v);
	v->marked = !err;
	return err;
}

int
fat_change_begin(struct fat *v)
{
	int err = fat_lock(v);

	if (err)
		return err;
	err = v->read_only ? MIR_EACCES : v->failed;
	if (!err)
		err = fat_change_more(v);
	if (!err && !v->marked)
		err = mark(v);
	if (err)
		fat_unlock(v);
	return err;
}

void
fat_change_end(struct fat *v)
{
	v->fs.changes++;
	fat_unlock(v);
}
