/* SPDX-License-Identifier: ISC */
/* sources: net/ipv6/address.c */
/* IPv6 headers and extension headers, good and bad. */
#include <stdio.h>
#include <stdlib.h>
#include "lib/bytes.h"
#include "lib/text.h"
#include "net/ipv6/packet.h"
#include "test/unit/harness.h"

static uint8_t packet[IPV6_HDR + 1000];

static struct mir_addr
addr(const char *text)
{
	struct mir_addr a;

	CHECK_EQ(text_ipv6(text, &a), 0);
	return a;
}

static void
build_from(const char *from, const char *to, uint8_t next, const uint8_t *payload, size_t len)
{
	struct mir_addr src = addr(from), dst = addr(to);

	ipv6_build(packet, &src, &dst, next, 64, len);
	memcpy(packet + IPV6_HDR, payload, len);
}

static void
build(uint8_t next, const uint8_t *payload, size_t len)
{
	build_from("fd00::1", "fd00::2", next, payload, len);
}

static enum ipv6_fault
parse(size_t len, struct ipv6_hdr *h)
{
	return ipv6_parse(packet, len, len, h);
}

TEST(what_is_built_is_read)
{
	static const uint8_t payload[20] = { 1 };
	struct mir_addr src = addr("fd00::1"), dst = addr("fd00::2");
	struct ipv6_hdr h;

	build(IPV6_TCP, payload, sizeof payload);
	CHECK_EQ(parse(IPV6_HDR + 20 + 7, &h), IPV6_FINE);	/* With padding behind. */
	CHECK(mir_addr_equal(&h.src, &src) && mir_addr_equal(&h.dst, &dst));
	CHECK_EQ(h.total, 60);
	CHECK_EQ(h.header, 40);
	CHECK_EQ(h.proto, IPV6_TCP);
	CHECK_EQ(h.hops, 64);
	CHECK(!h.fragment);
	CHECK_EQ(parse(IPV6_HDR + 19, &h), IPV6_LENGTH);
	CHECK_EQ(parse(IPV6_HDR - 1, &h), IPV6_SHORT);
	packet[0] = 0x45;
	CHECK_EQ(parse(60, &h), IPV6_BAD_VERSION);
	build(IPV6_TCP, payload, 0);
	CHECK_EQ(parse(60, &h), IPV6_LENGTH);
}

TEST(addresses_that_cannot_be_are_refused)
{
	static const uint8_t payload[20];
	struct ipv6_hdr h;
	static const char *const sources[] = { "ff02::1", "::1", "::ffff:a00:1" };
	static const char *const targets[] = { "::", "::1", "::ffff:a00:1" };

	for (unsigned i = 0; i < 3; i++) {
		build_from(sources[i], "fd00::1", IPV6_TCP, payload, sizeof payload);
		CHECK_EQ(parse(60, &h), IPV6_BAD_SOURCE);
		build_from("fd00::1", targets[i], IPV6_TCP, payload, sizeof payload);
		CHECK_EQ(parse(60, &h), IPV6_BAD_DEST);
	}
}

static const struct {
	const char *what;
	enum ipv6_fault want;
	int problem, at;		/* -1: no error goes out. */
	uint8_t first, p[40];
	size_t len;
} chains[] = {
	{ "padding", IPV6_FINE, -1, 0, IPV6_HOPOPTS, { 17, 0, 1, 4, 0, 0, 0, 0 }, 16 },
	{ "pad1s", IPV6_FINE, -1, 0, IPV6_DSTOPTS, { 17, 0 }, 16 },
	{ "router alert", IPV6_FINE, -1, 0, IPV6_HOPOPTS, { 17, 0, 5, 2, 0, 0, 1, 0 }, 16 },
	{ "skip", IPV6_FINE, -1, 0, IPV6_DSTOPTS, { 17, 0, 0x1e, 4 }, 16 },
	{ "drop", IPV6_OPTION, -1, 0, IPV6_DSTOPTS, { 17, 0, 0x5e, 4 }, 16 },
	{ "drop and tell", IPV6_OPTION, 2, 42, IPV6_DSTOPTS, { 17, 0, 0x9e, 4 }, 16 },
	{ "tell unless to a group", IPV6_OPTION, 2, 43, IPV6_DSTOPTS, { 17, 0, 0, 0xde, 3 }, 16 },
	{ "option too long", IPV6_EXTENSION, -1, 0, IPV6_DSTOPTS, { 17, 0, 1, 5 }, 16 },
	{ "option without length", IPV6_EXTENSION, -1, 0, IPV6_DSTOPTS, { 17, 0, 1, 3, 0, 0, 0, 1 }, 16 },
	{ "header too long", IPV6_EXTENSION, -1, 0, IPV6_DSTOPTS, { 17, 2 }, 16 },
	{ "cut short", IPV6_EXTENSION, -1, 0, IPV6_DSTOPTS, { 17, 0 }, 7 },
	{ "routed, done", IPV6_FINE, -1, 0, IPV6_ROUTING, { 17, 0, 0, 0 }, 16 },
	{ "routed, on", IPV6_ROUTED, 0, 42, IPV6_ROUTING, { 17, 0, 0, 1 }, 16 },
	{ "hop by hop second", IPV6_EXTENSION, 1, 40, IPV6_DSTOPTS, { 0, 0, 1, 4, 0, 0, 0, 0, 17 }, 24 },
	{ "two fragment headers", IPV6_EXTENSION, -1, 0, IPV6_FRAGMENT, { 44, 0, 0, 0, 0, 0, 0, 0, 17 }, 24 },
	{ "atomic fragment", IPV6_FINE, -1, 0, IPV6_FRAGMENT, { 17 }, 16 },
};

