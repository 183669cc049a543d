/* SPDX-License-Identifier: ISC */
/* sources: net/nd/[a-z]*.c net/ipv6/[a-z]*.c net/icmpv6/packet.c */
/* The ND engine in virtual time: addresses, routers, resolving, trust, floods. */
#include "lib/bytes.h"
#include "lib/text.h"
#include "mir/err.h"
#include "net/nd/cache.h"
#include "test/unit/harness.h"

static const uint8_t us[6] = { 2, 0, 0, 0, 0, 1 }, peer[6] = { 2, 0, 0, 0, 0, 2 };
static const uint8_t thief[6] = { 2, 0, 0, 0, 0, 0x66 };

#define LOCAL	"fe80::ff:fe00:1"
#define ROUTER	"fe80::99"

static struct nd nd;
static mir_ns now;
static unsigned solicits, adverts, router_solicits, sent, conflicts, ups, downs, groups;
static struct mir_addr last_dst, last_src;

static struct mir_addr
addr(const char *text)
{
	struct mir_addr a = { { 0 } };

	CHECK_EQ(text_ipv6(text, &a), MIR_OK);
	return a;
}

static void
output(void *ctx, const struct mir_addr *src, const struct mir_addr *dst, const uint8_t *mac,
       const uint8_t *msg, size_t len)
{
	(void)ctx;
	(void)mac;
	CHECK(len <= ND_ALL_MAX && len % 8 == 0);
	last_src = *src;
	last_dst = *dst;
	solicits += msg[0] == ICMPV6_NS;
	adverts += msg[0] == ICMPV6_NA;
	router_solicits += msg[0] == ICMPV6_RS;
}

static void
send(void *ctx, const uint8_t mac[ETHER_ADDR], struct mir_buf *b)
{
	(void)ctx;
	CHECK_MEM(mac, peer, ETHER_ADDR);
	mir_buf_free(b);
	sent++;
}

static void
group(void *ctx, const struct mir_addr *a, bool join)
{
	(void)ctx;
	(void)a;
	groups += join ? 1u : -1u;
}

static void
changed(void *ctx, const struct mir_addr *a, bool up)
{
	(void)ctx;
	(void)a;
	*(up ? &ups : &downs) += 1;
}

static void
conflict(void *ctx, const struct mir_addr *a, const uint8_t *mac)
{
	(void)ctx;
	(void)a;
	(void)mac;
	conflicts++;
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

	while (nd.next <= end) {
		now = nd.next > now ? nd.next : now;
		nd_poll(&nd, now);
	}
	now = end;
}

static void
begin(struct nd_config cfg)
{
	const struct nd_env env = { NULL, output, send, group, changed, conflict, random_number };

	now = MIR_SEC(100);
	groups = solicits = adverts = router_solicits = sent = conflicts = ups = downs = 0;
	nd_init(&nd, &env, &cfg);
	nd_start(&nd, now, us, 1500);
}

static void
begin_static(void)
{
	begin((struct nd_config){ .fixed = addr("fd00::1"), .bits = 64, .gateway = addr("fd00::99") });
	pass(MIR_SEC(2));
	solicits = adverts = 0;
}

static int
hear(const char *from, const char *to, const uint8_t *msg, size_t len, uint8_t hops)
{
	struct ipv6_hdr ip = { .src = addr(from), .dst = addr(to), .hops = hops };

	return nd_input(&nd, now, &ip, msg, len);
}

static int
hear_na(const char *target, const uint8_t *mac, bool solicited)
{
	struct mir_addr t = addr(target);
	uint8_t msg[ND_ALL_MAX];
	size_t len = nd_build_na(msg, &t, mac, solicited);

	return hear(target, solicited ? "fd00::1" : "ff02::1", msg, len, 255);
}

