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

#define HEADROOM	32			/* For what a driver puts before a frame. */
#define GSO_MAX	(65535 - IPV6_HDR - TCP_HDR_MAX)	/* Bytes of payload, where they are cut here. */

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

/* Cutting here costs less than sending each segment by itself: TCP hands over joined ones always. */
struct tcp_offload
stack_way_out(const struct stack *s, bool v6)
{
	struct tcp_offload o = stack_offload(s, v6);

	if (!o.gso_max)
		o.gso_max = GSO_MAX;
	return o;
}

/* Both addresses, the protocol and the length, as checksum_pseudo has them. */
static inline void
add_pseudo(struct checksum *c, const struct frame *f, uint32_t len)
{
	uint32_t ip[2];

	c->sum = (uint64_t)__builtin_bswap32(len) + __builtin_bswap32(f->proto);
	if (f->v6) {
		checksum_add(c, f->ip + IPV6_SRC, 32);
	} else {
		memcpy(ip, f->ip + IPV4_SRC, sizeof ip);
		c->sum += (uint64_t)ip[0] + ip[1];
	}
}

static void
fill(struct mir_buf *b, const struct frame *f, size_t len)
{
	uint8_t *field = f->l4 + (f->proto == IPV4_TCP ? (int)TCP_CSUM : (int)UDP_CSUM);
	struct checksum c = { 0 };
	uint16_t sum;

	put16(field, 0);
	add_pseudo(&c, f, (uint32_t)len);
	checksum_add(&c, f->l4, b->len - (size_t)(f->l4 - b->data));
	checksum_add_chain(&c, b->next);
	sum = checksum_finish(&c);
	put16(field, sum || f->proto == IPV4_TCP ? sum : 0xffff);
}

void
stack_fill_checksum(struct mir_buf *b)
{
	struct frame f = look(b);

	fill(b, &f, mir_buf_len(b) - (size_t)(f.l4 - b->data));
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
	put16(f->ip + IPV4_CSUM, __builtin_bswap16((uint16_t)~ipv4_header_sum(f->ip)));
}

/* The headers of 'b' before 'n' bytes of payload. */
static struct mir_buf *
segment(const struct mir_buf *b, const struct frame *f, struct mir_buf *payload, size_t n)
{
	struct mir_buf *first = mir_buf_alloc(HEADROOM, f->headers);

	if (!first)
		return NULL;
	memcpy(first->data, b->data, f->headers);
	first->next = payload->len >= n ? mir_buf_view(payload->mem, payload->data, n)
					: mir_buf_clone(payload, 0, n);
	if (!first->next) {
		mir_buf_free(first);
		return NULL;
	}
	return first;
}

static struct mir_buf *
skip(struct mir_buf *b, size_t n)
{
	if (b->len <= n)
		return mir_buf_trim_front(b, n);
	b->data += n;
	b->len -= (uint32_t)n;
	return b;
}

/* FIN and PSH are the last segment's, CWR (RFC 3168 6.1.2) is the first's. */
int
stack_cut(struct stack *s, struct mir_buf *b, int (*tx)(struct stack *s, struct mir_buf *frame))
{
	struct frame f = look(b), g = f;
	size_t rest = mir_buf_len(b->next), n = b->gso_size;
	struct mir_buf *first;
	int err = MIR_OK;

	MIR_ASSERT(b->len == f.headers);
	for (; rest; rest -= n) {
		n = rest < n ? rest : n;
		first = segment(b, &f, b->next, n);
		if (!first)
			return MIR_ENOMEM;
		g.ip = first->data + ETHER_HDR;
		g.l4 = first->data + (f.l4 - b->data);
		if (n < rest)
			g.l4[TCP_FLAGS] &= (uint8_t)~(TCP_FIN | TCP_PSH);
		set_length(&g, n);
		fill(first, &g, (size_t)(first->data + f.headers - g.l4) + n);
		err = tx(s, first);
		if (err) {
			mir_buf_free(first);
			return err;
		}
		b->next = skip(b->next, n);
		put32(f.l4 + TCP_SEQ, get32(f.l4 + TCP_SEQ) + (uint32_t)n);
		f.l4[TCP_FLAGS] &= (uint8_t)~CWR;
	}
	mir_buf_free(b);
	return MIR_OK;
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
