/* SPDX-License-Identifier: ISC */
/* sources: net/udp/[a-z]*.c */
/* UDP: headers, datagrams in pieces to an engine with a socket, and datagrams built. */
#include "lib/bytes.h"
#include "lib/checksum.h"
#include "mir/err.h"
#include "net/ipv4/packet.h"
#include "net/udp/udp.h"
#include "test/fuzz/fuzz.h"
#include "test/unit/harness.h"

#define PORT	53
#define OWN	68

static const struct mir_addr we = { { [10] = 0xff, 0xff, 10, 0, 0, 1 } };
static const struct mir_addr peer = { { [10] = 0xff, 0xff, 10, 0, 0, 2 } };
static struct udp_hdr sent;		/* Of the datagram that was put in last. */
static bool was_fine;

static void
own(void *ctx, struct mir_buf *payload)
{
	(void)ctx;
	CHECK(was_fine && sent.dport == OWN);
	CHECK_EQ(mir_buf_len(payload), sent.len - UDP_HDR);
	mir_buf_free(payload);
}

static int
source(void *ctx, const struct mir_addr *dst, struct mir_addr *src)
{
	(void)ctx;
	(void)dst;
	*src = we;
	return MIR_OK;
}

/* What we send is whole, and its sum is right. */
static int
output(void *ctx, const struct mir_addr *src, const struct mir_addr *dst, struct mir_buf *b)
{
	uint8_t p[UDP_HDR];
	struct checksum c = { 0 };
	struct udp_hdr h;
	size_t len = mir_buf_len(b);

	(void)ctx;
	CHECK_EQ(mir_buf_copy_out(b, 0, p, sizeof p), UDP_HDR);
	CHECK_EQ(udp_parse(p, sizeof p, len, &h), MIR_OK);
	CHECK(h.len == len && h.sport == PORT && h.has_csum);
	checksum_pseudo(&c, src, dst, IPV4_UDP, (uint32_t)len);
	checksum_add_chain(&c, b);
	CHECK_EQ(checksum_finish(&c), 0);
	mir_buf_free(b);
	return MIR_OK;
}

/* The bytes as a chain of pieces of 'piece' bytes. */
static struct mir_buf *
chain_of(const uint8_t *p, size_t len, size_t piece)
{
	struct mir_buf *b = NULL;

	do {
		size_t n = len < piece ? len : piece;

		mir_buf_append(&b, mir_buf_copy_in(p, n));
		p += n;
		len -= n;
	} while (len);
	return b;
}

static void
answer_all(struct mir_udp *u)
{
	struct mir_addr from;
	struct mir_buf *b;
	uint16_t port;

	while (u->ops->recv(u, &b, &from, &port) == MIR_OK) {
		CHECK(was_fine && sent.dport == PORT && port == sent.sport);
		CHECK_EQ(mir_buf_len(b), sent.len - UDP_HDR);
		if (port == 0 || u->ops->send(u, b, &from, port) != MIR_OK)
			mir_buf_free(b);
	}
}

/* The first byte: the size of the pieces, and whether the sum is to be believed. */
void
fuzz_one(const uint8_t *data, size_t len)
{
	const struct udp_env env = { .output = output, .source = source, .own_port = OWN,
				     .own = own };
	struct fuzz_bytes in = { data, len };
	uint8_t how = fuzz_8(&in);
	struct mir_udp *socket;
	struct mir_buf *b;
	struct udp udp;

	was_fine = udp_parse(in.at, in.left, in.left, &sent) == MIR_OK;
	CHECK(!was_fine || (sent.len >= UDP_HDR && sent.len <= in.left && sent.dport));
	udp_init(&udp, &env);
	CHECK_EQ(udp_bind(&udp, PORT, &socket), MIR_OK);
	b = in.left ? chain_of(in.at, in.left, how / 2 + 1u) : NULL;
	if (b) {
		b->flags |= how & 1 ? MIR_BUF_CSUM_OK : 0;
		udp_input(&udp, &peer, &we, b);
		answer_all(socket);
	}
	socket->ops->close(socket);
}
