/* SPDX-License-Identifier: ISC */
/* The numbers of a new volume: its kind and cluster size by the specification's tables (pages 20
 * and 21) where nothing else is asked for. */
#include <string.h>
#include "fs/fat/layout.h"
#include "lib/le.h"
#include "mir/err.h"

#define KIB(n)	((uint64_t)(n) << 10)
#define MIB(n)	((uint64_t)(n) << 20)
#define ALIGN	4096u			/* Clusters begin at a multiple of it. */

static const struct { uint64_t up_to; uint32_t cluster; } sizes_16[] = {
	{ MIB(16), 1024 }, { MIB(128), 2048 }, { MIB(256), 4096 }, { MIB(512), 8192 },
	{ MIB(1024), 16384 }, { UINT64_MAX, 32768 },
}, sizes_32[] = {
	{ MIB(260), 512 }, { MIB(8192), 4096 }, { MIB(16384), 8192 }, { MIB(32768), 16384 },
	{ UINT64_MAX, 32768 },
};

static uint32_t
usual_cluster(enum fat_kind kind, uint64_t bytes)
{
	unsigned i = 0;

	if (kind == FAT12)
		return 512;
	if (kind == FAT16) {
		while (bytes > sizes_16[i].up_to)
			i++;
		return sizes_16[i].cluster;
	}
	while (bytes > sizes_32[i].up_to)
		i++;
	return sizes_32[i].cluster;
}

static uint32_t
round_up(uint64_t n, uint32_t unit)
{
	return (uint32_t)((n + unit - 1) / unit);
}

/* The FAT's length, which depends on the number of clusters, which depends on the FAT's. */
static bool
fit(struct fat_layout *l)
{
	uint64_t before, left;
	uint32_t need = 1, align = ALIGN / l->sector_size, pad = 0;

	l->reserved = l->reserved ? l->reserved : 1;
	for (l->fat_sectors = 0; need > l->fat_sectors;) {
		l->fat_sectors = need;
		before = (uint64_t)l->reserved + (uint64_t)l->fats * need + l->root_sectors;
		pad = (uint32_t)((align - before % align) % align);
		if (before + pad + l->per_cluster > l->total)
			return false;
		left = (l->total - before - pad) / l->per_cluster;
		l->clusters = left < FAT32_MOST ? (uint32_t)left : FAT32_MOST;
		need = round_up(((uint64_t)l->clusters + 2) * (unsigned)l->kind,
				8 * l->sector_size);
	}
	l->reserved += pad;
	return l->reserved <= 0xffff && (l->kind == FAT32 || l->fat_sectors <= 0xffff);
}

static bool
is_kind(const struct fat_layout *l)
{
	if (l->kind == FAT12)
		return l->clusters <= FAT12_MOST;
	if (l->kind == FAT16)
		return l->clusters > FAT12_MOST && l->clusters <= FAT16_MOST;
	return l->clusters > FAT16_MOST;
}

/* With the cluster size that was asked for, or with the first one that gives the right number. */
static int
choose_cluster(struct fat_layout *l, uint64_t bytes, uint32_t asked)
{
	uint32_t size = asked ? asked : usual_cluster(l->kind, bytes), reserved = l->reserved;
	bool smaller;

	if (size < l->sector_size)
		size = l->sector_size;
	for (unsigned i = 0; i < 16 && size >= l->sector_size; i++) {
		l->per_cluster = size / l->sector_size;
		l->reserved = reserved;
		if ((size & (size - 1)) || l->per_cluster > 128 || (!fit(l) && l->kind != FAT12))
			return MIR_EINVAL;
		if (is_kind(l) && l->clusters)
			return MIR_OK;
		if (asked)
			break;
		smaller = l->kind != FAT12 && (l->kind == FAT32 || l->clusters <= FAT12_MOST);
		size = smaller ? size / 2 : size * 2;
	}
	return MIR_EINVAL;
}

int
fat_layout_make(uint64_t bytes, uint32_t device_sector, const struct fat_format *f,
		struct fat_layout *l)
{
	uint32_t size = f->sector_size ? f->sector_size : device_sector;
	int kind = f->kind ? f->kind : bytes < MIB(4) ? 12 : bytes < MIB(512) ? 16 : 32;
	uint64_t total = bytes / (size ? size : 1);