TEST(extension_headers_are_walked)
{
	struct ipv6_hdr h;

	for (unsigned i = 0; i < sizeof chains / sizeof *chains; i++) {
		build(chains[i].first, chains[i].p, chains[i].len);
		memset(&h, IPV6_ICMP, sizeof h);
		if (!CHECK_EQ(parse(IPV6_HDR + chains[i].len, &h), chains[i].want))
			printf("# %s\n", chains[i].what);
		CHECK_EQ(h.problem, chains[i].problem);
		if (h.problem >= 0)
			CHECK_EQ(h.problem_at, chains[i].at);
		if (chains[i].want == IPV6_FINE) {
			CHECK_EQ(h.proto, 17);
			CHECK_EQ(h.header, 48);
			CHECK_EQ(h.next_at, 40);
		} else {
			CHECK_EQ(h.proto, IPV6_NONE);
		}
	}
}

TEST(groups_hear_nothing_of_options_that_say_so)
{
	static const uint8_t p[16] = { 17, 0, 0xde, 4 };
	struct ipv6_hdr h;

	build_from("fd00::1", "ff02::1", IPV6_DSTOPTS, p, sizeof p);
	CHECK_EQ(parse(56, &h), IPV6_OPTION);
	CHECK_EQ(h.problem, -1);
}

TEST(the_walk_is_bounded)
{
	uint8_t p[320] = { 0 };
	struct ipv6_hdr h;

	for (unsigned i = 0; i < 9; i++)
		p[8 * i] = IPV6_DSTOPTS;
	p[8 * 7] = 17;
	build(IPV6_DSTOPTS, p, 80);
	CHECK_EQ(parse(120, &h), IPV6_FINE);	/* Eight. */
	packet[IPV6_HDR + 8 * 7] = IPV6_DSTOPTS;
	CHECK_EQ(parse(120, &h), IPV6_EXTENSION);
	memset(p, 0, sizeof p);
	p[0] = 17;
	p[1] = 30;			/* 248 bytes. */
	build(IPV6_DSTOPTS, p, 320);
	CHECK_EQ(parse(360, &h), IPV6_EXTENSION);
}

TEST(fragments_tell_where_they_belong)
{
	static const uint8_t first[24] = { 17, 0, 0, 1, 1, 2, 3, 4 };
	static const uint8_t second[24] = { 60, 0, 0, 8, 1, 2, 3, 4, 0xff, 0xff };
	struct ipv6_hdr h;

	build(IPV6_FRAGMENT, first, sizeof first);
	CHECK_EQ(parse(64, &h), IPV6_FINE);
	CHECK(h.fragment && h.frag.more);
	CHECK_EQ(h.frag.offset, 0);
	CHECK_EQ(h.frag.id, 0x01020304);
	CHECK_EQ(h.frag.at, 40);
	build(IPV6_FRAGMENT, second, sizeof second);
	CHECK_EQ(parse(64, &h), IPV6_FINE);	/* What is behind is no header. */
	CHECK(h.fragment && !h.frag.more);
	CHECK_EQ(h.frag.offset, 8);
	CHECK_EQ(h.header, 48);
}

TEST(every_cut_is_seen_and_nothing_behind_it_is_read)
{
	static const uint8_t p[40] = { 60, 0, 1, 4, 0, 0, 0, 0, 43, 0, 1, 4, 0, 0, 0, 0, 44, 0, 0, 0,
		0, 0, 0, 0, 17 };
	struct ipv6_hdr h;

	build(IPV6_HOPOPTS, p, sizeof p);
	for (size_t len = 0; len <= 80; len++) {
		uint8_t *copy = malloc(len);	/* ASan watches its end. */

		memcpy(copy, packet, len);
		CHECK_EQ(ipv6_parse(copy, len, 80, &h) == IPV6_FINE, len >= 72);
		free(copy);
	}
}
