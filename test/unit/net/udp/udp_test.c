/* SPDX-License-Identifier: ISC */
/* sources: net/udp/packet.c */
/* UDP: hostile headers, sockets, bounded queues, the owner's port. */
#include "lib/bytes.h"
#include "lib/checksum.h"
#include "mir/err.h"
#include "net/udp/udp.h"
#include "test/unit/harness.h"

static struct mir_addr us, peer;
static struct udp udp;
static struct mir_buf *out;
static int output_err;
static unsigned owned;

static int
output(void *ctx, const struct mir_addr *src, const struct mir_addr *dst, struct mir_buf *b)
{
	(void)ctx;
	CHECK_MEM(src, &us, sizeof us);
	CHECK_MEM(dst, &peer, sizeof peer);
	if (!output_err)
		out = b;
	return output_err;
}

static int
source(void *ctx, const struct mir_addr *dst, struct mir_addr *src)
{
	(void)ctx;
	(void)dst;
	*src = us;
	return MIR_OK;
}

static void
own(void *ctx, struct mir_buf *payload)
{
	(void)ctx;
	owned++;
	mir_buf_free(payload);
}

static void
begin(void)
{
	const struct udp_env env = { NULL, output, source, NULL, 68, own, NULL };

	us = mir_addr_from_ipv4(0x0a000001);
	peer = mir_addr_from_ipv4(0x0a000002);
	udp_init(&udp, &env);
	output_err = 0;
	owned = 0;
}

/* A datagram from the peer, checksum and all. */
static struct mir_buf *
datagram(const char *text, uint16_t port)
{
	struct mir_buf *b = mir_buf_alloc(MIR_BUF_HEADROOM, strlen(text));

	memcpy(b->data, text, strlen(text));
	return udp_build(b, &peer, 5000, &us, port, false);
}

TEST(headers_that_can_not_be_are_refused)
{
	uint8_t p[20] = { 0, 1, 0, 2, 0, 20, 0, 0 };
	struct udp_hdr h;

	CHECK_EQ(udp_parse(p, 20, 20, &h), MIR_OK);
	CHECK_EQ(h.sport, 1);
	CHECK_EQ(h.dport, 2);
	CHECK(!h.has_csum);
	for (size_t len = 0; len < 20; len++)
		CHECK_EQ(udp_parse(p, len, len, &h), MIR_EPROTO);
	p[5] = 7;
	CHECK_EQ(udp_parse(p, 20, 20, &h), MIR_EPROTO);
	p[5] = 8;
	CHECK_EQ(udp_parse(p, 20, 20, &h), MIR_OK);
	p[3] = 0;
	CHECK_EQ(udp_parse(p, 20, 20, &h), MIR_EPROTO);
}

TEST(a_datagram_arrives_without_its_header_and_padding)
{
	struct mir_addr from;
	struct mir_udp *s;
	struct mir_buf *b;
	uint16_t port;

	begin();
	CHECK_EQ(udp_bind(&udp, 53, &s), MIR_OK);
	CHECK_EQ(s->ops->recv(s, &b, &from, &port), MIR_EAGAIN);
	b = datagram("hello", 53);
	mir_buf_append(&b, mir_buf_copy_in("padding", 7));
	CHECK_EQ(udp_input(&udp, &peer, &us, b), MIR_OK);
	CHECK_EQ(udp_input(&udp, &peer, &us, datagram("", 53)), MIR_OK);
	if (CHECK_EQ(s->ops->recv(s, &b, &from, &port), MIR_OK)) {
		CHECK_EQ(mir_buf_len(b), 5);
		CHECK_MEM(b->data, "hello", 5);
		CHECK_EQ(port, 5000);
		CHECK_MEM(&from, &peer, sizeof peer);
		mir_buf_free(b);
	}
	if (CHECK_EQ(s->ops->recv(s, &b, &from, &port), MIR_OK)) {
		CHECK_EQ(mir_buf_len(b), 0);
		mir_buf_free(b);
	}
	s->ops->close(s);
}

TEST(wrong_checksums_are_dropped_missing_and_vouched_ones_are_not)
{
	struct mir_udp *s;
	struct mir_buf *b;

	begin();
	CHECK_EQ(udp_bind(&udp, 53, &s), MIR_OK);
	b = datagram("hello", 53);
	b->data[UDP_HDR] ^= 1;
	CHECK_EQ(udp_input(&udp, &peer, &us, b), MIR_EPROTO);
	b = datagram("hello", 53);
	b->data[UDP_HDR] ^= 1;
	b->flags |= MIR_BUF_CSUM_OK;
	CHECK_EQ(udp_input(&udp, &peer, &us, b), MIR_OK);
	b = datagram("hello", 53);
	put16(b->data + UDP_CSUM, 0);
	CHECK_EQ(udp_input(&udp, &peer, &us, b), MIR_OK);
	s->ops->close(s);
}

