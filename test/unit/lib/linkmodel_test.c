/* SPDX-License-Identifier: ISC */
/* lib/linkmodel: each fault by itself, chances near what was asked, same seed same run. */
#include "lib/bytes.h"
#include "lib/linkmodel.h"
#include "test/unit/harness.h"

#define FRAMES 10000

static struct linkmodel link;

static void
start(const struct linkmodel_settings *s)
{
	linkmodel_init(&link, 1, s);
}

static struct linkmodel_verdict
ask(size_t len, mir_ns now)
{
	return linkmodel_frame(&link, 0, len, false, now);
}

/* How many of FRAMES met a fate. */
static uint64_t
tally(const struct linkmodel_settings *s, enum linkmodel_fate fate, bool pure_ack)
{
	start(s);
	for (unsigned i = 0; i < FRAMES; i++)
		linkmodel_frame(&link, 0, 1000, pure_ack, MIR_MS(i));
	return link.count[fate];
}

TEST(linkmodel_perfect)
{
	struct linkmodel_verdict v;

	start(NULL);
	for (unsigned i = 0; i < FRAMES; i++) {
		v = ask(1514, i);
		CHECK(v.fate == LINKMODEL_DELIVERED && v.copies == 1 && v.copy[0].when == i
		      && !v.copy[0].corrupt_mask && !v.copy[0].trailing);
	}
}

TEST(linkmodel_chances)
{
	uint64_t lost = tally(&(struct linkmodel_settings){ .loss = 50 }, LINKMODEL_LOST, false);

	CHECK_MSG(lost > 400 && lost < 600, "%llu of 10000 lost at 5 %%", (unsigned long long)lost);
	CHECK_EQ(tally(&(struct linkmodel_settings){ .loss = 1000 }, LINKMODEL_LOST, false), FRAMES);
	tally(&(struct linkmodel_settings){ .duplicate = 100, .corrupt = 100, .reorder = 100,
					    .trailing = 100 }, LINKMODEL_LOST, false);
	CHECK(link.duplicated > 900 && link.duplicated < 1100);
	CHECK(link.corrupted > 990 && link.corrupted < 1210);	/* Of 11000 copies. */
	CHECK(link.reordered > 990 && link.reordered < 1210);
	CHECK(link.extended > 990 && link.extended < 1210);
}

TEST(linkmodel_only_pure_acks)
{
	static const struct linkmodel_settings s = { .ack_loss = 500 };
	uint64_t lost = tally(&s, LINKMODEL_ACK_LOST, true);

	CHECK(lost > 4800 && lost < 5200);
	CHECK_EQ(tally(&s, LINKMODEL_ACK_LOST, false), 0);
}

TEST(linkmodel_delay_and_jitter_keep_the_order)
{
	mir_ns last = 0;
	struct linkmodel_verdict v;

	start(&(struct linkmodel_settings){ .delay = MIR_MS(20), .jitter = MIR_MS(5) });
	for (unsigned i = 0; i < FRAMES; i++) {
		v = ask(100, MIR_MS(i));
		CHECK(v.copy[0].when >= MIR_MS(i + 20) && v.copy[0].when >= last);
		CHECK(v.copy[0].when < MIR_MS(i + 25));
		last = v.copy[0].when;
	}
}

TEST(linkmodel_reorder_holds_back)
{
	static const struct { mir_ns delay, by, want; } cases[] = {
		{ 0, 0, MIR_MS(1) }, { MIR_MS(20), 0, MIR_MS(30) }, { MIR_MS(20), 7, MIR_MS(20) + 7 },
	};

	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		start(&(struct linkmodel_settings){ .reorder = 1000, .delay = cases[i].delay,
						    .reorder_by = cases[i].by });
		CHECK_EQ(ask(100, 0).copy[0].when, cases[i].want);
		link.settings[0].reorder = 0;
		CHECK_EQ(ask(100, 0).copy[0].when, cases[i].delay);	/* Overtakes. */
	}
}

TEST(linkmodel_rate_and_queue)
{
	struct linkmodel_verdict v;

	start(&(struct linkmodel_settings){ .rate = 1000000, .queue = 2500 });
	CHECK_EQ(ask(1000, 0).copy[0].when, MIR_MS(1));
	CHECK_EQ(ask(1000, 0).copy[0].when, MIR_MS(2));
	CHECK_EQ(ask(1000, 0).copy[0].when, MIR_MS(3));
	CHECK_EQ(ask(1000, 0).fate, LINKMODEL_QUEUE_FULL);
	CHECK_EQ(linkmodel_frame(&link, 1, 1000, false, 0).copy[0].when, MIR_MS(1));
	v = ask(1000, MIR_MS(1));
	CHECK_EQ(v.copy[0].when, MIR_MS(4));
	CHECK_EQ(ask(1000, MIR_SEC(1)).copy[0].when, MIR_MS(1001));
}