static int
hear_ns(const char *from, const char *target, const uint8_t *mac)
{
	struct mir_addr t = addr(target), g = ipv6_solicited_node(&t);
	char to[TEXT_ADDR];
	uint8_t msg[ND_ALL_MAX];
	size_t len = nd_build_ns(msg, &t, mac);

	return hear(from, text_from_addr(&g, to), msg, len, 255);
}

static uint8_t ra[200];
static size_t ra_len;

static void
ra_begin(uint16_t lifetime)
{
	memset(ra, 0, sizeof ra);
	ra[0] = ICMPV6_RA;
	ra[4] = 61;
	put16(ra + 6, lifetime);
	ra_len = 16;
}

static void
ra_prefix(const char *prefix, uint8_t bits, uint32_t valid, uint32_t preferred)
{
	struct mir_addr a = addr(prefix);
	uint8_t *p = ra + ra_len;

	p[0] = ND_OPT_PREFIX;
	p[1] = 4;
	p[2] = bits;
	p[3] = 0xc0;
	put32(p + 4, valid);
	put32(p + 8, preferred);
	memcpy(p + 16, &a, 16);
	ra_len += 32;
}

static int
resolve(const char *to)
{
	struct mir_addr hop = addr(to), src = addr("fd00::1");
	struct mir_buf *b = mir_buf_alloc(0, 10);
	uint8_t mac[6];
	int err = nd_resolve(&nd, now, &src, &hop, mac, b);

	if (err != MIR_EAGAIN)
		mir_buf_free(b);
	return err;
}

static enum nd_state
state_of(const char *text)
{
	struct mir_addr a = addr(text);
	struct nd_entry *e = nd_find(&nd, &a);

	return e ? e->state : ND_FREE;
}

TEST(addresses_are_tried_for_a_second)
{
	struct mir_addr a = addr("fd00::1"), b = addr(LOCAL);

	begin((struct nd_config){ .fixed = a, .bits = 64 });
	CHECK_EQ(solicits, 2);
	CHECK_EQ(groups, 2);
	CHECK(ipv6_is_unspecified(&last_src));
	pass(MIR_MS(999));
	CHECK(!nd_ours(&nd, &a) && !nd_ours(&nd, &b));
	pass(MIR_MS(2));
	CHECK(nd_ours(&nd, &a) && nd_ours(&nd, &b));
	CHECK_EQ(ups, 2);
}

TEST(a_duplicate_is_not_taken_but_tried_again)
{
	struct mir_addr a = addr("fd00::1"), b = addr(LOCAL);

	begin((struct nd_config){ .fixed = a, .bits = 64 });
	pass(MIR_MS(500));
	hear_na("fd00::1", thief, false);
	CHECK_EQ(hear_ns("::", LOCAL, NULL), MIR_OK);	/* He tries for it at the same time. */
	pass(MIR_SEC(2));
	CHECK_EQ(conflicts, 2);
	CHECK(!nd_ours(&nd, &a) && !nd_ours(&nd, &b));
	CHECK_EQ(hear_ns("fd00::2", "fd00::1", peer), MIR_OK);
	CHECK_EQ(adverts, 0);
	pass(MIR_SEC(62));
	CHECK(nd_ours(&nd, &a) && nd_ours(&nd, &b));
}

TEST(our_address_is_defended_once_in_ten_seconds)
{
	begin_static();
	for (int i = 0; i < 100; i++)
		hear_na("fd00::1", thief, false);
	CHECK_EQ(conflicts, 1);
	CHECK_EQ(adverts, 1);
	CHECK_EQ(ups, 2);
	CHECK_EQ(downs, 0);
}

TEST(solicitations_are_answered)
{
	struct mir_addr a = addr("fd00::2");

	begin_static();
	CHECK_EQ(hear_ns("fd00::2", "fd00::1", peer), MIR_OK);
	CHECK_EQ(adverts, 1);
	CHECK(mir_addr_equal(&last_dst, &a));
	CHECK_EQ(state_of("fd00::2"), ND_STALE);
	CHECK_EQ(hear_ns("::", "fd00::1", NULL), MIR_OK);
	CHECK(mir_addr_equal(&last_dst, &ipv6_all_nodes));
	CHECK_EQ(hear_ns("fd00::3", "fd00::9", peer), MIR_OK);
	CHECK_EQ(adverts, 2);
	CHECK_EQ(state_of("fd00::3"), ND_FREE);
}

