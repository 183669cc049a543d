/* SPDX-License-Identifier: ISC */
/* The boot sector's parameter block, judged: after this every number in the geometry can be
 * multiplied and added without a care. */
#include <string.h>
#include "fs/fat/bpb.h"
#include "lib/le.h"
#include "mir/err.h"

struct bpb {				/* As it stands there. */
	uint32_t sector_size, per_cluster, reserved, fats, root_slots, sectors, fat_sectors;
	bool fat32;
};

static bool
is_power_of_two(uint32_t n)
{
	return n && (n & (n - 1)) == 0;
}

static void
read_fields(const uint8_t *b, struct bpb *p)
{
	p->sector_size = le16(b + 11);
	p->per_cluster = b[13];
	p->reserved = le16(b + 14);
	p->fats = b[16];
	p->root_slots = le16(b + 17);
	p->sectors = le16(b + 19) ? le16(b + 19) : le32(b + 32);
	p->fat32 = le16(b + 22) == 0;
	p->fat_sectors = p->fat32 ? le32(b + 36) : le16(b + 22);
}

static bool
is_possible(const struct bpb *p, uint8_t media)
{
	return is_power_of_two(p->sector_size) && p->sector_size >= 512 && p->sector_size <= 4096
	    && is_power_of_two(p->per_cluster) && p->reserved && p->fats && p->fat_sectors
	    && p->sectors && (media == 0xf0 || media >= 0xf8)
	    && (p->fat32 ? p->root_slots == 0 : p->root_slots > 0);
}

/* The kind goes by the number of clusters; but a small FAT32, which mkfs.fat makes when it is told
 * to, shows by its fields. */
static enum fat_kind
kind_of(const struct bpb *p, uint64_t clusters)
{
	return p->fat32 ? FAT32 : clusters > FAT12_MOST ? FAT16 : FAT12;
}

static uint32_t
most_clusters(const struct fat_geometry *g)
{
	uint64_t entries = g->fat_size * 8 / (unsigned)g->kind;
	uint32_t most = g->kind == FAT12 ? FAT12_MOST : g->kind == FAT16 ? FAT16_MOST : FAT32_MOST;

	if (entries <= FAT_FIRST)
		return 0;
	return entries - FAT_FIRST < most ? (uint32_t)(entries - FAT_FIRST) : most;
}

/* What only FAT32 has. */
static int
parse_32(const uint8_t *b, const struct bpb *p, struct fat_geometry *g)
{
	uint16_t flags = le16(b + 40), info = le16(b + 48), backup = le16(b + 50);

	if (le16(b + 42))			/* A version that nobody has. */
		return MIR_EPROTO;
	g->root_cluster = le32(b + 44);
	if (g->root_cluster < FAT_FIRST || g->root_cluster - FAT_FIRST >= g->clusters)
		return MIR_EPROTO;
	g->mirrored = !(flags & 0x80);
	g->first_fat = g->mirrored ? 0 : flags & 15;
	if (g->first_fat >= g->fats)
		return MIR_EPROTO;
	if (info && info < p->reserved)
		g->info_at = (uint64_t)info * p->sector_size;
	if (backup && backup < p->reserved)
		g->backup_at = (uint64_t)backup * p->sector_size;
	return MIR_OK;
}

static void
parse_words(const uint8_t *b, struct fat_geometry *g)
{
	const uint8_t *ext = b + (g->kind == FAT32 ? 64 : 36);	/* BS_DrvNum. */

	g->media = b[21];
	g->dirty = ext[1] & 1;
	memset(g->label, ' ', sizeof g->label);
	if (ext[2] == 0x29 || ext[2] == 0x28)
		g->serial = le32(ext + 3);
	if (ext[2] == 0x29)
		memcpy(g->label, ext + 7, sizeof g->label);
}

int
fat_bpb_parse(const uint8_t *b, struct fat_geometry *g)
{
	struct bpb p;
	uint64_t root, clusters;

	read_fields(b, &p);
	if (!is_possible(&p, b[21]))
		return MIR_EPROTO;
	*g = (struct fat_geometry){ .sector_size = p.sector_size, .mirrored = true,
		.cluster_size = p.sector_size * p.per_cluster, .fats = p.fats,
		.fat_at = (uint64_t)p.reserved * p.sector_size,
		.fat_size = (uint64_t)p.fat_sectors * p.sector_size,
		.root_slots = p.root_slots, .size = (uint64_t)p.sectors * p.sector_size };
	g->root_at = g->fat_at + g->fats * g->fat_size;
	root = (uint64_t)p.root_slots * FAT_SLOT + p.sector_size - 1;
	g->data_at = g->root_at + root / p.sector_size * p.sector_size;
	if (g->data_at >= g->size)
		return MIR_EPROTO;
	clusters = (g->size - g->data_at) / g->cluster_size;
	g->kind = kind_of(&p, clusters);
	g->clusters = most_clusters(g);
	if (clusters < g->clusters)
		g->clusters = (uint32_t)clusters;
	if (g->clusters == 0)
		return MIR_EPROTO;
	parse_words(b, g);
	return p.fat32 ? parse_32(b, &p, g) : MIR_OK;
}