TEST(a_queue_is_bounded_and_a_close_frees_it)
{
	struct mir_udp *s;

	begin();
	CHECK_EQ(udp_bind(&udp, 53, &s), MIR_OK);
	for (int i = 0; i < CONFIG_UDP_QUEUE; i++)
		CHECK_EQ(udp_input(&udp, &peer, &us, datagram("x", 53)), MIR_OK);
	CHECK_EQ(udp_input(&udp, &peer, &us, datagram("x", 53)), MIR_ENOMEM);
	CHECK_EQ(udp_input(&udp, &peer, &us, datagram("x", 54)), MIR_ENOENT);
	s->ops->close(s);
	CHECK_EQ(udp_input(&udp, &peer, &us, datagram("x", 53)), MIR_ENOENT);
}

TEST(ports_are_unique_and_the_owners_is_taken)
{
	struct mir_udp *s, *t, *other;

	begin();
	CHECK_EQ(udp_bind(&udp, 53, &s), MIR_OK);
	CHECK_EQ(udp_bind(&udp, 53, &other), MIR_EEXIST);
	CHECK_EQ(udp_bind(&udp, 68, &other), MIR_EEXIST);
	CHECK_EQ(udp_bind(&udp, 0, &t), MIR_OK);
	CHECK(t->port >= 49152);
	CHECK_EQ(udp_input(&udp, &peer, &us, datagram("offer", 68)), MIR_OK);
	CHECK_EQ(owned, 1);
	s->ops->close(s);
	t->ops->close(t);
}

TEST(a_sent_datagram_has_a_checksum_and_a_failed_one_stays_whole)
{
	struct checksum sum = { 0 };
	struct mir_udp *s;
	struct mir_buf *b = mir_buf_copy_in("hello", 5);

	begin();
	CHECK_EQ(udp_bind(&udp, 53, &s), MIR_OK);
	output_err = MIR_EUNREACH;
	CHECK_EQ(s->ops->send(s, b, &peer, 5000), MIR_EUNREACH);
	CHECK_EQ(mir_buf_len(b), 5);
	CHECK_MEM(b->data, "hello", 5);
	output_err = 0;
	CHECK_EQ(s->ops->send(s, b, &peer, 5000), MIR_OK);
	CHECK_EQ(mir_buf_len(out), 13);
	checksum_pseudo(&sum, &us, &peer, 17, 13);
	checksum_add_chain(&sum, out);
	CHECK_EQ(checksum_finish(&sum), 0);
	mir_buf_free(out);
	s->ops->close(s);
}

/* A payload that came as a view of a file or the like: the header has memory of its own, which a
 * failed send must take off again. */
TEST(a_payload_without_room_for_a_header)
{
	struct mir_buf *b = mir_buf_copy_in("hello", 5);
	struct mir_udp *s;

	begin();
	CHECK_EQ(udp_bind(&udp, 53, &s), MIR_OK);
	mir_buf_push(b, mir_buf_headroom(b));
	b->len = 5;
	memcpy(b->data, "hello", 5);
	CHECK_EQ(mir_buf_headroom(b), 0);
	output_err = MIR_EUNREACH;
	CHECK_EQ(s->ops->send(s, b, &peer, 5000), MIR_EUNREACH);
	CHECK(!b->next);
	CHECK_EQ(b->len, 5);
	CHECK_MEM(b->data, "hello", 5);
	output_err = 0;
	CHECK_EQ(s->ops->send(s, b, &peer, 5000), MIR_OK);
	CHECK(out != b && out->next == b);
	CHECK_EQ(mir_buf_len(out), 13);
	mir_buf_free(out);
	s->ops->close(s);
}

TEST(a_datagram_longer_than_can_be_is_refused)
{
	struct mir_buf *b = NULL;
	struct mir_udp *s;

	begin();
	CHECK_EQ(udp_bind(&udp, 53, &s), MIR_OK);
	for (size_t i = 0; i < 17; i++)
		mir_buf_append(&b, mir_buf_alloc(0, 4000));
	CHECK_EQ(s->ops->send(s, b, &peer, 5000), MIR_EMSGSIZE);
	CHECK_EQ(mir_buf_len(b), 68000);
	mir_buf_free(b);
	s->ops->close(s);
}
