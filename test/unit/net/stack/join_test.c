/* SPDX-License-Identifier: ISC */
/* What is joined before it goes up, what is not, and that nothing is lost or reordered. */
/* sources: net/ipv4/packet.c */
#include "lib/checksum.h"
#include "mir/stats.h"
#include "net/stack/priv.h"
#include "net/tcp/wire.h"
#include "test/unit/harness.h"

#define SEGMENT	1000
#define TCP_AT(v6) ((v6) ? 54u : 34u)

static struct stack s;
static struct mir_buf *up[64];
static unsigned ups;
static uint32_t seq;

void
stack_frame(struct stack *stack, struct mir_buf *frame)
{
	(void)stack;
	up[ups++] = frame;
}

/* A segment with a timestamp: its headers in one piece, every byte of the payload its place. */
static struct mir_buf *
segment(bool v6, uint32_t at, size_t payload)
{
	const uint8_t src[32] = { 10, 0, 0, 1, 10, 0, 0, 2 };
	size_t tcp = TCP_AT(v6), headers = tcp + 32;
	struct mir_buf *b = mir_buf_alloc(0, headers + payload);
	uint8_t *p = b->data, *ip = p + 14;

	memset(p, 2, b->len);
	put16(p + 12, v6 ? ETHER_IPV6 : ETHER_IPV4);
	memset(ip, 0, headers - 14);
	if (v6) {
		ip[0] = 0x60;
		put16(ip + 4, (uint16_t)(32 + payload));
		ip[6] = TCP_PROTOCOL;
		memcpy(ip + 8, src, 32);
	} else {
		ipv4_build(ip, 0x0a000001, 0x0a000002, TCP_PROTOCOL, 32 + payload);
	}
	put16(p + tcp + TCP_SPORT, 1234);
	put16(p + tcp + TCP_DPORT, 80);
	put32(p + tcp + TCP_SEQ, at);
	p[tcp + TCP_DOFF] = 8 << 4;
	p[tcp + TCP_FLAGS] = TCP_ACK;
	memcpy(p + tcp + TCP_HDR, (uint8_t[]){ 1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2 }, 12);
	for (size_t i = 0; i < payload; i++)
		p[headers + i] = (uint8_t)((at + i) * 31);
	return b;
}

/* The checksums after the headers were made different. */
static struct mir_buf *
sealed(struct mir_buf *b)
{
	bool v6 = b->data[12] == 0x86;
	uint8_t *ip = b->data + 14, *tcp = b->data + TCP_AT(v6);
	size_t len = b->len - TCP_AT(v6);
	struct checksum c = { 0 };

	if (!v6) {
		put16(ip + IPV4_CSUM, 0);
		put16(ip + IPV4_CSUM, checksum(ip, IPV4_HDR));
	}
	put16(tcp + TCP_CSUM, 0);
	checksum_add(&c, ip + (v6 ? 8 : 12), v6 ? 32 : 8);
	checksum_add(&c, (uint8_t[]){ 0, 6, (uint8_t)(len >> 8), (uint8_t)len }, 4);
	checksum_add(&c, tcp, len);
	put16(tcp + TCP_CSUM, checksum_finish(&c));
	return b;
}

static void
put(struct mir_buf *b)
{
	if (!stack_join(&s, b))
		stack_frame(&s, b);
}

static void
next(bool v6, size_t payload)
{
	put(sealed(segment(v6, seq, payload)));
	seq += (uint32_t)payload;
}

static void
set_up(void)
{
	s = (struct stack){ 0 };
	ups = 0;
	seq = 0xfffff000;		/* It wraps. */
}

/* The turn ends; what went up is the stream, whole and in order. */
static void
tear_down(bool v6)
{
	uint8_t bytes[4000], *p;
	uint32_t at = 0xfffff000;

	stack_join_flush(&s);
	CHECK_EQ(stack_join_deadline(&s), MIR_NEVER);
	mir_timer_cancel(&s.timer);
	for (unsigned i = 0; i < ups; i++) {
		size_t headers = TCP_AT(v6) + 32, payload = mir_buf_len(up[i]) - headers;

		p = up[i]->data;
		CHECK_EQ(get32(p + TCP_AT(v6) + TCP_SEQ), at);
		if (v6)
			CHECK_EQ(get16(p + 14 + 4), 32 + payload);
		else
			CHECK_EQ(get16(p + 14 + IPV4_TOTAL), 20 + 32 + payload);
		if (!v6)
			CHECK_EQ(checksum(p + 14, IPV4_HDR), 0);
		for (size_t done = 0, n; done < payload; done += n, at += (uint32_t)n) {
			n = mir_buf_copy_out(up[i], headers + done, bytes, sizeof bytes);
			for (size_t k = 0; k < n; k++)
				if (!CHECK_EQ(bytes[k], (uint8_t)((at + k) * 31)))
					return;
		}
		mir_buf_free(up[i]);
	}
}

