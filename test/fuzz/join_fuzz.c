/* SPDX-License-Identifier: ISC */
/* sources: net/stack/join.c net/ipv4/packet.c */
/* Segments of two connections in any order and form through what joins them: each connection gets
 * the same bytes at the same places of its stream, in the same order, as without. */
#include "lib/checksum.h"
#include "net/stack/priv.h"
#include "net/tcp/wire.h"
#include "test/fuzz/fuzz.h"
#include "test/unit/harness.h"

enum { FLOWS = 2, TCP_AT4 = 34, TCP_AT6 = 54, OPTIONS = 12 };

struct log {				/* What a connection saw: a hash over place and byte. */
	uint64_t sum, bytes, flags;
};

static struct stack s;
static struct log in[FLOWS], out[FLOWS];
static uint32_t next[FLOWS];

static unsigned
tcp_at(const struct mir_buf *b)
{
	return get16(b->data + ETHER_TYPE) == ETHER_IPV6 ? TCP_AT6 : TCP_AT4;
}

static void
note(struct log *logs, const struct mir_buf *b)
{
	const uint8_t *tcp = b->data + tcp_at(b);
	size_t headers = tcp_at(b) + (tcp[TCP_DOFF] >> 4) * 4u, len = mir_buf_len(b);
	struct log *l = &logs[tcp[TCP_SPORT + 1] % FLOWS];
	uint32_t seq = get32(tcp + TCP_SEQ);
	static uint8_t bytes[1 << 17];

	mir_buf_copy_out(b, 0, bytes, sizeof bytes);
	for (size_t i = headers; i < len; i++) {
		l->sum = l->sum * 31 + (uint32_t)(seq + i - headers) * 7ull + bytes[i];
		l->bytes++;
	}
	l->flags |= tcp[TCP_FLAGS];
}

void
stack_frame(struct stack *stack, struct mir_buf *b)
{
	uint8_t *ip = b->data + ETHER_HDR;
	size_t len = mir_buf_len(b) - ETHER_HDR;

	(void)stack;
	CHECK(len <= 65535);
	if (b->gso_size) {
		CHECK(b->flags & MIR_BUF_CSUM_OK);
		CHECK_EQ(tcp_at(b) == TCP_AT6 ? get16(ip + 4) + 40u : get16(ip + IPV4_TOTAL), len);
		CHECK(tcp_at(b) == TCP_AT6 || ipv4_header_sum(ip) == 0xffff);
	}
	note(out, b);
	mir_buf_free(b);
}

static void
seal(struct mir_buf *b)
{
	bool v6 = tcp_at(b) == TCP_AT6;
	uint8_t *ip = b->data + ETHER_HDR, *tcp = b->data + tcp_at(b);
	size_t len = b->len - tcp_at(b);
	struct checksum c = { 0 };

	checksum_add(&c, ip + (v6 ? 8 : 12), v6 ? 32 : 8);
	checksum_add(&c, (uint8_t[]){ 0, TCP_PROTOCOL, (uint8_t)(len >> 8), (uint8_t)len }, 4);
	checksum_add(&c, tcp, len);
	put16(tcp + TCP_CSUM, checksum_finish(&c));
}

static struct mir_buf *
segment(struct fuzz_bytes *f, uint8_t what)
{
	unsigned flow = what & 1, at = what & 2 ? TCP_AT6 : TCP_AT4;
	size_t payload = fuzz_8(f) * 8u, headers = at + TCP_HDR + OPTIONS;
	struct mir_buf *b = mir_buf_alloc(0, headers + payload);
	uint8_t *p = b->data;

	memset(p, fuzz_8(f), b->len);
	memset(p, 0, headers);
	put16(p + ETHER_TYPE, what & 2 ? ETHER_IPV6 : ETHER_IPV4);
	if (what & 2) {
		p[14] = 0x60;
		put16(p + 14 + 4, (uint16_t)(b->len - TCP_AT6));
		p[14 + 6] = TCP_PROTOCOL;
	} else {
		ipv4_build(p + 14, 1, 2, TCP_PROTOCOL, b->len - TCP_AT4);
	}
	p[at + TCP_SPORT + 1] = (uint8_t)flow;
	if (what & 4)
		next[flow] += fuzz_8(f);
	put32(p + at + TCP_SEQ, next[flow]);
	next[flow] += (uint32_t)payload;
	p[at + TCP_DOFF] = (TCP_HDR + OPTIONS) / 4 << 4;
	p[at + TCP_FLAGS] = what & 8 ? fuzz_8(f) : TCP_ACK;
	if (what & 16)
		p[at + fuzz_8(f) % 8 + 14] ^= 1;
	return b;
}

/* A byte behind the headers, a checksum, or any other that does not move the stream. */
static void
spoil(struct fuzz_bytes *f, struct mir_buf *b)
{
	unsigned at = fuzz_16(f) % b->len, tcp = tcp_at(b);

	if (at >= tcp + TCP_HDR + OPTIONS || at == tcp + TCP_CSUM)
		b->data[at] ^= 4;
}

void
fuzz_one(const uint8_t *data, size_t len)
{
	struct fuzz_bytes f = { data, len };
	struct mir_buf *b;
	uint8_t what;

	s = (struct stack){ 0 };
	memset(in, 0, sizeof in);
	memset(out, 0, sizeof out);
	memset(next, 0xff, sizeof next);
	while (f.left) {
		what = fuzz_8(&f);
		b = segment(&f, what);
		seal(b);
		if (what & 32)
			spoil(&f, b);
		note(in, b);
		if (what & 64)
			stack_join_flush(&s);
		if (!stack_join(&s, b))
			stack_frame(&s, b);
	}
	stack_join_flush(&s);
	mir_timer_cancel(&s.timer);
	for (unsigned i = 0; i < FLOWS; i++)
		CHECK_MSG(in[i].sum == out[i].sum && in[i].bytes == out[i].bytes &&
			  in[i].flags == out[i].flags, "connection %u", i);
}
