/* SPDX-License-Identifier: ISC */
/* sources: net/igmp/packet.c net/ipv4/packet.c */
/* IGMP: joins and leaves are told, queries answered in their time, older routers humoured. */
#include "lib/bytes.h"
#include "lib/checksum.h"
#include "mir/err.h"
#include "net/igmp/igmp.h"
#include "net/ipv4/packet.h"
#include "test/unit/harness.h"

#define US	0x0a000002u
#define GROUP	0xef010203u		/* 239.1.2.3 */
#define OTHER	0xef010204u

static struct igmp igmp;
static struct { uint32_t dst; uint8_t type, record; uint32_t group; } said[64];
static unsigned said_count;

static void
output(void *ctx, uint32_t group, struct mir_buf *b)
{
	const uint8_t *p = b->data, *m = p + IPV4_HDR + 4;
	bool v3 = m[IGMP_TYPE] == IGMP_V3_REPORT;

	(void)ctx;
	CHECK_EQ(p[IPV4_VIHL], 0x46);
	CHECK_EQ(p[IPV4_TTL], 1);
	CHECK_EQ(get32(p + IPV4_HDR), 0x94040000);
	CHECK_EQ(checksum(p, IPV4_HDR + 4), 0);
	CHECK_EQ(get32(p + IPV4_DST), group);
	CHECK_EQ(get16(p + IPV4_TOTAL), b->len);
	CHECK_EQ(checksum(m, b->len - IPV4_HDR - 4), 0);
	said[said_count].dst = group;
	said[said_count].type = m[IGMP_TYPE];
	said[said_count].record = v3 ? m[IGMP_HDR] : 0;
	said[said_count++].group = get32(v3 ? m + IGMP_HDR + 4 : m + IGMP_GROUP);
	mir_buf_free(b);
}

static uint32_t
some(void *ctx)
{
	(void)ctx;
	return (uint32_t)test_random();
}

static void
prepare(void)
{
	const struct igmp_env env = { .output = output, .random = some };

	igmp_init(&igmp, &env);
	igmp_set_local(&igmp, 0, US);
	said_count = 0;
}

static void
check_said(unsigned i, uint32_t dst, uint8_t type, uint8_t record, uint32_t group)
{
	if (!CHECK(i < said_count))
		return;
	CHECK_EQ(said[i].dst, dst);
	CHECK_EQ(said[i].type, type);
	CHECK_EQ(said[i].record, record);
	CHECK_EQ(said[i].group, group);
}

/* Polls at each deadline until 'until'. */
static void
run(mir_ns now, mir_ns until)
{
	while ((now = igmp_poll(&igmp, now)) <= until)
		;
}

static void
join(mir_ns now, uint32_t group)
{
	bool first;

	CHECK_EQ(igmp_join(&igmp, now, group, &first), MIR_OK);
	CHECK(first);
}

static void
hear(mir_ns now, uint8_t type, uint8_t code, uint32_t group, size_t len)
{
	uint8_t m[12] = { type, code };

	put32(m + IGMP_GROUP, group);
	put16(m + IGMP_CSUM, checksum(m, len));
	igmp_input(&igmp, now, group ? group : IGMP_ALL_HOSTS, m, len);
}

TEST(a_join_is_told_twice_and_a_leave_too)
{
	prepare();
	join(0, GROUP);
	CHECK(igmp_member(&igmp, GROUP));
	run(0, MIR_SEC(5));
	CHECK_EQ(said_count, 2);
	check_said(0, IGMP_V3_ROUTERS, IGMP_V3_REPORT, IGMP_TO_EXCLUDE, GROUP);
	check_said(1, IGMP_V3_ROUTERS, IGMP_V3_REPORT, IGMP_TO_EXCLUDE, GROUP);
	CHECK(igmp_leave(&igmp, MIR_SEC(5), GROUP));
	CHECK(!igmp_member(&igmp, GROUP));
	run(MIR_SEC(5), MIR_SEC(10));
	CHECK_EQ(said_count, 4);
	check_said(3, IGMP_V3_ROUTERS, IGMP_V3_REPORT, IGMP_TO_INCLUDE, GROUP);
	CHECK_EQ(igmp.group[0].ip, 0);
}

TEST(members_are_counted_and_bounded)
{
	bool first;

	prepare();
	join(0, GROUP);
	CHECK_EQ(igmp_join(&igmp, 0, GROUP, &first), MIR_OK);
	CHECK(!first);
	CHECK(!igmp_leave(&igmp, 0, GROUP));
	CHECK(igmp_leave(&igmp, 0, GROUP));
	CHECK(!igmp_leave(&igmp, 0, GROUP));
	prepare();
	for (uint32_t i = 0; i < IGMP_GROUPS; i++)
		join(0, GROUP + i);
	CHECK_EQ(igmp_join(&igmp, 0, GROUP + 99, &first), MIR_EFULL);
	CHECK_EQ(igmp_join(&igmp, 0, US, &first), MIR_EINVAL);
	CHECK_EQ(igmp_join(&igmp, 0, IGMP_ALL_HOSTS, &first), MIR_EINVAL);
	CHECK(igmp_member(&igmp, IGMP_ALL_HOSTS));
}

