/* SPDX-License-Identifier: ISC */
/* sources: fs/part/scan.c fs/part/mbr.c fs/part/gpt.c */
/* fs/part: tables are read as Linux reads them; of broken ones the copy is taken, or none. */
#include "test/unit/harness.h"
#include "test/unit/fs/part/tables.h"

#define SECTORS 400u

static uint8_t bytes[SECTORS * 4096];
static struct image image;
static struct part_table table;

static void
blank(uint32_t sector_size)
{
	memset(bytes, 0, sizeof bytes);
	image_init(&image, bytes, SECTORS, sector_size);
}

static void
scan(void)
{
	CHECK_EQ(part_scan(&image.source, &table), MIR_OK);
}

static bool
has(unsigned number, uint64_t start, uint64_t count, enum part_kind kind)
{
	const struct part *p = part_choose(&table, number);

	return p && p->start == start && p->count == count && p->kind == kind;
}

TEST(a_disk_without_a_table_has_none)
{
	blank(512);
	scan();
	CHECK_EQ(table.scheme, PART_NONE);
	CHECK(part_choose(&table, 0) == NULL && part_choose(&table, 1) == NULL);
	bytes[510] = 0x55;
	bytes[511] = 0xaa;
	scan();
	CHECK_EQ(table.scheme, PART_NONE);
	image.source.sectors = 0;
	scan();
	CHECK_EQ(table.scheme, PART_NONE);
}

TEST(primary_partitions_keep_their_numbers)
{
	blank(512);
	put_entry(bytes, 1, 0x83, 20, 30);
	put_entry(bytes, 2, 0x82, 50, 10);
	put_entry(bytes, 3, 0x0c, 60, 340);
	scan();
	CHECK_EQ(table.scheme, PART_MBR);
	CHECK_EQ(table.count, 3);
	CHECK(has(2, 20, 30, PART_OTHER) && has(3, 50, 10, PART_SYSTEM) && has(4, 60, 340, PART_FAT));
	CHECK(!part_choose(&table, 1) && !part_choose(&table, 5));
	CHECK_EQ(part_choose(&table, 0)->number, 4);	/* The one that is said to hold FAT. */
	bytes[446 + 48 + 4] = 0x83;
	scan();
	CHECK_EQ(part_choose(&table, 0)->number, 2);
	bytes[446 + 16] = 0x7e;		/* Not a table: code of some loader. */
	scan();
	CHECK_EQ(table.scheme, PART_NONE);
}

TEST(partitions_outside_the_disk_are_refused)
{
	blank(4096);
	put_entry(bytes, 0, 0x0c, 60, 341);
	put_entry(bytes, 1, 0x0c, 0, 10);
	put_entry(bytes, 2, 0x0c, SECTORS, 1);
	put_entry(bytes, 3, 0x0c, UINT32_MAX, UINT32_MAX);
	scan();
	CHECK_EQ(table.scheme, PART_MBR);
	CHECK_EQ(table.count, 0);
	CHECK_EQ(table.refused, 4);
}

TEST(logical_partitions_are_numbered_from_five_on)
{
	for (uint32_t size = 512; size <= 4096; size *= 8) {
		blank(size);
		put_entry(bytes, 0, 0x06, 2, 8);
		put_entry(bytes, 1, 0x05, 100, 300);
		put_entry(bytes + 100 * size, 0, 0x0b, 2, 10);
		put_entry(bytes + 100 * size, 1, 0x05, 50, 100);
		put_entry(bytes + 150 * size, 1, 0x05, 200, 100);	/* One without a partition. */
		put_entry(bytes + 300 * size, 0, 0x83, 1, 99);
		scan();
		CHECK_EQ(table.count, 3);
		CHECK(has(1, 2, 8, PART_FAT) && has(5, 102, 10, PART_FAT) &&
		      has(6, 301, 99, PART_OTHER));
		CHECK_EQ(table.refused, 0);
	}
}

TEST(a_chain_that_goes_back_ends)
{
	blank(512);
	put_entry(bytes, 0, 0x0f, 100, 300);
	put_entry(bytes + 100 * 512, 0, 0x0b, 2, 10);
	put_entry(bytes + 100 * 512, 1, 0x0f, 20, 10);
	put_entry(bytes + 120 * 512, 0, 0x0b, 2, 10);
	put_entry(bytes + 120 * 512, 1, 0x0f, 20, 10);		/* Itself. */
	scan();
	CHECK_EQ(table.count, 2);
	CHECK_EQ(table.refused, 1);
	put_entry(bytes + 120 * 512, 1, 0x0f, 300, 10);		/* Behind the end of all. */
	scan();
	CHECK_EQ(table.count, 2);
	CHECK_EQ(table.refused, 1);
	bytes[100 * 512 + 510] = 0;
	scan();
	CHECK_EQ(table.count, 0);
}

