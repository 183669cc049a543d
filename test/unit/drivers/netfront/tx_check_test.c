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
	{ "the largest id", { 65535, NETIF_RSP_OKAY }, MIR_EPROTO },
};

TEST(tx_response_check)
{
	uint16_t id = 0;

	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		CHECK_MSG(tx_response_check(&cases[i].r, slots, &id) == cases[i].want, "%s",
			  cases[i].why);
		if (cases[i].want != MIR_EPROTO)
			CHECK_EQ(id, cases[i].r.id);
	}
}
