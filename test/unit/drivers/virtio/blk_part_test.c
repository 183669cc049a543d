/* SPDX-License-Identifier: ISC */
/* What a virtio block device says of itself and of what it did, and requests cut to its measure. */
#include <stdalign.h>
#include "drivers/virtio/blk.h"
#include "mir/err.h"
#include "test/unit/harness.h"

#define ALL	(VIRTIO_BLK_F_SIZE_MAX | VIRTIO_BLK_F_SEG_MAX | VIRTIO_BLK_F_BLK_SIZE | \
		 VIRTIO_BLK_F_TOPOLOGY | VIRTIO_BLK_F_DISCARD | VIRTIO_BLK_F_FLUSH)

static const struct {
	const char *why;
	struct virtio_blk_config c;
	uint64_t features;
	int want;
	struct virtio_blk_rules rules;
} configs[] = {
	{ "only a size", { .capacity = 77, .blk_size = 3, .size_max = 1, .discard_max = 9 }, 0,
	  MIR_OK, { .sectors = 77, .sector_size = 512, .physical_size = 512, .segments = 16,
		    .segment_bytes = 1 << 20 } },
	{ "all it can have", { 1007, 70000, 5, 4096, 99, 16, 1 }, ALL, MIR_OK,
	  { 125, 4096, 8192, 5, 69632, 96, 2, true, false } },
	{ "sectors of 2048 bytes", { 1007, 4096, 99, 2048, 0, 0, 0 }, ALL, MIR_OK,
	  { 125, 4096, 4096, 16, 4096, 0, 0, true, false } },
	{ "no segments", { 8, 512, 0, 512, 0, 0, 99 }, ALL, MIR_OK,
	  { 8, 512, 512, 16, 512, 0, 0, true, false } },
	{ "read-only", { .capacity = UINT64_MAX }, VIRTIO_BLK_F_RO, MIR_OK,
	  { UINT64_MAX, 512, 512, 16, 1 << 20, 0, 0, false, true } },
	{ "no sector size", { 8, 4096, 1, 0, 0, 0, 0 }, ALL, MIR_EPROTO, { 0 } },
	{ "not a power of two", { 8, 4096, 1, 520, 0, 0, 0 }, ALL, MIR_EPROTO, { 0 } },
	{ "less than 512", { 8, 4096, 1, 256, 0, 0, 0 }, ALL, MIR_EPROTO, { 0 } },
	{ "larger than a page", { 8, 65536, 1, 8192, 0, 0, 0 }, ALL, MIR_ENOSYS, { 0 } },
	{ "segments of less than a sector", { 8, 4095, 1, 4096, 0, 0, 0 }, ALL, MIR_EPROTO, { 0 } },
};

TEST(configurations)
{
	for (unsigned i = 0; i < sizeof configs / sizeof *configs; i++) {
		struct virtio_blk_rules r = { 0 };
		const struct virtio_blk_rules *want = &configs[i].rules;

		CHECK_MSG(virtio_blk_config_check(&configs[i].c, configs[i].features, &r) ==
			  configs[i].want, "%s", configs[i].why);
		CHECK_MSG(r.sectors == want->sectors && r.sector_size == want->sector_size &&
			  r.physical_size == want->physical_size && r.segments == want->segments &&
			  r.segment_bytes == want->segment_bytes && r.flush == want->flush &&
			  r.discard_max == want->discard_max && r.read_only == want->read_only &&
			  r.discard_unit == want->discard_unit, "%s", configs[i].why);
	}
}

static const struct {
	const char *why;
	uint8_t status;
	uint32_t written, data;
	int want;
} answers[] = {
	{ "a write", 0, 1, 0, MIR_OK },
	{ "a read", 0, 4097, 4096, MIR_OK },
	{ "a read that is short", 0, 4096, 4096, MIR_EPROTO },
	{ "a write without a status", 0, 0, 0, MIR_EPROTO },
	{ "it failed", 1, 1, 4096, MIR_EIO },
	{ "not known there", 2, 1, 0, MIR_ENOSYS },
	{ "no such status", 3, 1, 0, MIR_EPROTO },
	{ "the status that was there before", 255, 4097, 4096, MIR_EPROTO },
};

TEST(judged_answers)
{
	for (unsigned i = 0; i < sizeof answers / sizeof *answers; i++)
		CHECK_MSG(virtio_blk_answer_check(answers[i].status, answers[i].written,
						  answers[i].data) == answers[i].want, "%s",
			  answers[i].why);
}

/* Each part's bytes, and the request's memory in order: no byte is left out, none is done twice. */
TEST(a_request_in_parts)
{
	static alignas(512) uint8_t memory[16 * 4096];
	struct virtio_blk_rules r = { .sector_size = 512, .segments = 3, .segment_bytes = 1024,
		.flush = true };
	struct mir_block_request q = { .op = MIR_BLOCK_WRITE, .durable = true, .sector = 100,
		.count = 13, .pieces = { { memory, 512 }, { memory + 512, 5632 },
			{ memory + 6144, 512 } }, .piece_count = 3 };
	struct virtio_blk_slot s = { .request = &q };
	struct virtq_piece p[VIRTIO_BLK_PIECES];
	static const uint32_t want[] = { 2560, 3072, 1024, 0 };
	const uint8_t *at = memory;
	unsigned out, in, parts = 0;

	s.at = virtio_blk_begin(&r, &q);
	for (; s.at.left || s.at.flush; parts++) {
		uint32_t bytes = 0;

		s.at = virtio_blk_part(&r, &s, p, &out, &in);
		if (!CHECK(parts < 4) || !CHECK(in == 1 && out <= 4))
			return;
		for (unsigned i = 1; i < out; bytes += p[i++].len) {
			CHECK(p[i].data == at + bytes);
			CHECK(p[i].len <= 1024);
		}
		CHECK_EQ(bytes, want[parts]);
		CHECK_EQ(s.header.type, parts < 3 ? VIRTIO_BLK_OUT : VIRTIO_BLK_FLUSH);
		CHECK_EQ(s.header.unit, parts < 3 ? 100 + (at - memory) / 512 : 0);
		at += bytes;
	}
	CHECK_EQ(parts, 4);
	CHECK(at == memory + 13 * 512);
}

TEST(a_discard_in_parts)
{
	struct virtio_blk_rules r = { .sector_size = 4096, .discard_max = 24 };
	struct mir_block_request q = { .op = MIR_BLOCK_DISCARD, .sector = 5, .count = 7 };
	struct virtio_blk_slot s = { .request = &q };
	struct virtq_piece p[VIRTIO_BLK_PIECES];
	static const uint32_t want[][2] = { { 40, 24 }, { 64, 24 }, { 88, 8 } };
	unsigned out, in, parts = 0;

	s.at = virtio_blk_begin(&r, &q);
	for (; s.at.left && CHECK(parts < 3); parts++) {
		s.at = virtio_blk_part(&r, &s, p, &out, &in);
		CHECK(out == 2 && in == 1 && p[1].data == &s.range && p[1].len == 16);
		CHECK_EQ(s.header.type, VIRTIO_BLK_DISCARD);
		CHECK_EQ(s.range.unit, want[parts][0]);
		CHECK_EQ(s.range.count, want[parts][1]);
	}
	CHECK_EQ(parts, 3);
}
