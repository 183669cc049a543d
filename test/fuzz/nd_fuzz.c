/* SPDX-License-Identifier: ISC */
/* sources: net/nd/[a-z]*.c net/mld/mld.c net/ipv6/[a-z]*.c net/icmpv6/packet.c */
/* Neighbour discovery and memberships: the engines, with messages as they came and well-formed
 * ones.
 *
 * An input is a list of (kind, argument, bytes).  Hosts are of a few addresses, so that messages
 * meet entries. */
#include <stdlib.h>
#include "lib/bytes.h"
#include "mir/err.h"
#include "net/mld/mld.h"
#include "net/nd/nd.h"
#include "test/fuzz/fuzz.h"
#include "test/unit/harness.h"

static const uint8_t us[ETHER_ADDR] = { 2, 0, 0, 0, 0, 1 };
static struct nd nd;
static struct mld mld;
static mir_ns now;
static unsigned waiting, said;
static int groups;

static struct mir_addr
host(uint8_t n)
{
	struct mir_addr a = { { [0] = n & 1 ? 0xfd : 0xfe, [1] = n & 1 ? 0 : 0x80, [15] = n } };

	return n == 0 ? ipv6_unspecified : a;
}

static void
output(void *ctx, const struct mir_addr *src, const struct mir_addr *dst, const uint8_t *mac,
       const uint8_t *msg, size_t len)
{
	(void)ctx;
	CHECK(len % 8 == 0 && len <= ND_ALL_MAX && msg[0] >= ICMPV6_RS && msg[0] <= ICMPV6_NA);
	CHECK(!mac || ether_is_group(mac) == ipv6_is_multicast(dst));
	CHECK(!ipv6_is_multicast(src));
	said++;
}

static void
send(void *ctx, const uint8_t mac[ETHER_ADDR], struct mir_buf *b)
{
	(void)ctx;
	CHECK(!ether_is_group(mac));
	mir_buf_free(b);
	waiting--;
}

static void
group(void *ctx, const struct mir_addr *addr, bool join)
{
	struct mir_addr g = ipv6_solicited_node(addr);

	(void)ctx;
	groups += join ? 1 : -1;
	CHECK(groups >= 0 && groups <= ND_ADDRESSES);
	if (join)
		mld_join(&mld, now, &g);
	else
		mld_leave(&mld, now, &g);
}

static void
changed(void *ctx, const struct mir_addr *addr, bool up)
{
	(void)ctx;
	CHECK_EQ(nd_ours(&nd, addr) != NULL, up);
}

static void
conflict(void *ctx, const struct mir_addr *addr, const uint8_t *mac)
{
	(void)ctx;
	(void)addr;
	(void)mac;
}

static uint32_t
random_number(void *ctx)
{
	(void)ctx;
	return (uint32_t)(now * 2654435761u);
}

static void
mld_output(void *ctx, const struct mir_addr *dst, const uint8_t *msg, size_t len)
{
	(void)ctx;
	(void)msg;
	CHECK(ipv6_is_multicast(dst) && len >= 24 && len <= MLD_REPORT_MAX);
}

static void
filter(void *ctx, const struct mir_addr *g, bool join)
{
	(void)ctx;
	CHECK_EQ(mld_member(&mld, g), join);
}

static void
message(const uint8_t *p, size_t len, uint8_t from, uint8_t to)
{
	struct ipv6_hdr ip = { .src = host(from), .dst = to ? host(to) : ipv6_all_nodes, .hops = 255 };
	unsigned before = said;
	uint8_t *copy = malloc(len ? len : 1);

	memcpy(copy, p, len);
	if (len >= 4 && p[0] == ICMPV6_MLD_QUERY) {
		ip.hops = 1;
		ip.router_alert = true;
		mld_query(&mld, now, &ip, copy, len);
	} else if (nd_input(&nd, now, &ip, copy, len)) {
		CHECK_EQ(said, before);
	}
	free(copy);
	CHECK(said <= before + 2 + ND_ADDRESSES);	/* No amplifier. */
}

static void
known_message(struct fuzz_bytes *in)
{
	uint8_t p[ND_ALL_MAX], mac[ETHER_ADDR] = { 2 }, kind = fuzz_8(in), from = fuzz_8(in);
	struct mir_addr target = kind & 4 ? nd.address[kind >> 4 & 7].addr : host(fuzz_8(in));
	size_t len;

	mac[5] = fuzz_8(in);
	if (kind & 1)
		len = nd_build_ns(p, &target, kind & 2 ? mac : NULL);
	else
		len = nd_build_na(p, &target, kind & 2 ? mac : NULL, kind & 8);
	message(p, len, from, kind & 8 ? 1 : 0);
}

static void
resolve(uint8_t n)
{
	struct mir_addr hop = host(n | 2), src = host(1);
	struct mir_buf *b = mir_buf_alloc(0, 20);
	uint8_t mac[ETHER_ADDR];

	if (nd_route(&nd, now, &hop, &hop) == MIR_OK &&
	    nd_resolve(&nd, now, &src, &hop, mac, b) == MIR_EAGAIN)
		waiting++;
	else
		mir_buf_free(b);
	CHECK(waiting <= ND_INCOMPLETE * ND_PENDING);
}

static void
pass(mir_ns time)
{
	mir_ns end = now + time, next;
	unsigned turns = 0;

	while ((next = nd.next < mld.next ? nd.next : mld.next) <= end) {
		CHECK_MSG(++turns < 100000, "time stands still");
		now = next > now ? next : now;
		nd_poll(&nd, now);
		mld_poll(&mld, now);
	}
	now = end;
}

static void
act(struct fuzz_bytes *in)
{
	uint8_t kind = fuzz_8(in), argument = fuzz_8(in);
	size_t n = argument < in->left ? argument : in->left;

	switch (kind % 6) {
	case 0:
		message(in->at, n, kind >> 4, kind >> 6);
		in->at += n;
		in->left -= n;
		break;
	case 1:
		known_message(in);
		break;
	case 2:
		resolve(argument % 64);
		break;
	case 3:
		pass(MIR_MS(argument * argument));
		break;
	case 4:
		pass(MIR_SEC(argument * 60));
		break;
	default:
		nd_flush(&nd);
		waiting = 0;
		nd_start(&nd, now, argument & 1 ? us : (const uint8_t *)"\2\0\0\0\0\7", 1500);
	}
}

void
fuzz_one(const uint8_t *data, size_t len)
{
	static const struct nd_env env = { NULL, output, send, group, changed, conflict,
		random_number };
	static const struct mld_env mld_env = { NULL, mld_output, filter, random_number };
	const struct nd_config cfg = { .autoconf = true, .fixed = host(1), .bits = 64 };
	struct fuzz_bytes in = { data, len };

	now = MIR_SEC(100);
	waiting = said = 0;
	groups = 0;
	mld_init(&mld, &mld_env);
	nd_init(&nd, &env, &cfg);
	nd_start(&nd, now, us, 1500);
	while (in.left)
		act(&in);
	pass(MIR_SEC(60));		/* Whatever waits is sent or given up. */
	nd_flush(&nd);
}