TEST(a_neighbour_is_resolved_and_watched)
{
	begin_static();
	CHECK_EQ(resolve("fd00::2"), MIR_EAGAIN);
	CHECK_EQ(resolve("fd00::2"), MIR_EAGAIN);
	CHECK_EQ(solicits, 1);
	hear_na("fd00::2", peer, true);
	CHECK_EQ(sent, 2);
	CHECK_EQ(state_of("fd00::2"), ND_REACHABLE);
	pass(MIR_SEC(50));
	CHECK_EQ(state_of("fd00::2"), ND_STALE);
	CHECK_EQ(solicits, 1);
	CHECK_EQ(resolve("fd00::2"), MIR_OK);
	CHECK_EQ(state_of("fd00::2"), ND_DELAY);
	pass(MIR_MS(5500));
	CHECK_EQ(state_of("fd00::2"), ND_PROBE);
	CHECK_EQ(solicits, 2);
	hear_na("fd00::2", NULL, true);
	CHECK_EQ(state_of("fd00::2"), ND_REACHABLE);
}

TEST(who_does_not_answer_is_given_up)
{
	begin_static();
	CHECK_EQ(resolve("fd00::2"), MIR_EAGAIN);
	pass(MIR_MS(3100));
	CHECK_EQ(solicits, 3);
	CHECK_EQ(state_of("fd00::2"), ND_FAILED);
	CHECK_EQ(resolve("fd00::2"), MIR_EUNREACH);
	pass(MIR_SEC(4));
	CHECK_EQ(state_of("fd00::2"), ND_FREE);
}

TEST(forged_advertisements_lose_against_an_owner_who_is_there)
{
	begin_static();
	hear_na("fd00::2", thief, false);	/* Nobody asked. */
	CHECK_EQ(state_of("fd00::2"), ND_FREE);
	resolve("fd00::2");
	hear_na("fd00::2", peer, true);
	hear_na("fd00::2", thief, true);
	CHECK_EQ(state_of("fd00::2"), ND_PROBE);
	hear_na("fd00::2", thief, true);
	hear_na("fd00::2", peer, true);
	CHECK_EQ(state_of("fd00::2"), ND_REACHABLE);
	CHECK_EQ(resolve("fd00::2"), MIR_OK);
	hear_ns("fd00::2", "fd00::1", thief);
	pass(MIR_MS(3500));		/* Now he is gone. */
	CHECK_EQ(state_of("fd00::2"), ND_FREE);
}

TEST(asking_for_many_is_bounded)
{
	char text[TEXT_ADDR];
	unsigned taken = 0;

	begin_static();
	resolve("fd00::2");
	hear_na("fd00::2", peer, true);
	for (unsigned i = 0; i < 1000; i++) {
		struct mir_addr a = addr("fd00::1:0");

		put16(a.bytes + 14, (uint16_t)i);
		taken += resolve(text_from_addr(&a, text)) == MIR_EAGAIN;
	}
	CHECK_EQ(taken, ND_INCOMPLETE);
	CHECK_EQ(state_of("fd00::2"), ND_REACHABLE);
	pass(MIR_SEC(10));
}

TEST(solicitations_of_thousands_do_not_evict_whom_we_talk_to)
{
	char text[TEXT_ADDR];

	begin_static();
	resolve("fd00::2");
	hear_na("fd00::2", peer, true);
	resolve("fd00::2");
	for (unsigned i = 0; i < 2000; i++) {
		struct mir_addr a = addr("fd00::1:0");

		put16(a.bytes + 14, (uint16_t)i);
		hear_ns(text_from_addr(&a, text), "fd00::1", thief);
	}
	pass(MIR_SEC(5));
	CHECK_EQ(resolve("fd00::2"), MIR_OK);
}

