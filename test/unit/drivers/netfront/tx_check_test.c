/* SPDX-License-Identifier: ISC */
/* What a backend may answer to sent requests. */
#include "drivers/netfront/tx_check.h"
#include "mir/err.h"
#include "test/unit/harness.h"

static struct tx_slot slots[RING_SLOTS] = { [7] = { .ref = 99 }, [255] = { .ref = 1 } };

static const struct { const char *why; struct netif_tx_response r; int want; } cases[] = {
	{ "sent", { 7, NETIF_RSP_OKAY }, MIR_OK },
	{ "the last id", { 255, NETIF_RSP_OKAY }, MIR_OK },
	{ "dropped", { 7, NETIF_RSP_DROPPED }, MIR_EIO },
	{ "failed", { 7, NETIF_RSP_ERROR }, MIR_EIO },
	{ "a status that does not exist", { 7, 12345 }, MIR_EIO },
	{ "not in flight", { 8, NETIF_RSP_OKAY }, MIR_EPROTO },
	{ "not in flight and dropped", { 8, NETIF_RSP_DROPPED }, MIR_EPROTO },
	{ "an id behind the ring", { 256, NETIF_RSP_OKAY }, MIR_EPROTO },
	{ "no response, without extra info", { 7, NETIF_RSP_NULL }, MIR_EPROTO },
	{ "the largest id", { 65535, NETIF_RSP_OKAY }, MIR_EPROTO },
};

TEST(tx_response_check)
{
	uint16_t id = 0;

	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		CHECK_MSG(tx_response_check(&cases[i].r, slots, 0, &id) == cases[i].want, "%s",
			  cases[i].why);
		if (cases[i].want != MIR_EPROTO)
			CHECK_EQ(id, cases[i].r.id);
	}
}

TEST(answers_to_extra_info_have_no_id)
{
	struct netif_tx_response r = { 999, NETIF_RSP_NULL };
	uint16_t id = 7;

	CHECK_EQ(tx_response_check(&r, slots, 1, &id), MIR_ENOENT);
	CHECK_EQ(id, 7);
	CHECK_EQ(tx_response_check(&r, slots, 0, &id), MIR_EPROTO);
}

TEST(only_segments_that_the_backend_cuts)
{
	static const struct { uint8_t high, low; unsigned offload; int want; } all[] = {
		{ 0x08, 0x00, MIR_NETIF_TSO4, XEN_NETIF_GSO_TYPE_TCPV4 },
		{ 0x86, 0xdd, MIR_NETIF_TSO4 | MIR_NETIF_TSO6, XEN_NETIF_GSO_TYPE_TCPV6 },
		{ 0x08, 0x00, MIR_NETIF_TSO6, MIR_EINVAL },
		{ 0x86, 0xdd, MIR_NETIF_TSO4, MIR_EINVAL },
		{ 0x08, 0x06, MIR_NETIF_TSO4 | MIR_NETIF_TSO6, MIR_EINVAL },
		{ 0x00, 0x08, MIR_NETIF_TSO4 | MIR_NETIF_TSO6, MIR_EINVAL },
	};
	uint8_t frame[14] = { 0 };
	struct mir_buf b = { .data = frame, .len = 14 };

	for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
		frame[12] = all[i].high;
		frame[13] = all[i].low;
		CHECK_EQ(tx_gso_type(&b, all[i].offload), all[i].want);
	}
	b.len = 13;
	CHECK_EQ(tx_gso_type(&b, MIR_NETIF_TSO4 | MIR_NETIF_TSO6), MIR_EINVAL);
}
