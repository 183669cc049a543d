/* SPDX-License-Identifier: ISC */
/* sources: net/ipv6/[a-z]*.c net/icmpv6/packet.c */
/* Memberships in virtual time: joins, leaves, queries of both versions. */
#include "lib/bytes.h"
#include "lib/text.h"
#include "mir/err.h"
#include "net/mld/mld.h"
#include "test/unit/harness.h"

static struct mld mld;
static mir_ns now;
static unsigned messages, joined;
static uint8_t msg[MLD_REPORT_MAX];
static size_t len;
static struct mir_addr to;

static struct mir_addr
addr(const char *text)
{
	struct mir_addr a = { { 0 } };

	CHECK_EQ(text_ipv6(text, &a), MIR_OK);
	return a;
}

static void
output(void *ctx, const struct mir_addr *dst, const uint8_t *p, size_t n)
{
	(void)ctx;
	messages++;
	memcpy(msg, p, n);
	len = n;
	to = *dst;
}

static void
filter(void *ctx, const struct mir_addr *group, bool join)
{
	(void)ctx;
	(void)group;
	joined += join ? 1u : -1u;
}

static uint32_t
random_number(void *ctx)
{
	(void)ctx;
	return 512;
}

static void
pass(mir_ns time)
{
	mir_ns end = now + time;

	while (mld.next <= end) {
		now = mld.next > now ? mld.next : now;
		mld_poll(&mld, now);
	}
	now = end;
}

static void
begin(void)
{
	const struct mld_env env = { NULL, output, filter, random_number };

	now = MIR_SEC(100);
	messages = joined = 0;
	mld_init(&mld, &env);
}

static int
query(size_t size, uint16_t code)
{
	struct ipv6_hdr ip = { .src = addr("fe80::1"), .hops = 1, .router_alert = true };
	uint8_t q[28] = { ICMPV6_MLD_QUERY };

	put16(q + 4, code);
	return mld_query(&mld, now, &ip, q, size);
}

TEST(a_join_is_told_twice_and_a_leave_too)
{
	struct mir_addr g = addr("ff02::1:ff00:1"), routers = addr("ff02::16");

	begin();
	CHECK_EQ(mld_join(&mld, now, &g), MIR_OK);
	CHECK_EQ(mld_join(&mld, now, &g), MIR_OK);
	pass(MIR_SEC(3));
	CHECK_EQ(messages, 2);
	CHECK_EQ(len, 28);
	CHECK_EQ(msg[0], ICMPV6_MLD2_REPORT);
	CHECK_EQ(get16(msg + 6), 1);
	CHECK_EQ(msg[8], 4);
	CHECK_MEM(msg + 12, &g, 16);
	CHECK(mir_addr_equal(&to, &routers));
	mld_leave(&mld, now, &g);
	pass(MIR_SEC(3));
	CHECK_EQ(messages, 2);
	CHECK(mld_member(&mld, &g));
	mld_leave(&mld, now, &g);
	CHECK(!mld_member(&mld, &g));
	CHECK_EQ(joined, 0);
	pass(MIR_SEC(3));
	CHECK_EQ(messages, 4);
	CHECK_EQ(msg[8], 3);
}

TEST(a_query_is_answered_by_one_report_in_time)
{
	struct mir_addr a = addr("ff02::1:ff00:1"), b = addr("ff05::2");

	begin();
	mld_join(&mld, now, &ipv6_all_nodes);
	mld_join(&mld, now, &a);
	mld_join(&mld, now, &b);
	pass(MIR_SEC(3));
	messages = 0;
	for (int i = 0; i < 100; i++)
		CHECK_EQ(query(28, 10000), MIR_OK);
	pass(MIR_SEC(4));
	CHECK_EQ(messages, 0);
	pass(MIR_SEC(6));
	CHECK_EQ(messages, 1);
	CHECK_EQ(get16(msg + 6), 2);
	CHECK_EQ(msg[8], 2);
}

TEST(an_older_router_gets_its_own_reports_for_a_while)
{
	struct mir_addr a = addr("ff02::1:ff00:1");

	begin();
	mld_join(&mld, now, &a);
	pass(MIR_SEC(3));
	CHECK_EQ(query(24, 1000), MIR_OK);
	pass(MIR_SEC(2));
	CHECK_EQ(msg[0], ICMPV6_MLD_REPORT);
	CHECK_EQ(len, 24);
	CHECK_MEM(msg + 8, &a, 16);
	CHECK(mir_addr_equal(&to, &a));
	mld_leave(&mld, now, &a);
	pass(MIR_SEC(2));
	CHECK_EQ(msg[0], ICMPV6_MLD_DONE);
	CHECK(mir_addr_equal(&to, &ipv6_all_routers));
	pass(MIR_SEC(300));
	mld_join(&mld, now, &a);
	pass(MIR_SEC(2));
	CHECK_EQ(msg[0], ICMPV6_MLD2_REPORT);
}

TEST(queries_against_the_rules_are_refused)
{
	struct ipv6_hdr ip = { .src = addr("fe80::1"), .hops = 1, .router_alert = true };
	uint8_t q[28] = { ICMPV6_MLD_QUERY };

	begin();
	CHECK_EQ(query(20, 0), MIR_EPROTO);
	CHECK_EQ(query(26, 0), MIR_EPROTO);
	ip.hops = 2;
	CHECK_EQ(mld_query(&mld, now, &ip, q, 28), MIR_EPROTO);
	ip.hops = 1;
	ip.router_alert = false;
	CHECK_EQ(mld_query(&mld, now, &ip, q, 28), MIR_EPROTO);
	ip.router_alert = true;
	ip.src = addr("fd00::1");
	CHECK_EQ(mld_query(&mld, now, &ip, q, 28), MIR_EPROTO);
}

TEST(groups_are_bounded_and_told_apart)
{
	struct mir_addr g = addr("ff05::"), unicast = addr("fd00::1");
	uint8_t mac[6];

	begin();
	CHECK_EQ(mld_join(&mld, now, &unicast), MIR_EINVAL);
	for (unsigned i = 0; i < 100; i++) {
		g.bytes[15] = (uint8_t)i;
		CHECK_EQ(mld_join(&mld, now, &g), i < MLD_GROUPS ? MIR_OK : MIR_EFULL);
		ipv6_group_mac(&g, mac);
		CHECK_EQ(mld_wants(&mld, mac), i < MLD_GROUPS);
	}
	CHECK(mld_wants(&mld, (const uint8_t *)"\x33\x33\0\0\0\1"));
	pass(MIR_SEC(3));
	CHECK_EQ(len, MLD_REPORT_MAX);
}