TEST(routers_give_addresses_routes_and_servers)
{
	struct mir_addr dst = addr("2001:db8:ffff::1"), want = addr("2001:db8::ff:fe00:1"), hop, src;
	struct mir_addr router = addr(ROUTER), near = addr("2001:db8::5");

	begin((struct nd_config){ .autoconf = true });
	CHECK_EQ(router_solicits, 1);
	CHECK_EQ(nd_route(&nd, now, &dst, &hop), MIR_EUNREACH);
	ra_begin(1800);
	ra_prefix("2001:db8::", 64, 7200, 3600);
	ra[ra_len] = ND_OPT_MTU;
	ra[ra_len + 1] = 1;
	put32(ra + ra_len + 4, 1400);
	ra_len += 8;
	ra[ra_len] = ND_OPT_RDNSS;
	ra[ra_len + 1] = 3;
	put32(ra + ra_len + 4, 100);
	memcpy(ra + ra_len + 8, &dst, 16);
	ra_len += 24;
	CHECK_EQ(hear(ROUTER, "ff02::1", ra, ra_len, 255), MIR_OK);
	pass(MIR_SEC(2));
	CHECK(nd_ours(&nd, &want) != NULL);
	CHECK_EQ(nd_route(&nd, now, &dst, &hop), MIR_OK);
	CHECK(mir_addr_equal(&hop, &router));
	CHECK_EQ(nd_route(&nd, now, &near, &hop), MIR_OK);
	CHECK(mir_addr_equal(&hop, &near));
	CHECK_EQ(nd_source(&nd, now, &dst, &src), MIR_OK);
	CHECK(mir_addr_equal(&src, &want));
	CHECK_EQ(nd_source(&nd, now, &router, &src), MIR_OK);
	CHECK(ipv6_is_link_local(&src));
	CHECK_EQ(nd.mtu, 1400);
	CHECK_EQ(nd.hops, 61);
	CHECK(nd.server[0].until && mir_addr_equal(&nd.server[0].addr, &dst));
	pass(MIR_SEC(100));
	CHECK(!nd.server[0].until);
	pass(MIR_SEC(1800));
	CHECK_EQ(nd_route(&nd, now, &dst, &hop), MIR_EUNREACH);
	pass(MIR_SEC(7200));
	CHECK(!nd_ours(&nd, &want));
	CHECK_EQ(downs, 1);
	CHECK_EQ(groups, 1);
	CHECK_EQ(nd_route(&nd, now, &near, &hop), MIR_EUNREACH);
}

/* An even length leaves half an address over, RFC 8106 5.1: what is behind the option is not its other
 * half. */
TEST(half_an_address_is_no_server)
{
	struct mir_addr server = addr("2001:db8::53");

	begin((struct nd_config){ .autoconf = true });
	ra_begin(1800);
	ra[ra_len] = ND_OPT_RDNSS;
	ra[ra_len + 1] = 4;
	put32(ra + ra_len + 4, 100);
	memcpy(ra + ra_len + 8, &server, 16);
	memset(ra + ra_len + 24, 0x20, 16);
	ra_len += 32;
	CHECK_EQ(hear(ROUTER, "ff02::1", ra, ra_len, 255), MIR_OK);
	CHECK(mir_addr_equal(&nd.server[0].addr, &server));
	CHECK_EQ(nd.server[1].until, 0);
}

TEST(a_forged_lifetime_cannot_end_an_address_at_once)
{
	struct mir_addr want = addr("2001:db8::ff:fe00:1");

	begin((struct nd_config){ .autoconf = true });
	ra_begin(1800);
	ra_prefix("2001:db8::", 64, 100000, 50000);
	hear(ROUTER, "ff02::1", ra, ra_len, 255);
	pass(MIR_SEC(2));
	ra_begin(1800);
	ra_prefix("2001:db8::", 64, 0, 0);
	hear(ROUTER, "ff02::1", ra, ra_len, 255);
	pass(MIR_SEC(7000));
	CHECK(nd_ours(&nd, &want) != NULL);
	pass(MIR_SEC(300));
	CHECK(!nd_ours(&nd, &want));
}

