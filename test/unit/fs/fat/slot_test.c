/* SPDX-License-Identifier: ISC */
/* sources: fs/fat/longname.c */
/* fs/fat/slot, longname: times, entries and long names there and back; what is not sound is not
 * taken. */
#include "fs/fat/slot.h"
#include "test/unit/harness.h"

TEST(times_go_there_and_back_and_stay_in_their_century)
{
	static const struct { uint64_t in, out; } times[] = {
		{ 0, 315532800 }, { 315532800, 315532800 }, { 951782400, 951782400 },
		{ 951868799, 951868798 }, { 1709164800, 1709164800 }, { 4107542399, 4107542398 },
		{ 4354819199, 4354819198 }, { 1ull << 40, 4354819198 }, { 1700000000, 1700000000 },
	};

	for (unsigned i = 0; i < sizeof times / sizeof *times; i++)
		CHECK_EQ(fat_time_get(fat_time_put(times[i].in)), times[i].out);
	CHECK_EQ(fat_time_put(1700000000), (43u << 9 | 11 << 5 | 14) << 16 | 22 << 11 | 13 << 5 | 10);
	CHECK_EQ(fat_time_get(0), 0);
	CHECK_EQ(fat_time_get(0xffffffff), 0);
}

TEST(an_entry_goes_there_and_back)
{
	struct fat_slot s = { .name = "\xe5" "BCDEFGHTXT", .attributes = 0x21, .lower = 8,
		.start = 0x123456, .size = 0xfedcba98, .mtime = 0x12345678, .btime = 0x9abcdef0 }, t;
	uint8_t raw[FAT_SLOT];

	fat_slot_build(raw, FAT32, &s);
	CHECK_EQ(raw[0], 5);
	fat_slot_parse(raw, FAT32, &t);
	CHECK_MEM(&t, &s, sizeof s);
	fat_slot_build(raw, FAT16, &s);
	fat_slot_parse(raw, FAT16, &t);
	CHECK_EQ(t.start, 0x3456);
}

/* The slots of a name of 'len' units, in the order in which they stand. */
static unsigned
build(uint8_t raw[][FAT_SLOT], const uint16_t *name, unsigned len, uint8_t sum)
{
	unsigned slots = (len + FAT_LONG_UNITS - 1) / FAT_LONG_UNITS;

	for (unsigned i = 0; i < slots; i++)
		fat_long_build(raw[i], slots - i, name, len, sum);
	return slots;
}

TEST(long_names_of_every_length_come_back)
{
	uint8_t raw[FAT_LONG_SLOTS][FAT_SLOT], alias[] = "ABCDEF~1TXT";
	uint16_t name[FAT_NAME_UNITS];
	struct fat_long l;
	unsigned slots;

	for (unsigned i = 0; i < FAT_NAME_UNITS; i++)
		name[i] = (uint16_t)(0x400 + i);
	for (unsigned len = 1; len <= FAT_NAME_UNITS; len++) {
		l = (struct fat_long){ .slots = 0 };
		slots = build(raw, name, len, fat_short_sum(alias));
		for (unsigned i = 0; i < slots; i++) {
			CHECK(!fat_long_is_for(&l, alias));
			CHECK(fat_long_add(&l, raw[i]));
		}
		CHECK(fat_long_is_for(&l, alias));
		CHECK_EQ(l.len, len);
		CHECK_MEM(l.name, name, len * 2);
		CHECK(!fat_long_is_for(&l, (const uint8_t *)"ABCDEF~2TXT"));
	}
}

TEST(long_names_that_are_not_whole_are_not_taken)
{
	static const struct { const char *why; uint8_t slot, byte, value; } cases[] = {
		{ "order 0", 0, 0, 0x40 }, { "order 21", 0, 0, 0x55 }, { "deleted", 0, 0, 0xc3 },
		{ "one is missing", 1, 0, 1 }, { "twice the same", 1, 0, 3 },
		{ "another sum", 1, 13, 9 }, { "a type", 1, 12, 1 }, { "a cluster", 1, 26, 1 },
		{ "an end in the middle", 1, 1, 0 }, { "letters behind the end", 0, 30, 0 },
	};
	uint8_t raw[3][FAT_SLOT];
	uint16_t name[30];
	struct fat_long l;
	bool fits;

	for (unsigned i = 0; i < 30; i++)
		name[i] = 'a';
	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		build(raw, name, 30, 7);
		raw[cases[i].slot][cases[i].byte] = cases[i].value;
		l = (struct fat_long){ .slots = 0 };
		fits = true;
		for (unsigned j = 0; j < 3; j++)
			fits &= fat_long_add(&l, raw[j]);
		CHECK_MSG(!fits, "%s", cases[i].why);
	}
}
