/* SPDX-License-Identifier: ISC */
/* sources: lib/crc32c.c */
/* fs/store/log_format: what is built is parsed, what can't be is refused. */
#include "fs/store/log_format.h"
#include "test/unit/harness.h"

static const struct log_super super = { .id = 0x123456789abcdef0, .sector_size = 512,
					.segment_bytes = 32768, .segments = 100 };

TEST(superblocks)
{
	uint8_t sector[LOG_SUPER];
	struct log_super s;

	log_super_build(&super, sector);
	CHECK(log_super_parse(sector, &s));
	CHECK_MEM(&s, &super, sizeof s);
	for (unsigned bit = 0; bit < 40 * 8; bit++) {
		sector[bit / 8] ^= (uint8_t)(1 << bit % 8);
		CHECK(!log_super_parse(sector, &s));
		sector[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

static const struct {
	const char *why;
	struct log_super s;
} senseless[] = {
	{ "sectors of 1024", { 1, 1024, 65536, 10 } },
	{ "no segment", { 1, 512, 32768, 0 } },
	{ "too many", { 1, 512, 32768, LOG_SEGMENTS + 1 } },
	{ "too small", { 1, 512, 16384, 10 } },
	{ "too small for its sectors", { 1, 4096, 32768, 10 } },
	{ "no power of two", { 1, 512, 33280, 10 } },
	{ "more than places can say", { 1, 512, LOG_SEGMENT_MAX, 4097 } },
};

TEST(senseless_superblocks_are_refused)
{
	uint8_t sector[LOG_SUPER];
	struct log_super s;

	for (unsigned i = 0; i < sizeof senseless / sizeof *senseless; i++) {
		log_super_build(&senseless[i].s, sector);
		CHECK_MSG(!log_super_parse(sector, &s), "%s", senseless[i].why);
	}
}

TEST(a_segment_size_for_each_disk)
{
	static const struct { uint64_t bytes; uint32_t sector, segment; } disks[] = {
		{ 263 << 10, 512, 0 }, { 264 << 10, 512, 32 << 10 }, { 64 << 20, 512, 256 << 10 },
		{ 1ull << 30, 512, 1 << 20 }, { 1ull << 40, 512, 16 << 20 },
		{ 2 << 20, 4096, 0 }, { 3 << 20, 4096, 256 << 10 },
	};
	uint8_t sector[LOG_SUPER];
	struct log_super s, again;

	for (unsigned i = 0; i < sizeof disks / sizeof *disks; i++) {
		bool fits = log_super_for(disks[i].bytes, disks[i].sector, &s);

		CHECK_EQ(fits, disks[i].segment != 0);
		if (!fits)
			continue;
		CHECK_EQ(s.segment_bytes, disks[i].segment);
		CHECK(log_segment_at(&s, s.segments) + LOG_FIRST <= disks[i].bytes);
		log_super_build(&s, sector);
		CHECK(log_super_parse(sector, &again));
	}
}

TEST(records_are_those_of_one_store)
{
	struct log_record r = { .type = LOG_OBJECT, .kind = 3, .size = 100, .data_crc = 5, .seq = 7,
				.place = 300, .before = 9, .id = { { 1, 2, 3 } } }, got;
	struct log_super other = super;
	uint8_t head[LOG_HEAD];

	log_record_build(&super, &r, head);
	CHECK(log_record_parse(&super, head, &got));
	CHECK_MEM(&got, &r, sizeof r);
	other.id++;
	CHECK(!log_record_parse(&other, head, &got));
	for (unsigned bit = 0; bit < LOG_HEAD * 8; bit++) {
		head[bit / 8] ^= (uint8_t)(1 << bit % 8);
		CHECK(!log_record_parse(&super, head, &got));
		head[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	r.kind = 5;
	log_record_build(&super, &r, head);
	CHECK(!log_record_parse(&super, head, &got));
	r = (struct log_record){ .type = LOG_REF, .size = MIR_REF_MAX, .seq = 1 };
	log_record_build(&super, &r, head);
	CHECK(!log_record_parse(&super, head, &got));
}

TEST(footers_and_entries_stay_in_their_segment)
{
	struct log_footer f = { .seq = 3, .count = 10, .end = 32768 - LOG_FOOTER - 10 * LOG_ENTRY,
				.last = 4, .table_crc = 5 }, got;
	struct log_entry e = { .place = log_place_of(LOG_FIRST + 32768 + 64), .size = 100 }, entry;
	uint8_t bytes[LOG_FOOTER], row[LOG_ENTRY];

	log_footer_build(&super, &f, bytes);
	CHECK(log_footer_parse(&super, bytes, &got));
	CHECK_MEM(&got, &f, sizeof f);
	f.end++;
	log_footer_build(&super, &f, bytes);
	CHECK(!log_footer_parse(&super, bytes, &got));
	f = (struct log_footer){ .count = LOG_ENTRIES };	/* Longer than the segment. */
	log_footer_build(&super, &f, bytes);
	CHECK(!log_footer_parse(&super, bytes, &got));
	log_entry_build(&e, row);
	CHECK(log_entry_parse(&super, 1, row, &entry));
	CHECK_MEM(&entry, &e, sizeof e);
	CHECK(!log_entry_parse(&super, 0, row, &entry));
	CHECK(!log_entry_parse(&super, 2, row, &entry));
	e.size = 32768 - 64 - LOG_HEAD + 1;
	log_entry_build(&e, row);
	CHECK(!log_entry_parse(&super, 1, row, &entry));
}
