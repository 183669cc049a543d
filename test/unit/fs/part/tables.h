/* SPDX-License-Identifier: ISC */
/* test/unit/fs/part/tables.h - partition tables in memory, for tests and fuzzers. */
#ifndef TEST_UNIT_FS_PART_TABLES_H
#define TEST_UNIT_FS_PART_TABLES_H

#include <string.h>
#include "fs/part/table.h"
#include "lib/crc32.h"
#include "mir/err.h"

struct image {
	struct part_source source;	/* First. */
	uint8_t *bytes;
	unsigned reads;
	uint64_t broken;		/* This sector can't be read; 0: all can. */
	uint8_t sector[PART_SECTOR_MAX];
};

static inline int
image_read(struct part_source *s, uint64_t sector, uint8_t *to)
{
	struct image *i = (struct image *)s;

	i->reads++;
	if (sector >= s->sectors || (i->broken && sector == i->broken))
		return MIR_EIO;
	memcpy(to, i->bytes + sector * s->sector_size, s->sector_size);
	return MIR_OK;
}

static inline void
image_init(struct image *i, uint8_t *bytes, uint64_t sectors, uint32_t sector_size)
{
	*i = (struct image){ .source = { sectors, sector_size, image_read, i->sector },
			     .bytes = bytes };
}

static inline void
put_le(uint8_t *p, uint64_t v, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

static inline void
put_entry(uint8_t *sector, unsigned n, uint8_t type, uint32_t start, uint32_t count)
{
	uint8_t *e = sector + 446 + 16 * n;

	e[4] = type;
	put_le(e + 8, start, 4);
	put_le(e + 12, count, 4);
	sector[510] = 0x55;
	sector[511] = 0xaa;
}

/* The checksums of the header in sector 'at', whose array stands at 'array'. */
static inline void
seal_gpt(struct image *i, uint64_t at, uint64_t array)
{
	uint32_t size = i->source.sector_size;
	uint8_t *h = i->bytes + at * size, *a = i->bytes + array * size;
	uint32_t count = h[80] | h[81] << 8, entry = h[84] | h[85] << 8;

	put_le(h + 88, crc32_add(0, a, count * entry), 4);
	put_le(h + 16, 0, 4);
	put_le(h + 16, crc32_add(0, h, 92), 4);
}

/* A header in sector 'at' for 'count' entries. */
static inline void
put_gpt(struct image *i, uint64_t at, uint64_t array, uint32_t count, uint32_t entry_size)
{
	uint8_t *h = i->bytes + at * i->source.sector_size;

	memcpy(h, "EFI PART\0\0\1\0", 12);
	put_le(h + 12, 92, 4);
	put_le(h + 24, at, 8);
	put_le(h + 40, 10, 8);
	put_le(h + 48, i->source.sectors - 10, 8);
	put_le(h + 72, array, 8);
	put_le(h + 80, count, 4);
	put_le(h + 84, entry_size, 4);
}

static inline void
put_gpt_entry(struct image *i, uint64_t array, unsigned n, uint32_t entry_size, uint8_t kind,
	      uint64_t first, uint64_t last)
{
	static const uint8_t basic[] = { 0xa2, 0xa0, 0xd0, 0xeb, 0xe5, 0xb9, 0x33, 0x44,
					 0x87, 0xc0, 0x68, 0xb6, 0xb7, 0x26, 0x99, 0xc7 };
	uint8_t *e = i->bytes + array * i->source.sector_size + n * entry_size;

	memcpy(e, basic, sizeof basic);
	e[15] ^= kind;
	put_le(e + 32, first, 8);
	put_le(e + 40, last, 8);
}

#endif