TEST(join_a_batch)
{
	for (unsigned v6 = 0; v6 < 2; v6++) {
		set_up();
		for (unsigned i = 0; i < 5; i++)
			next(v6, SEGMENT);
		CHECK_EQ(ups, 0);
		CHECK_EQ(stack_join_deadline(&s), 0);
		CHECK(mir_timer_is_set(&s.timer));
		next(v6, SEGMENT / 2 + 100);	/* A short one ends it. */
		CHECK_EQ(ups, 1);
		CHECK_EQ(up[0]->gso_size, SEGMENT);
		CHECK(up[0]->flags & MIR_BUF_CSUM_OK);
		next(v6, SEGMENT);
		CHECK_EQ(ups, 1);
		stack_join_flush(&s);
		CHECK_EQ(ups, 2);
		CHECK_EQ(up[1]->gso_size, 0);
		tear_down(v6);
	}
}

TEST(join_stops_at_the_largest_packet)
{
	set_up();
	for (unsigned i = 0; i < 100; i++)
		next(false, SEGMENT);
	CHECK_EQ(ups, 1);
	CHECK_EQ(mir_buf_len(up[0]), 66 + 65 * SEGMENT);
	tear_down(false);
}

TEST(join_not_what_is_short)
{
	set_up();
	next(false, 100);
	CHECK_EQ(ups, 1);
	next(false, SEGMENT);
	next(false, 100);		/* Behind what was held back. */
	CHECK_EQ(ups, 3);
	tear_down(false);
}

TEST(join_carries_push)
{
	struct mir_buf *b;

	set_up();
	next(false, SEGMENT);
	b = segment(false, seq, SEGMENT);
	b->data[34 + TCP_FLAGS] |= TCP_PSH;
	put(sealed(b));
	seq += SEGMENT;
	next(false, SEGMENT);
	tear_down(false);
	CHECK_EQ(ups, 1);
}

/* One byte of a header that is different: the frame goes up by itself. */
TEST(join_only_what_is_alike)
{
	static const struct { const char *why; uint8_t at; bool v6, ends; } cases[] = {
		{ "destination", 0, false, false }, { "source", 6, false, false },
		{ "type of service", 15, false, false }, { "fragment", 21, false, true },
		{ "time to live", 22, false, false }, { "protocol", 23, false, true },
		{ "source address", 29, false, false }, { "destination address", 33, false, false },
		{ "source port", 34, false, false }, { "destination port", 36, false, false },
		{ "acknowledgement", 45, false, false }, { "window", 49, false, false },
		{ "option", 60, false, false }, { "flow label", 17, true, false },
		{ "hop limit", 21, true, false }, { "last of the source", 37, true, false },
		{ "first of the destination", 38, true, false }, { "IPv6 option", 80, true, false },
	};
	struct mir_buf *b;

	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		set_up();
		next(cases[i].v6, SEGMENT);
		b = segment(cases[i].v6, seq, SEGMENT);
		b->data[cases[i].at] ^= 1;
		put(sealed(b));
		stack_join_flush(&s);
		CHECK_MSG(ups == 2, "%s", cases[i].why);
		CHECK_MSG(up[0]->gso_size == 0 && up[1]->gso_size == 0, "%s", cases[i].why);
		CHECK_MSG(!(up[1]->flags & MIR_BUF_CSUM_OK) == cases[i].ends, "%s", cases[i].why);
		while (ups)
			mir_buf_free(up[--ups]);
	}
	mir_timer_cancel(&s.timer);
}

/* Flags, wrong sums, gaps, what a device joined already: flushed before it, and passed. */
TEST(join_passes_what_ends_a_batch)
{
	struct mir_buf *b;

	for (unsigned i = 0; i < 7; i++) {
		set_up();
		next(false, SEGMENT);
		b = segment(false, i == 0 ? seq + 1 : seq, SEGMENT);
		if (i == 1)
			b->data[34 + TCP_FLAGS] |= TCP_FIN;
		if (i == 2)
			b->data[34 + TCP_FLAGS] |= TCP_CWR;
		if (i == 3)
			b->data[34 + TCP_DOFF] = 4 << 4;
		sealed(b);
		if (i == 4)
			b->data[500] ^= 1;
		if (i == 5)
			b->gso_size = 500;
		if (i == 6)
			b->data[14 + IPV4_CSUM] ^= 1;
		put(b);
		stack_join_flush(&s);
		CHECK_EQ(ups, 2);
		CHECK_EQ(up[0]->gso_size, 0);
		CHECK_MSG(!(up[1]->flags & MIR_BUF_CSUM_OK) == (i > 0), "%u", i);
		while (ups)
			mir_buf_free(up[--ups]);
	}
	mir_timer_cancel(&s.timer);
}

/* The device vouched for what it left blank. */
TEST(join_believes_the_device)
{
	set_up();
	for (unsigned i = 0; i < 3; i++) {
		struct mir_buf *b = segment(true, seq, SEGMENT);

		b->flags = MIR_BUF_CSUM_OK;
		put(b);
		seq += SEGMENT;
	}
	tear_down(true);
	CHECK_EQ(ups, 1);
}
