/* SPDX-License-Identifier: ISC */
/* sources: drivers/blkfront/rsp_check.c drivers/blkfront/number.c */
/* blkfront: what a response may say, and what the numbers of vbds mean. */
#include "drivers/blkfront/blkfront.h"
#include "mir/err.h"
#include "test/unit/harness.h"

static const struct { const char *why; struct blkif_response r; int want; } cases[] = {
	{ "a read", { 0, BLKIF_OP_READ, BLKIF_RSP_OKAY }, MIR_OK },
	{ "a read that failed", { 0, BLKIF_OP_READ, BLKIF_RSP_ERROR }, MIR_EIO },
	{ "an error of its own", { 0, BLKIF_OP_READ, -5 }, MIR_EIO },
	{ "what it can't do", { 3, BLKIF_OP_FLUSH_DISKCACHE, BLKIF_RSP_EOPNOTSUPP }, MIR_ENOSYS },
	{ "an indirect write", { 1, BLKIF_OP_WRITE, BLKIF_RSP_OKAY }, MIR_OK },
	{ "an indirect write by that name", { 1, BLKIF_OP_INDIRECT, BLKIF_RSP_OKAY }, MIR_OK },
	{ "a direct one by that name", { 0, BLKIF_OP_INDIRECT, BLKIF_RSP_OKAY }, MIR_EPROTO },
	{ "another operation", { 0, BLKIF_OP_WRITE, BLKIF_RSP_OKAY }, MIR_EPROTO },
	{ "not in flight", { 2, BLKIF_OP_READ, BLKIF_RSP_OKAY }, MIR_EPROTO },
	{ "behind the last", { 4, BLKIF_OP_READ, BLKIF_RSP_OKAY }, MIR_EPROTO },
	{ "far behind", { UINT64_MAX, BLKIF_OP_READ, BLKIF_RSP_OKAY }, MIR_EPROTO },
	{ "32 bits of it right", { 1ull << 32, BLKIF_OP_READ, BLKIF_RSP_OKAY }, MIR_EPROTO },
	{ "better than well", { 0, BLKIF_OP_READ, 1 }, MIR_EPROTO },
};

TEST(responses)
{
	static const struct blk_op ops[4] = {
		{ .sent = { true, false, BLKIF_OP_READ } },
		{ .sent = { true, true, BLKIF_OP_WRITE } },
		{ .sent = { false, false, BLKIF_OP_READ } },
		{ .sent = { true, false, BLKIF_OP_FLUSH_DISKCACHE } },
	};
	unsigned id;

	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		CHECK_MSG(rsp_check(&cases[i].r, &ops[0].sent, sizeof *ops, 4, &id) ==
			  cases[i].want, "%s", cases[i].why);
		if (cases[i].want != MIR_EPROTO)
			CHECK_EQ(id, cases[i].r.id);
	}
}

TEST(responses_are_no_more_than_requests)
{
	CHECK_EQ(rsp_count(5, 5, 5), 0);
	CHECK_EQ(rsp_count(7, 5, 9), 2);
	CHECK_EQ(rsp_count(9, 5, 9), 4);
	CHECK_EQ(rsp_count(10, 5, 9), MIR_EPROTO);
	CHECK_EQ(rsp_count(4, 5, 9), MIR_EPROTO);
	CHECK_EQ(rsp_count(2, UINT32_MAX - 1, 3), 4);
	CHECK_EQ(rsp_count(4, UINT32_MAX - 1, 3), MIR_EPROTO);
}

TEST(numbers_of_disks)
{
	static const struct { unsigned id, want; } ids[] = {
		{ 51712, 0 }, { 51728, 1 }, { 51713, 0 }, { 51712 + 15 * 16, 15 },
		{ 1 << 28 | 26 << 8, 26 }, { 768, 0 }, { 832, 1 }, { 5632, 2 }, { 2048, 0 },
		{ 2064, 1 },
	};

	for (unsigned i = 0; i < sizeof ids / sizeof *ids; i++)
		CHECK_EQ(blkfront_number(ids[i].id), ids[i].want);
}
