/* SPDX-License-Identifier: ISC */
/* fs/fat/bpb: what a boot sector may say, and what it is taken for. */
#include "fs/fat/bpb.h"
#include "lib/le.h"
#include "mir/err.h"
#include "test/unit/harness.h"

/* A floppy disk of 1440 KiB, as every system formats it. */
static void
floppy(uint8_t *b)
{
	memset(b, 0, FAT_BOOT);
	put_le16(b + 11, 512);
	b[13] = 1;
	put_le16(b + 14, 1);
	b[16] = 2;
	put_le16(b + 17, 224);
	put_le16(b + 19, 2880);
	b[21] = 0xf0;
	put_le16(b + 22, 9);
}

static void
big(uint8_t *b, uint32_t sectors, uint32_t fat_sectors)
{
	floppy(b);
	put_le16(b + 14, 32);
	put_le16(b + 17, 0);
	put_le16(b + 19, 0);
	b[21] = 0xf8;
	put_le16(b + 22, 0);
	put_le32(b + 32, sectors);
	put_le32(b + 36, fat_sectors);
	put_le32(b + 44, 2);
	put_le16(b + 48, 1);
	put_le16(b + 50, 6);
}

TEST(a_floppy_is_fat12)
{
	struct fat_geometry g;
	uint8_t b[FAT_BOOT];

	floppy(b);
	CHECK_EQ(fat_bpb_parse(b, &g), MIR_OK);
	CHECK_EQ(g.kind, FAT12);
	CHECK_EQ(g.clusters, 2847);
	CHECK_EQ(g.root_at, 19 * 512);
	CHECK_EQ(g.data_at, 33 * 512);
}

TEST(the_kind_goes_by_the_number_of_clusters)
{
	struct fat_geometry g;
	uint8_t b[FAT_BOOT];

	floppy(b);
	put_le16(b + 22, 20);
	for (uint32_t clusters = 4084; clusters <= 4085; clusters++) {
		put_le16(b + 19, (uint16_t)(1 + 2 * 20 + 14 + clusters));
		CHECK_EQ(fat_bpb_parse(b, &g), MIR_OK);
		CHECK_EQ(g.kind, clusters == 4084 ? FAT12 : FAT16);
		CHECK_EQ(g.clusters, clusters);
	}
	big(b, 200000, 1500);
	CHECK_EQ(fat_bpb_parse(b, &g), MIR_OK);
	CHECK_EQ(g.kind, FAT32);
	CHECK_EQ(g.info_at, 512);
	CHECK_EQ(g.backup_at, 6 * 512);
}

TEST(no_cluster_is_beyond_the_fat)
{
	struct fat_geometry g;
	uint8_t b[FAT_BOOT];

	big(b, 200000, 1);
	CHECK_EQ(fat_bpb_parse(b, &g), MIR_OK);
	CHECK_EQ(g.clusters, 126);
}

TEST(what_can_not_be_is_refused)
{
	static const struct { const char *why; uint8_t at, value, value2; } cases[] = {
		{ "sectors of 0", 11, 0, 0 }, { "of 256", 11, 0, 1 }, { "of 8192", 11, 0, 32 },
		{ "of 513", 11, 1, 2 }, { "no sectors a cluster", 13, 0, 32 },
		{ "three", 13, 3, 32 }, { "nothing reserved", 14, 0, 0 },
		{ "no FAT", 16, 0, 0 }, { "a root of fixed size", 17, 16, 0 },
		{ "a medium that is none", 21, 0xf1, 0 }, { "a version", 42, 0, 1 },
		{ "root at 0", 44, 0, 0 }, { "root at 1", 44, 1, 0 }, { "a FAT too far", 40, 0x82, 0 },
		{ "all is reserved", 14, 0xff, 0xff },
	};
	struct fat_geometry g;
	uint8_t b[FAT_BOOT];

	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		big(b, 60000, 400);
		b[cases[i].at] = cases[i].value;
		b[cases[i].at + 1] = cases[i].value2;
		CHECK_MSG(fat_bpb_parse(b, &g) == MIR_EPROTO, "%s", cases[i].why);
	}
	memset(b, 0, sizeof b);
	CHECK_EQ(fat_bpb_parse(b, &g), MIR_EPROTO);
	memset(b, 0xff, sizeof b);
	CHECK_EQ(fat_bpb_parse(b, &g), MIR_EPROTO);
}
