/* SPDX-License-Identifier: ISC */
/* The header that taps and virtio-net devices put before a frame. */
#include <string.h>
#include "lib/vnet.h"
#include "mir/err.h"
#include "mir/netif.h"
#include "test/unit/harness.h"

#define ALL (MIR_NETIF_CSUM4 | MIR_NETIF_CSUM6 | MIR_NETIF_TSO4 | MIR_NETIF_TSO6)

static const struct {
	const char *why;
	uint8_t p[VNET_HDR];		/* flags, type, hdr_len, gso_size, start, offset */
	unsigned agreed;
	int want;
	uint16_t flags, gso_size;
} cases[] = {
	{ "nothing said", { 0 }, 0, MIR_OK, 0, 0 },
	{ "a size without a type", { 0, 0, 0, 0, 1 }, 0, MIR_OK, 0, 0 },
	{ "blank", { 1, 0, 0, 0, 0, 0, 34, 0, 16, 0 }, ALL, MIR_OK, MIR_BUF_CSUM_OK, 0 },
	{ "verified", { 2 }, ALL, MIR_OK, MIR_BUF_CSUM_OK, 0 },
	{ "blank, not agreed", { 1, 0, 0, 0, 0, 0, 34, 0, 16, 0 }, 0, MIR_EIO, 0, 0 },
	{ "verified, not agreed", { 2 }, 0, MIR_EIO, 0, 0 },
	{ "a flag we don't know", { 4 }, ALL, MIR_OK, 0, 0 },
	{ "last place of the field", { 1, 0, 0, 0, 0, 0, 34, 0, 64, 0 }, ALL, MIR_OK, 1, 0 },
	{ "field behind the end", { 1, 0, 0, 0, 0, 0, 34, 0, 65, 0 }, ALL, MIR_EIO, 0, 0 },
	{ "offset that wraps", { 1, 0, 0, 0, 0, 0, 34, 0, 0xff, 0xff }, ALL, MIR_EIO, 0, 0 },
	{ "start in the Ethernet header", { 1, 0, 0, 0, 0, 0, 13, 0, 16, 0 }, ALL, MIR_EIO, 0, 0 },
	{ "joined", { 1, 1, 66, 0, 0xa8, 5, 34, 0, 16, 0 }, ALL, MIR_OK, MIR_BUF_CSUM_OK, 1448 },
	{ "joined, sum not vouched for", { 0, 1, 66, 0, 0xa8, 5 }, ALL, MIR_OK, 0, 1448 },
	{ "joined IPv6", { 2, 4, 66, 0, 0xa8, 5 }, ALL, MIR_OK, MIR_BUF_CSUM_OK, 1448 },
	{ "joined IPv4, not agreed", { 2, 1, 66, 0, 0xa8, 5 }, ALL & ~MIR_NETIF_TSO4, MIR_EIO, 0, 0 },
	{ "joined IPv6, not agreed", { 2, 4, 66, 0, 0xa8, 5 }, ALL & ~MIR_NETIF_TSO6, MIR_EIO, 0, 0 },
	{ "joined of nothing", { 2, 1 }, ALL, MIR_EIO, 0, 0 },
	{ "joined UDP", { 2, 3, 0, 0, 0xa8, 5 }, ALL, MIR_EIO, 0, 0 },
	{ "with a congestion mark", { 2, 0x81, 0, 0, 0xa8, 5 }, ALL, MIR_EIO, 0, 0 },
};

TEST(vnet_parse)
{
	struct vnet_frame f;

	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		CHECK_MSG(vnet_parse(cases[i].p, 100, cases[i].agreed, &f) == cases[i].want,
			  cases[i].why);
		if (cases[i].want == MIR_OK)
			CHECK_MSG(f.flags == cases[i].flags && f.gso_size == cases[i].gso_size,
				  cases[i].why);
	}
}

/* Headers as the stack leaves them. */
static void
build(bool v6, bool tcp, uint16_t gso_size, uint8_t out[VNET_HDR])
{
	unsigned l4 = v6 ? 54 : 34;
	struct mir_buf *b = mir_buf_alloc(0, l4 + 32);

	memset(b->data, 0, b->len);
	b->data[14] = v6 ? 0x60 : 0x45;
	b->data[14 + (v6 ? 6 : 9)] = tcp ? 6 : 17;
	if (tcp)
		b->data[l4 + 12] = 8 << 4;
	b->flags = MIR_BUF_CSUM_BLANK;
	b->gso_size = gso_size;
	memset(out, 0xaa, VNET_HDR);
	vnet_build(out, b);
	mir_buf_free(b);
}

TEST(vnet_build)
{
	uint8_t h[VNET_HDR];

	build(false, true, 1448, h);
	CHECK(!memcmp(h, (uint8_t[]){ 1, 1, 66, 0, 0xa8, 5, 34, 0, 16, 0 }, VNET_HDR));
	build(true, true, 1428, h);
	CHECK(!memcmp(h, (uint8_t[]){ 1, 4, 86, 0, 0x94, 5, 54, 0, 16, 0 }, VNET_HDR));
	build(false, true, 0, h);
	CHECK(!memcmp(h, (uint8_t[]){ 1, 0, 66, 0, 0, 0, 34, 0, 16, 0 }, VNET_HDR));
	build(true, false, 0, h);
	CHECK(!memcmp(h, (uint8_t[]){ 1, 0, 62, 0, 0, 0, 54, 0, 6, 0 }, VNET_HDR));
}

/* An ARP frame is shorter than what is looked at in others. */
TEST(vnet_build_asks_for_nothing)
{
	static const uint8_t none[VNET_HDR];
	struct mir_buf *b = mir_buf_alloc(0, 42);
	uint8_t h[VNET_HDR];

	memset(b->data, 0xff, b->len);
	vnet_build(h, b);
	CHECK(!memcmp(h, none, VNET_HDR));
	mir_buf_free(b);
}