TEST(many_routers_and_prefixes_are_bounded)
{
	char text[TEXT_ADDR];

	begin((struct nd_config){ .autoconf = true });
	for (unsigned i = 0; i < 1000; i++) {
		struct mir_addr r = addr("fe80::1:0"), p = addr("2001:db8::");

		put16(r.bytes + 14, (uint16_t)i);
		put16(p.bytes + 6, (uint16_t)i);
		ra_begin(9000);
		ra_prefix(text_from_addr(&p, text), 64, 10000, 10000);
		hear(text_from_addr(&r, text), "ff02::1", ra, ra_len, 255);
	}
	pass(MIR_SEC(2));
	CHECK_EQ(ups, ND_ADDRESSES);
}

TEST(routers_are_asked_for_ever_more_seldom)
{
	begin((struct nd_config){ .autoconf = true });
	pass(MIR_SEC(4 + 8 + 16) + MIR_MS(1));
	CHECK_EQ(router_solicits, 4);
	pass(MIR_SEC(86400));
	CHECK(router_solicits > 25 && router_solicits < 45);
	ra_begin(1800);
	hear(ROUTER, "ff02::1", ra, ra_len, 255);
	router_solicits = 0;
	pass(MIR_SEC(7200));
	CHECK_EQ(router_solicits, 0);
}

TEST(messages_against_the_rules_are_refused)
{
	struct mir_addr t = addr("fd00::1");
	uint8_t msg[ND_ALL_MAX];
	size_t len = nd_build_ns(msg, &t, peer);

	begin_static();
	CHECK_EQ(hear("fd00::2", "fd00::1", msg, len, 254), MIR_EPROTO);
	CHECK_EQ(hear("fd00::2", "fd00::1", msg, 20, 255), MIR_EPROTO);
	CHECK_EQ(hear("::", "ff02::1:ff00:1", msg, len, 255), MIR_EPROTO);
	msg[25] = 0;			/* An option of no length. */
	CHECK_EQ(hear("fd00::2", "fd00::1", msg, len, 255), MIR_EPROTO);
	msg[25] = 2;
	CHECK_EQ(hear("fd00::2", "fd00::1", msg, len, 255), MIR_EPROTO);
	nd_build_ns(msg, &t, (const uint8_t *)"\x33\x33\0\0\0\1");
	CHECK_EQ(hear("fd00::2", "fd00::1", msg, len, 255), MIR_EPROTO);
	ra_begin(1800);
	CHECK_EQ(hear("fd00::2", "ff02::1", ra, ra_len, 255), MIR_EPROTO);
	memset(ra, 0, 40);
	ra[0] = ICMPV6_REDIRECT;
	CHECK_EQ(hear(ROUTER, "fd00::1", ra, 40, 255), MIR_OK);
	CHECK_EQ(adverts, 0);
	CHECK_EQ(state_of("fd00::2"), ND_FREE);
}

TEST(a_link_that_returns_keeps_addresses_unless_the_mac_is_another)
{
	struct mir_addr a = addr("fd00::1"), b = addr(LOCAL);

	begin_static();
	nd_flush(&nd);
	nd_start(&nd, now, us, 1500);
	CHECK(nd_ours(&nd, &a) && nd_ours(&nd, &b));
	CHECK_EQ(adverts, 2);
	nd_start(&nd, now, peer, 1500);
	CHECK_EQ(downs, 2);
	pass(MIR_SEC(2));
	CHECK(nd_ours(&nd, &a) && !nd_ours(&nd, &b));
	CHECK_EQ(groups, 2);
}
