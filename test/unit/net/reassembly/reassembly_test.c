/* SPDX-License-Identifier: ISC */
/* Reassembly: any order, bounds, overlaps, time. */
#include "mir/stats.h"
#include "net/reassembly/reassembly.h"
#include "test/unit/harness.h"

#define HEADER	20u
#define SIZE	4000u			/* Bytes of a datagram's data. */
#define STEP	800u			/* Of a fragment's. */

static struct reassembly r;
static uint8_t data[SIZE];

static struct reassembly_key
key_of(uint32_t id)
{
	return (struct reassembly_key){ .src = mir_addr_from_ipv4(0x0a000001),
		.dst = mir_addr_from_ipv4(0x0a000002), .id = id, .proto = 17 };
}

/* Bytes [at, at + len) of datagram 'id', as a fragment. */
static struct mir_buf *
give(mir_ns now, uint32_t id, uint32_t at, uint32_t len, bool more)
{
	struct reassembly_key key = key_of(id);
	struct reassembly_fragment f = { (uint16_t)at, HEADER, more };
	struct mir_buf *b = mir_buf_alloc(0, HEADER + len);

	memset(b->data, at == 0 ? 'h' : 'x', HEADER);
	memcpy(b->data + HEADER, data + (at + len <= SIZE ? at : 0), len);
	return reassembly_input(&r, now, &key, &f, b);
}

static struct mir_buf *
give_step(uint32_t id, unsigned n)
{
	return give(0, id, n * STEP, STEP, (n + 1) * STEP < SIZE);
}

static void
prepare(void)
{
	for (unsigned i = 0; i < SIZE; i++)
		data[i] = (uint8_t)test_random();
}

static void
check_whole(struct mir_buf *b)
{
	uint8_t got[HEADER + SIZE];

	if (!CHECK(b))
		return;
	CHECK_EQ(mir_buf_len(b), sizeof got);
	mir_buf_copy_out(b, 0, got, sizeof got);
	for (unsigned i = 0; i < HEADER; i++)
		CHECK_EQ(got[i], 'h');
	CHECK_MEM(got + HEADER, data, SIZE);
	mir_buf_free(b);
}

static uint64_t dropped;

static void
add_dropped(void *ctx, const char *name, uint64_t value)
{
	(void)ctx;
	if (strncmp(name, "reassembly_drop_", 16) == 0 || strcmp(name, "reassembly_joined") == 0)
		dropped += value;
}

/* Fragments that were joined or dropped, ever. */
static uint64_t
done(void)
{
	dropped = 0;
	mir_counters_each(add_dropped, NULL);
	return dropped;
}

TEST(pieces_in_any_order_are_joined)
{
	prepare();
	for (unsigned round = 0; round < 120; round++) {
		unsigned left = SIZE / STEP, order[SIZE / STEP], n;
		struct mir_buf *whole = NULL;

		for (unsigned i = 0; i < left; i++)
			order[i] = i;
		while (left) {
			n = (unsigned)(test_random() % left);
			CHECK(!whole);
			whole = give_step(round, order[n]);
			order[n] = order[--left];
		}
		check_whole(whole);
	}
	CHECK_EQ(r.count, 0);
	CHECK_EQ(r.held, 0);
}

TEST(an_overlap_ends_the_datagram)
{
	uint64_t before = done();

	prepare();
	CHECK(!give(0, 1, 0, 800, true));
	CHECK(!give(0, 1, 792, 800, true));
	CHECK_EQ(r.count, 0);
	CHECK_EQ(done() - before, 2);
	CHECK(!give(0, 1, 1600, 800, true));
	CHECK(!give(0, 1, 0, 2400, false));	/* Around what is there. */
	CHECK_EQ(r.count, 0);
	CHECK(!give(0, 1, 1600, 800, true));
	CHECK(!give(0, 1, 0, 800, false));	/* The end before what is there. */
	CHECK_EQ(r.count, 0);
	CHECK_EQ(r.held, 0);
}

TEST(a_repeated_fragment_does_no_harm)
{
	prepare();
	CHECK(!give_step(7, 0));
	CHECK(!give_step(7, 0));
	for (unsigned i = 1; i < SIZE / STEP - 1; i++)
		CHECK(!give_step(7, i));
	check_whole(give_step(7, SIZE / STEP - 1));
}

TEST(impossible_fragments_are_refused)
{
	static const struct { uint32_t at, len; bool more; } bad[] = {
		{ 0, 799, true }, { 65528, 800, true }, { 65528, 8, false }, { 800, 0, false },
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		CHECK(!give(0, 1, bad[i].at, bad[i].len, bad[i].more));
		CHECK_EQ(r.count, 0);
	}
	CHECK(!give(0, 2, 1600, 800, false));
	CHECK(!give(0, 2, 2400, 800, true));	/* Behind the end. */
	CHECK_EQ(r.count, 0);
}

TEST(the_oldest_gives_way)
{
	uint64_t before = done();
	unsigned n = REASSEMBLY_DATAGRAMS + 5;

	prepare();
	for (unsigned i = 0; i < n; i++)
		CHECK(!give_step(i, 0));
	CHECK_EQ(r.count, REASSEMBLY_DATAGRAMS);
	CHECK_EQ(done() - before, 5);
	for (unsigned i = 1; i < SIZE / STEP - 1; i++)
		CHECK(!give_step(n - 1, i));
	check_whole(give_step(n - 1, SIZE / STEP - 1));
	reassembly_clear(&r);
}

TEST(many_small_fragments_are_bounded)
{
	prepare();
	for (unsigned i = 0; i < REASSEMBLY_FRAGMENTS; i++)
		CHECK(!give(0, 1, i * 16, 8, true));
	CHECK_EQ(r.count, 1);
	CHECK(!give(0, 1, REASSEMBLY_FRAGMENTS * 16, 8, true));
	CHECK_EQ(r.count, 0);
}

TEST(what_holds_much_memory_is_bounded)
{
	prepare();
	for (unsigned d = 0; d < REASSEMBLY_DATAGRAMS; d++)
		for (unsigned i = 0; i < 40; i++)
			CHECK(!give(0, d, i * 1600, 1480, true));
	CHECK(r.held <= REASSEMBLY_BYTES);
	CHECK(r.count > 1);
	reassembly_clear(&r);
	CHECK_EQ(r.held, 0);
}

TEST(what_does_not_get_whole_is_given_up)
{
	prepare();
	CHECK_EQ(reassembly_deadline(&r), MIR_NEVER);
	CHECK(!give(MIR_SEC(1), 1, 0, 800, true));
	CHECK(!give(MIR_SEC(20), 2, 0, 800, true));
	CHECK_EQ(reassembly_deadline(&r), MIR_SEC(31));
	CHECK(!give(MIR_SEC(30), 1, 800, 800, true));	/* Prolongs nothing. */
	reassembly_poll(&r, MIR_SEC(31));
	CHECK_EQ(r.count, 1);
	reassembly_poll(&r, MIR_SEC(50));
	CHECK_EQ(r.count, 0);
}