TEST(linkmodel_mtu)
{
	start(&(struct linkmodel_settings){ .mtu = 1400 });
	CHECK_EQ(ask(1414, 0).fate, LINKMODEL_DELIVERED);
	CHECK_EQ(ask(1415, 0).fate, LINKMODEL_TOO_LARGE);
}

TEST(linkmodel_stall_after_bytes)
{
	start(&(struct linkmodel_settings){ .stall_after = 2000, .stall_for = MIR_SEC(1) });
	CHECK_EQ(ask(1000, 0).fate, LINKMODEL_DELIVERED);
	CHECK_EQ(ask(1000, 0).fate, LINKMODEL_DELIVERED);
	CHECK_EQ(ask(1000, MIR_SEC(1)).fate, LINKMODEL_STALLED);
	CHECK_EQ(ask(1000, MIR_SEC(2) - 1).fate, LINKMODEL_STALLED);
	CHECK_EQ(ask(1000, MIR_SEC(2)).fate, LINKMODEL_DELIVERED);
	start(&(struct linkmodel_settings){ .stall_after = 1 });
	CHECK_EQ(ask(1000, 0).fate, LINKMODEL_DELIVERED);
	CHECK_EQ(ask(1000, MIR_NEVER - 1).fate, LINKMODEL_STALLED);
	CHECK_EQ(linkmodel_frame(&link, 1, 1000, false, 0).fate, LINKMODEL_DELIVERED);
}

TEST(linkmodel_corrupts_inside_the_frame)
{
	struct linkmodel_copy c;

	start(&(struct linkmodel_settings){ .corrupt = 1000, .corrupt_from = 14 });
	for (unsigned i = 0; i < FRAMES; i++) {
		c = ask(15 + i % 50, i).copy[0];
		CHECK(c.corrupt_mask && c.corrupt_at >= 14 && c.corrupt_at < 15 + i % 50);
	}
	CHECK_EQ(ask(14, FRAMES).copy[0].corrupt_mask, 0);
}

TEST(linkmodel_same_seed_same_run)
{
	static const struct linkmodel_settings s = {
		.loss = 100, .ack_loss = 100, .duplicate = 100, .corrupt = 100, .reorder = 100,
		.trailing = 100, .delay = MIR_MS(1), .jitter = MIR_MS(1), .rate = 1000000,
	};
	struct linkmodel other;
	struct linkmodel_verdict a, b;

	start(&s);
	linkmodel_init(&other, 1, &s);
	for (unsigned i = 0; i < FRAMES; i++) {
		a = linkmodel_frame(&link, i % 2, 500, i % 3 == 0, MIR_US(i));
		b = linkmodel_frame(&other, i % 2, 500, i % 3 == 0, MIR_US(i));
		CHECK_MEM(&a, &b, sizeof a);
	}
	linkmodel_init(&other, 2, &s);
	CHECK(linkmodel_random(&other.random) != linkmodel_random(&link.random));
}

TEST(linkmodel_pure_ack_is_told)
{
	static const struct { const char *why; uint8_t flags, options; uint16_t total; bool want; }
	cases[] = {
		{ "an acknowledgement", 0x10, 0, 40, true },
		{ "with options", 0x10, 12, 52, true },
		{ "data", 0x10, 0, 41, false },
		{ "SYN", 0x12, 0, 40, false },
		{ "FIN", 0x11, 0, 40, false },
		{ "RST", 0x14, 0, 40, false },
	};

	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint8_t f[66] = { [12] = 8, [14] = 0x45, [23] = 6 };

		put16(f + 16, cases[i].total);
		f[46] = (uint8_t)((5 + cases[i].options / 4) << 4);
		f[47] = cases[i].flags;
		CHECK_MSG(linkmodel_pure_ack(f, sizeof f) == cases[i].want, "%s", cases[i].why);
		CHECK_MSG(!linkmodel_pure_ack(f, 53), "%s, cut", cases[i].why);
		f[23] = 17;
		CHECK_MSG(!linkmodel_pure_ack(f, sizeof f), "%s in UDP", cases[i].why);
	}
}

TEST(linkmodel_fates_have_names)
{
	CHECK_STR(linkmodel_fate_name(LINKMODEL_QUEUE_FULL), "queue full");
	CHECK_STR(linkmodel_fate_name(LINKMODEL_FATES), "?");
}
