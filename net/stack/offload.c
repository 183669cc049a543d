/* SPDX-License-Identifier: ISC */
/* What the device does for the stack, and doing it here for frames that were made for another: the
 * link may come back with less while they wait. */
#include "lib/checksum.h"
#include "mir/panic.h"
#include "net/ipv4/packet.h"
#include "net/stack/priv.h"
#include "net/tcp/wire.h"

enum { IPV6_HDR = 40, IPV6_PAYLOAD = 4, IPV6_NEXT = 6, IPV6_SRC = 8, IPV6_DST = 24 };
enum { CWR = 0x80 };

struct frame {				/* Where its headers start. */
	uint8_t *ip, *l4;
	size_t headers;			/* Bytes before the payload. */
	uint8_t proto;
	bool v6;
};

/* Our own frames: whole headers in the first piece, no extension headers. */
static struct frame
look(const struct mir_buf *b)
{
	struct frame f = { .ip = b->data + ETHER_HDR };

	f.v6 = f.ip[0] >> 4 == 6;
	f.proto = f.ip[f.v6 ? IPV6_NEXT : IPV4_PROTO];
	f.l4 = f.ip + (f.v6 ? IPV6_HDR : (f.ip[IPV4_VIHL] & 15) * 4);
	f.headers = (size_t)(f.l4 - b->data);
	f.headers += f.proto == IPV4_TCP ? (f.l4[TCP_DOFF] >> 4) * 4u : UDP_HDR;
	return f;
}

struct tcp_offload
stack_offload(const struct stack *s, bool v6)
{
	const struct mir_netif_info *info = &s->nif->info;
	unsigned headers = ETHER_HDR + (v6 ? IPV6_HDR : IPV4_HDR) + TCP_HDR_MAX;
	struct tcp_offload o = { .csum = info->offload & (v6 ? MIR_NETIF_CSUM6 : MIR_NETIF_CSUM4) };

	if (o.csum && (info->offload & (v6 ? MIR_NETIF_TSO6 : MIR_NETIF_TSO4)) &&
	    info->gso_max > headers)
		o.gso_max = (info->gso_max < 65535 ? info->gso_max : 65535) - headers;
	return o;
}

/* Both addresses, the protocol and the length, as checksum_pseudo has them. */
static void
add_pseudo(struct checksum *c, const struct frame *f, uint32_t len)
{
	const uint8_t tail[8] = { (uint8_t)(len >> 24), (uint8_t)(len >> 16), (uint8_t)(len >> 8),
				  (uint8_t)len, [7] = f->proto };

	if (f->v6)
		checksum_add(c, f->ip + IPV6_SRC, 32);
	else
		checksum_add(c, f->ip + IPV4_SRC, 8);
	checksum_add(c, tail, sizeof tail);
}

void
stack_fill_checksum(struct mir_buf *b)
{
	struct frame f = look(b);
	uint8_t *field = f.l4 + (f.proto == IPV4_TCP ? (int)TCP_CSUM : (int)UDP_CSUM);
	size_t skip = (size_t)(f.l4 - b->data);
	struct checksum c = { 0 };
	uint16_t sum;

	put16(field, 0);
	add_pseudo(&c, &f, (uint32_t)(mir_buf_len(b) - skip));
	checksum_add(&c, f.l4, b->len - skip);
	checksum_add_chain(&c, b->next);
	sum = checksum_finish(&c);
	put16(field, sum || f.proto == IPV4_TCP ? sum : 0xffff);
	b->flags &= (uint16_t)~MIR_BUF_CSUM_BLANK;
}

/* The lengths in the headers after 'payload' bytes of them changed. */
static void
set_length(const struct frame *f, size_t payload)
{
	size_t len = f->headers - ETHER_HDR + payload;

	if (f->v6) {
		put16(f->ip + IPV6_PAYLOAD, (uint16_t)(len - IPV6_HDR));
		return;
	}
	put16(f->ip + IPV4_TOTAL, (uint16_t)len);
	put16(f->ip + IPV4_CSUM, 0);
	put16(f->ip + IPV4_CSUM, checksum(f->ip, (size_t)(f->l4 - f->ip)));
}

/* FIN and PSH are the last segment's, CWR (RFC 3168 6.1.2) is the first's. */
struct mir_buf *
stack_first_segment(const struct mir_buf *b)
{
	struct frame f = look(b);
	size_t rest = mir_buf_len(b) - f.headers, n = rest < b->gso_size ? rest : b->gso_size;
	struct mir_buf *first = mir_buf_alloc(MIR_BUF_HEADROOM, f.headers);

	if (!first)
		return NULL;
	memcpy(first->data, b->data, f.headers);
	first->next = mir_buf_clone(b, f.headers, n);
	if (!first->next) {
		mir_buf_free(first);
		return NULL;
	}
	f = look(first);
	if (n < rest)
		f.l4[TCP_FLAGS] &= (uint8_t)~(TCP_FIN | TCP_PSH);
	set_length(&f, n);
	stack_fill_checksum(first);
	return first;
}

/* TCP hands joined segments over with the payload behind a piece of headers. */
struct mir_buf *
stack_other_segments(struct mir_buf *b)
{
	struct frame f = look(b);
	size_t rest = mir_buf_len(b) - f.headers, n = b->gso_size;
	struct mir_buf *payload;

	if (rest <= n) {
		mir_buf_free(b);
		return NULL;
	}
	payload = b->next;
	MIR_ASSERT(b->len == f.headers);
	b->next = mir_buf_trim_front(payload, n);
	put32(f.l4 + TCP_SEQ, get32(f.l4 + TCP_SEQ) + (uint32_t)n);
	f.l4[TCP_FLAGS] &= (uint8_t)~CWR;
	set_length(&f, rest - n);
	return b;
}

/* What of a frame's wishes the device as it is now does not fulfil. */
bool
stack_must_cut(const struct stack *s, const struct mir_buf *b)
{
	return b->gso_size && (!stack_offload(s, look(b).v6).gso_max ||
			       mir_buf_len(b) > s->nif->info.gso_max);
}

bool
stack_must_sum(const struct stack *s, const struct mir_buf *b)
{
	return (b->flags & MIR_BUF_CSUM_BLANK) && !stack_offload(s, look(b).v6).csum;
}
