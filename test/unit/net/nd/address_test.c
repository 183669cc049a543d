/* SPDX-License-Identifier: ISC */
/* sources: net/nd/[b-z]*.c net/ipv6/[a-z]*.c net/icmpv6/packet.c */
/* Which of our addresses speaks to whom: RFC 6724 5. */
#include "lib/text.h"
#include "mir/err.h"
#include "net/nd/cache.h"
#include "test/unit/harness.h"

#define NOW	MIR_SEC(1000)

static struct nd nd;

static void
ours(unsigned i, const char *text, mir_ns preferred)
{
	nd.address[i] = (struct nd_address){ .bits = 64, .state = ND_ASSIGNED, .preferred = preferred,
					     .valid = MIR_NEVER };
	CHECK_EQ(text_ipv6(text, &nd.address[i].addr), MIR_OK);
}

static const struct { const char *why, *to, *from; } cases[] = {
	{ "rule 1: itself", "2001:db8:2::1", "2001:db8:2::1" },
	{ "rule 2: of the link", "fe80::99", "fe80::1" },
	{ "rule 2: of the world", "2001:4860::8", "2001:db8:1::1" },
	{ "rule 3: not one that is to end", "2001:db8:2::99", "2001:db8:3::1" },
	{ "rule 6: a unique local one", "fd00:9::1", "fd00:1::1" },
	{ "rule 8: what has most in common", "2001:db8:3::7", "2001:db8:3::1" },
	{ "rule 8: no more than the prefix", "2001:db8:1::2", "2001:db8:1::1" },
	{ "a group of the link", "ff02::1", "fe80::1" },
};

TEST(the_source_is_chosen_by_the_rules)
{
	struct mir_addr to, from, src;

	ours(0, "fe80::1", MIR_NEVER);
	ours(1, "2001:db8:1::1", MIR_NEVER);
	ours(2, "2001:db8:2::1", NOW - 1);
	ours(3, "2001:db8:3::1", MIR_NEVER);
	ours(4, "fd00:1::1", MIR_NEVER);
	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		CHECK_EQ(text_ipv6(cases[i].to, &to), MIR_OK);
		CHECK_EQ(text_ipv6(cases[i].from, &from), MIR_OK);
		CHECK_EQ(nd_source(&nd, NOW, &to, &src), MIR_OK);
		CHECK_MSG(mir_addr_equal(&src, &from), "%s", cases[i].why);
	}
}

TEST(without_an_address_nobody_is_spoken_to)
{
	struct mir_addr to = { { 0x20 } }, src;

	memset(&nd, 0, sizeof nd);
	CHECK_EQ(nd_source(&nd, NOW, &to, &src), MIR_EUNREACH);
	ours(1, "2001:db8::1", MIR_NEVER);
	nd.address[1].state = ND_TENTATIVE;
	CHECK_EQ(nd_source(&nd, NOW, &to, &src), MIR_EUNREACH);
}