	if ((size & (size - 1)) || size < 512 || size > 4096 || f->fats > 4
	    || (kind != 12 && kind != 16 && kind != 32) || f->reserved > 0x8000
	    || f->root_slots > 0x8000)
		return MIR_EINVAL;
	*l = (struct fat_layout){ .kind = (enum fat_kind)kind, .sector_size = size,
		.total = total < UINT32_MAX ? (uint32_t)total : UINT32_MAX,
		.fats = f->fats ? f->fats : 2, .serial = f->serial,
		.reserved = f->reserved ? f->reserved : kind == 32 ? 32 : 1 };
	if (kind == 32 && l->reserved < FAT_BACKUP_SECTOR + 2)
		l->reserved = FAT_BACKUP_SECTOR + 2;
	if (kind != 32)
		l->root_slots = f->root_slots ? f->root_slots : 512;
	l->root_sectors = round_up((uint64_t)l->root_slots * FAT_SLOT, size);
	return choose_cluster(l, bytes, f->cluster_size);
}

/* What comes at another place on FAT32. */
static void
boot_end(const struct fat_layout *l, uint8_t *to)
{
	to[0] = 0x80;				/* BS_DrvNum. */
	to[2] = 0x29;				/* The three fields that follow count. */
	put_le32(to + 3, l->serial);
	memcpy(to + 7, l->label[0] == ' ' ? "NO NAME    " : (const char *)l->label, FAT_LABEL);
	memcpy(to + 18, l->kind == FAT12 ? "FAT12   " : l->kind == FAT16 ? "FAT16   " :
	       "FAT32   ", 8);
	memcpy(to + 26, "\xcd\x18\xf4\xeb\xfd", 5);	/* Code: no, I can't be booted. */
}

void
fat_layout_boot(const struct fat_layout *l, uint8_t *to)
{
	bool small = l->kind != FAT32 && l->total < 0x10000;

	memset(to, 0, FAT_BOOT);
	memcpy(to, l->kind == FAT32 ? "\xeb\x58\x90MSWIN4.1" : "\xeb\x3c\x90MSWIN4.1", 11);
	put_le16(to + 11, (uint16_t)l->sector_size);
	to[13] = (uint8_t)l->per_cluster;
	put_le16(to + 14, (uint16_t)l->reserved);
	to[16] = (uint8_t)l->fats;
	put_le16(to + 17, (uint16_t)l->root_slots);
	put_le16(to + 19, small ? (uint16_t)l->total : 0);
	to[21] = 0xf8;
	put_le16(to + 22, l->kind == FAT32 ? 0 : (uint16_t)l->fat_sectors);
	put_le16(to + 24, 63);			/* A geometry that nobody uses any more. */
	put_le16(to + 26, 255);
	put_le32(to + 32, small ? 0 : l->total);
	if (l->kind == FAT32) {
		put_le32(to + 36, l->fat_sectors);
		put_le32(to + 44, FAT_FIRST);
		put_le16(to + 48, FAT_INFO_SECTOR);
		put_le16(to + 50, FAT_BACKUP_SECTOR);
	}
	boot_end(l, to + (l->kind == FAT32 ? 64 : 36));
	put_le16(to + 510, 0xaa55);
}

void
fat_layout_info(const struct fat_layout *l, uint8_t *to)
{
	memset(to, 0, FAT_BOOT);
	put_le32(to, 0x41615252);
	put_le32(to + 484, 0x61417272);
	put_le32(to + 488, l->clusters - 1);	/* The root has one. */
	put_le32(to + 492, FAT_FIRST + 1);
	put_le32(to + 508, 0xaa550000);
}

uint32_t
fat_layout_head(const struct fat_layout *l, uint8_t to[12])
{
	put_le32(to, l->kind == FAT12 ? 0xfffff8 : l->kind == FAT16 ? 0xfffffff8 : 0x0ffffff8);
	put_le32(to + 4, 0x0fffffff);
	put_le32(to + 8, 0x0fffffff);
	return l->kind == FAT12 ? 3 : l->kind == FAT16 ? 4 : 12;
}