TEST(a_long_chain_ends)
{
	blank(512);
	put_entry(bytes, 0, 0x0f, 1, 399);
	for (unsigned i = 1; i < SECTORS - 1; i++) {
		put_entry(bytes + i * 512, 0, 0x0b, 1, 1);
		put_entry(bytes + i * 512, 1, 0x0f, i, 1);
	}
	scan();
	CHECK(image.reads < 200);
	CHECK_EQ(table.count, PART_MAX);
}

TEST(a_volume_on_the_whole_disk_is_no_table)
{
	static const uint8_t boot[] = { 0xeb, 0x3c, 0x90, 'm', 'k', 'f', 's', '.', 'f', 'a', 't',
					0, 2, 4, 1, 0, 2, 0, 2, 0x90, 1, 0xf8 };

	blank(512);
	put_entry(bytes, 0, 0x0c, 60, 300);
	memcpy(bytes, boot, sizeof boot);
	scan();
	CHECK_EQ(table.scheme, PART_NONE);
	bytes[12] = 16;			/* Of another sector size: not of this disk. */
	scan();
	CHECK_EQ(table.scheme, PART_MBR);
}

static void
make_gpt(uint32_t sector_size, uint32_t entry_size)
{
	blank(sector_size);
	put_entry(bytes, 0, 0xee, 1, SECTORS - 1);
	put_gpt(&image, 1, 2, 8, entry_size);
	put_gpt(&image, SECTORS - 1, SECTORS - 9, 8, entry_size);
	for (int copy = 0; copy < 2; copy++) {
		uint64_t array = copy ? SECTORS - 9 : 2;

		put_gpt_entry(&image, array, 1, entry_size, 1, 10, 19);
		put_gpt_entry(&image, array, 4, entry_size, 0, 20, 390);
		put_gpt_entry(&image, array, 5, entry_size, 0, 20, 391);
		put_gpt_entry(&image, array, 6, entry_size, 0, 9, 30);
		put_gpt_entry(&image, array, 7, entry_size, 0, 31, 30);
		seal_gpt(&image, copy ? SECTORS - 1 : 1, array);
	}
}

static void
check_gpt(const char *why)
{
	scan();
	CHECK_MSG(table.scheme == PART_GPT, "%s", why);
	CHECK_MSG(table.count == 2 && table.refused == 3, "%s", why);
	CHECK_MSG(has(2, 10, 10, PART_OTHER) && has(5, 20, 371, PART_FAT), "%s", why);
	CHECK_MSG(part_choose(&table, 0) && part_choose(&table, 0)->number == 5, "%s", why);
}

TEST(gpt_with_all_sizes_of_entries_and_sectors)
{
	make_gpt(512, 128);
	check_gpt("512, 128");
	make_gpt(512, 512);
	check_gpt("512, 512");
	make_gpt(4096, 128);
	check_gpt("4096, 128");
	make_gpt(4096, 4096);
	check_gpt("4096, 4096");
}

TEST(the_backup_is_used_when_the_primary_is_broken)
{
	static const struct { const char *why; size_t at; } breaks[] = {
		{ "signature", 512 }, { "size", 512 + 12 }, { "checksum", 512 + 16 },
		{ "place", 512 + 24 }, { "reserved, in the checksum", 512 + 20 },
		{ "count", 512 + 80 }, { "array", 1024 + 128 + 40 }, { "unused entry", 1024 },
	};

	for (unsigned i = 0; i < sizeof breaks / sizeof *breaks; i++) {
		make_gpt(512, 128);
		bytes[breaks[i].at] ^= 4;
		check_gpt(breaks[i].why);
	}
	make_gpt(512, 128);
	image.broken = 1;
	check_gpt("can't be read");
	make_gpt(512, 128);
	bytes[512] ^= 1;
	bytes[(SECTORS - 1) * 512] ^= 1;
	scan();
	CHECK_EQ(table.scheme, PART_MBR);	/* And of that only the entry for GPT. */
	CHECK(part_choose(&table, 0) == NULL);
	image.broken = SECTORS - 1;
	CHECK_EQ(part_scan(&image.source, &table), MIR_EIO);
}

TEST(headers_that_are_sound_by_their_checksum_alone_are_refused)
{
	static const struct { const char *why; unsigned at, bytes; uint64_t value; } bad[] = {
		{ "entries of 64 bytes", 84, 4, 64 }, { "entries of 384 bytes", 84, 4, 384 },
		{ "entries beyond a sector", 84, 4, 1024 }, { "too many entries", 80, 4, 1 << 17 },
		{ "array in the header", 72, 8, 1 }, { "array behind the end", 72, 8, SECTORS },
		{ "array over the end", 72, 8, SECTORS - 1 }, { "far away", 72, 8, UINT64_MAX },
		{ "no room", 40, 8, SECTORS },
	};

	for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
		make_gpt(512, 128);
		memset(bytes + (SECTORS - 1) * 512, 0, 512);
		put_le(bytes + 512 + bad[i].at, bad[i].value, bad[i].bytes);
		put_le(bytes + 512 + 16, 0, 4);
		put_le(bytes + 512 + 16, crc32_add(0, bytes + 512, 92), 4);
		scan();
		CHECK_MSG(table.scheme != PART_GPT, "%s", bad[i].why);
	}
}
