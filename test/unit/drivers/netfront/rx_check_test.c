/* SPDX-License-Identifier: ISC */
/* What a backend may write into the receive ring, and what it may not. */
#include "drivers/netfront/rx_check.h"
#include "mir/err.h"
#include "test/unit/harness.h"

static const struct {
	const char *why;
	struct netif_rx_response slot;		/* id, offset, flags, status */
	int want;
} slots[] = {
	{ "whole page", { 3, 0, 0, 4096 }, MIR_OK },
	{ "one byte at the page's end", { 3, 4095, 0, 1 }, MIR_OK },
	{ "one byte past the end", { 3, 4083, 0, 14 }, MIR_EPROTO },
	{ "offset past the end", { 3, 4096, 0, 1 }, MIR_EPROTO },
	{ "largest offset", { 3, 65535, 0, 1 }, MIR_EPROTO },
	{ "length above a page", { 3, 0, 0, 4097 }, MIR_EPROTO },
	{ "largest length", { 3, 0, 0, INT16_MAX }, MIR_EPROTO },
	{ "nothing in it", { 3, 0, 0, 0 }, MIR_EPROTO },
	{ "another request's id", { 4, 0, 0, 60 }, MIR_EPROTO },
	{ "an id that never was", { 65535, 0, 0, 60 }, MIR_EPROTO },
	{ "backend lost it", { 3, 0, 0, NETIF_RSP_ERROR }, MIR_EIO },
	{ "backend dropped it", { 3, 0, 0, NETIF_RSP_DROPPED }, MIR_EIO },
	{ "smallest status", { 3, 9999, 0, INT16_MIN }, MIR_EIO },
	{ "lost, of another id", { 4, 0, 0, NETIF_RSP_ERROR }, MIR_EPROTO },
};

TEST(rx_slot_check)
{
	struct rx_piece p;

	for (unsigned i = 0; i < sizeof slots / sizeof *slots; i++)
		CHECK_MSG(rx_slot_check(&slots[i].slot, 3, &p) == slots[i].want, "%s",
			  slots[i].why);
}

TEST(rx_slot_flags)
{
	struct netif_rx_response s = { 0, 10, 0, 20 };
	struct rx_piece p;

	CHECK_EQ(rx_slot_check(&s, 0, &p), MIR_OK);
	CHECK(p.offset == 10 && p.len == 20 && !p.more && !p.extra && !p.csum_ok);
	s.flags = NETRXF_more_data | NETRXF_extra_info | NETRXF_csum_blank;
	CHECK_EQ(rx_slot_check(&s, 0, &p), MIR_OK);
	CHECK(p.more && p.extra && p.csum_ok);
	s.flags = NETRXF_data_validated;
	CHECK_EQ(rx_slot_check(&s, 0, &p), MIR_OK);
	CHECK(p.csum_ok);
	s.flags = NETRXF_more_data;
	s.status = NETIF_RSP_ERROR;
	CHECK_EQ(rx_slot_check(&s, 0, &p), MIR_EIO);
	CHECK(p.more);
}

TEST(rx_extra_check)
{
	struct netif_extra_info e = { .type = XEN_NETIF_EXTRA_TYPE_HASH };
	struct rx_extra x;

	CHECK_EQ(rx_extra_check(&e, &x), MIR_OK);
	CHECK(!x.more && !x.gso_size);
	e.flags = XEN_NETIF_EXTRA_FLAG_MORE;
	CHECK_EQ(rx_extra_check(&e, &x), MIR_OK);
	CHECK(x.more);
	for (unsigned type = 0; type < 256; type++) {
		e.type = (uint8_t)type;
		CHECK_EQ(rx_extra_check(&e, &x),
			 type == XEN_NETIF_EXTRA_TYPE_HASH ? MIR_OK : MIR_EPROTO);
	}
}

TEST(rx_extra_of_joined_segments)
{
	struct netif_extra_info e = { .type = XEN_NETIF_EXTRA_TYPE_GSO };
	struct rx_extra x;

	for (unsigned type = 0; type < 256; type++) {
		e.u.gso.type = (uint8_t)type;
		e.u.gso.size = 1448;
		CHECK_EQ(rx_extra_check(&e, &x), type == 1 || type == 2 ? MIR_OK : MIR_EPROTO);
		CHECK_EQ(x.gso_size, type == 1 || type == 2 ? 1448 : 0);
		e.u.gso.size = 0;
		CHECK_EQ(rx_extra_check(&e, &x), MIR_EPROTO);
	}
}

static const struct { const char *why; RING_IDX prod, cons, end; int want; } rings[] = {
	{ "nothing new", 5, 5, 9, 0 },
	{ "some", 7, 5, 9, 2 },
	{ "all that are posted", 9, 5, 9, 4 },
	{ "one more", 10, 5, 9, MIR_EPROTO },
	{ "backwards", 4, 5, 9, MIR_EPROTO },
	{ "nothing posted, something answered", 6, 5, 5, MIR_EPROTO },
	{ "over the wrap", 2, UINT32_MAX - 1, 3, 4 },
	{ "over the wrap, one more", 4, UINT32_MAX - 1, 3, MIR_EPROTO },
};

TEST(ring_responses)
{
	for (unsigned i = 0; i < sizeof rings / sizeof *rings; i++)
		CHECK_MSG(ring_responses(rings[i].prod, rings[i].cons, rings[i].end) ==
			  rings[i].want, "%s", rings[i].why);
}
