/* SPDX-License-Identifier: ISC */
/* sources: net/tcp/packet.c net/tcp/options.c */
/* TCP headers with their options, and options alone: what is accepted is built again and must
 * say the same. */
#include "mir/err.h"
#include "net/tcp/packet.h"
#include "net/tcp/wire.h"
#include "test/fuzz/fuzz.h"
#include "test/unit/harness.h"

static void
same(const struct tcp_options *a, const struct tcp_options *b)
{
	CHECK_EQ(a->have, b->have);
	if (a->have & TCP_HAVE_MSS)	/* What it does not have may be anything. */
		CHECK_EQ(a->mss, b->mss);
	if (a->have & TCP_HAVE_WSCALE)
		CHECK_EQ(a->wscale, b->wscale);
	if (a->have & TCP_HAVE_TIMESTAMPS)
		CHECK(a->tsval == b->tsval && a->tsecr == b->tsecr);
	CHECK_EQ(a->sacks, b->sacks);
	CHECK_MEM(a->sack, b->sack, a->sacks * sizeof *a->sack);
}

static void
options(const uint8_t *p, size_t len)
{
	uint8_t again[TCP_OPTIONS_MAX];
	struct tcp_options o, o2;
	size_t size;

	if (tcp_options_parse(p, len, &o))
		return;
	CHECK(o.wscale <= TCP_WSCALE_MAX && o.have < 16 && o.sacks <= TCP_SACK_MAX);
	if (tcp_options_size(&o) > sizeof again)
		return;			/* Tighter than we pack them. */
	size = tcp_options_build(&o, again, sizeof again);
	CHECK_EQ(size, tcp_options_size(&o));
	CHECK(size % 4 == 0);
	CHECK_EQ(tcp_options_parse(again, size, &o2), MIR_OK);
	same(&o, &o2);
}

static void
header(const uint8_t *p, size_t len)
{
	uint8_t again[TCP_HDR_MAX];
	struct tcp_header h, h2;
	size_t size;

	if (tcp_header_size(p, len, &size))
		return;
	CHECK(size >= TCP_HDR && size <= TCP_HDR_MAX && size % 4 == 0);
	if (size > len || tcp_header_parse(p, size, &h))
		return;
	CHECK_EQ(h.size, size);
	if (tcp_options_size(&h.options) > TCP_OPTIONS_MAX)
		return;
	size = tcp_header_build(&h, again);
	CHECK_EQ(tcp_header_parse(again, size, &h2), MIR_OK);
	CHECK(h.sport == h2.sport && h.dport == h2.dport && h.window == h2.window);
	CHECK(h.seq == h2.seq && h.ack == h2.ack && h.flags == h2.flags);
	same(&h.options, &h2.options);
}

void
fuzz_one(const uint8_t *data, size_t len)
{
	header(data, len);
	options(data, len);
}