TEST(a_query_is_answered_within_its_time)
{
	mir_ns at;

	for (unsigned round = 0; round < 50; round++) {
		prepare();
		join(0, GROUP);
		join(0, OTHER);
		run(0, MIR_SEC(5));
		said_count = 0;
		hear(MIR_SEC(5), IGMP_QUERY, 100, 0, 12);
		CHECK_EQ(said_count, 0);
		at = igmp_poll(&igmp, MIR_SEC(5));
		CHECK(at <= MIR_SEC(15));
		run(MIR_SEC(5), MIR_SEC(15));
		CHECK_EQ(said_count, 2);
		CHECK_EQ(said[0].record, IGMP_IS_EXCLUDE);
		said_count = 0;
		hear(MIR_SEC(20), IGMP_QUERY, 10, OTHER, 12);
		run(MIR_SEC(20), MIR_SEC(22));
		CHECK_EQ(said_count, 1);
		check_said(0, IGMP_V3_ROUTERS, IGMP_V3_REPORT, IGMP_IS_EXCLUDE, OTHER);
	}
}

TEST(an_older_router_gets_what_it_understands)
{
	prepare();
	hear(0, IGMP_QUERY, 10, 0, 8);
	join(0, GROUP);
	run(0, MIR_SEC(2));
	check_said(0, GROUP, IGMP_V2_REPORT, 0, GROUP);
	said_count = 0;
	hear(MIR_SEC(3), IGMP_QUERY, 10, 0, 8);
	hear(MIR_SEC(3), IGMP_V2_REPORT, 0, GROUP, 8);	/* Another told it. */
	run(MIR_SEC(3), MIR_SEC(6));
	CHECK_EQ(said_count, 0);
	igmp_leave(&igmp, MIR_SEC(6), GROUP);
	run(MIR_SEC(6), MIR_SEC(8));
	check_said(0, IGMP_ALL_ROUTERS, IGMP_LEAVE, 0, GROUP);
	said_count = 0;
	hear(MIR_SEC(9), IGMP_QUERY, 0, 0, 8);
	join(MIR_SEC(9), OTHER);
	run(MIR_SEC(9), MIR_SEC(11));
	check_said(0, OTHER, IGMP_V1_REPORT, 0, OTHER);
	said_count = 0;
	igmp_leave(&igmp, MIR_SEC(300), OTHER);	/* Both were forgotten. */
	run(MIR_SEC(300), MIR_SEC(302));
	check_said(0, IGMP_V3_ROUTERS, IGMP_V3_REPORT, IGMP_TO_INCLUDE, OTHER);
}

TEST(long_times_are_floating_point)
{
	struct igmp_message m;
	uint8_t p[12] = { IGMP_QUERY, 0x8f };

	put16(p + IGMP_CSUM, checksum(p, sizeof p));
	CHECK_EQ(igmp_parse(p, sizeof p, &m), MIR_OK);
	CHECK_EQ(m.max_resp, (0x1full << 3) * MIR_MS(100));
	p[5] ^= 1;
	CHECK_EQ(igmp_parse(p, sizeof p, &m), MIR_EPROTO);
	CHECK_EQ(igmp_parse(p, 7, &m), MIR_EPROTO);
}

TEST(without_an_address_nothing_is_said)
{
	prepare();
	igmp_set_local(&igmp, 0, 0);
	join(0, GROUP);
	run(0, MIR_SEC(3));
	CHECK_EQ(said_count, 0);
	igmp_set_local(&igmp, MIR_SEC(4), US);
	run(MIR_SEC(4), MIR_SEC(6));
	CHECK_EQ(said_count, 2);
}

TEST(random_messages_do_no_harm)
{
	uint8_t m[32];

	prepare();
	join(0, GROUP);
	for (unsigned i = 0; i < 20000; i++) {
		size_t len = test_random() % sizeof m;

		for (size_t k = 0; k < len; k++)
			m[k] = (uint8_t)test_random();
		if (len >= 8) {
			put16(m + 2, 0);
			put16(m + 2, checksum(m, len));
			m[0] = test_random() & 1 ? IGMP_QUERY : m[0];
		}
		said_count = 0;
		igmp_input(&igmp, i, IGMP_ALL_HOSTS, m, len);
		igmp_poll(&igmp, i);
	}
}
