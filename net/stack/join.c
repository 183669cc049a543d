/* SPDX-License-Identifier: ISC */
/* Received TCP segments of one flow made one before they go up, for devices that don't join them.
 *
 * A segment that a successor may follow is held back until that comes, or something else, or the
 * turn ends.  What is joined has been verified, and differs in nothing but its place in the
 * stream, so that TCP sees what it would have seen one by one.  Short segments, as requests are,
 * are never held back. */
#include "lib/checksum.h"
#include "mir/stats.h"
#include "net/ipv4/packet.h"
#include "net/stack/priv.h"
#include "net/tcp/wire.h"

#define PAYLOAD_LEAST	STACK_JOIN_LEAST	/* Bytes; less is no bulk. */
#define PACKET_MAX	65535u

enum { IPV6_PAYLOAD = 4, IPV6_NEXT = 6, IPV6_SRC = 8, IPV6_HDR = 40 };

static uint64_t joined;
MIR_COUNTER(stack_rx_joined, &joined, "frames joined to the one before");

/* Where TCP's header is in a frame of 'len' bytes that holds nothing but a plain segment; 0: it
 * holds something else.  'have': contiguous bytes. */
static size_t
find_tcp(const uint8_t *p, size_t have, size_t len)
{
	const uint8_t *ip = p + ETHER_HDR;

	if (have < ETHER_HDR + IPV4_HDR + TCP_HDR || len < ETHER_HDR + IPV4_HDR + PAYLOAD_LEAST)
		return 0;
	if (get16(p + ETHER_TYPE) == ETHER_IPV4) {
		if (ip[IPV4_VIHL] != 0x45 || ip[IPV4_PROTO] != TCP_PROTOCOL ||
		    (get16(ip + IPV4_FRAG) & 0x3fff) || get16(ip + IPV4_TOTAL) != len - ETHER_HDR ||
		    ipv4_header_sum(ip) != 0xffff)
			return 0;
		return ETHER_HDR + IPV4_HDR;
	}
	if (get16(p + ETHER_TYPE) != ETHER_IPV6 || have < ETHER_HDR + IPV6_HDR + TCP_HDR ||
	    ip[0] >> 4 != 6 || ip[IPV6_NEXT] != TCP_PROTOCOL ||
	    get16(ip + IPV6_PAYLOAD) != len - ETHER_HDR - IPV6_HDR)
		return 0;
	return ETHER_HDR + IPV6_HDR;
}

/* Bytes of all headers; 0: nothing to be joined. */
static size_t
measure(const struct mir_buf *b, size_t len, size_t *at)
{
	const uint8_t *tcp;
	size_t headers;

	*at = b->gso_size ? 0 : find_tcp(b->data, b->len, len);
	if (!*at)
		return 0;
	tcp = b->data + *at;
	headers = *at + (tcp[TCP_DOFF] >> 4) * 4u;
	if (headers < *at + TCP_HDR || headers > b->len || len < headers + PAYLOAD_LEAST ||
	    (tcp[TCP_FLAGS] & ~TCP_PSH) != TCP_ACK)
		return 0;
	return headers;
}

static bool
checksum_good(const struct mir_buf *b, size_t at, size_t len)
{
	const uint8_t *ip = b->data + ETHER_HDR;
	const uint8_t tail[4] = { 0, TCP_PROTOCOL, (uint8_t)((len - at) >> 8), (uint8_t)(len - at) };
	bool v6 = at != ETHER_HDR + IPV4_HDR;
	struct checksum c = { 0 };

	if (b->flags & MIR_BUF_CSUM_OK)
		return true;
	checksum_add(&c, tail, sizeof tail);
	checksum_add(&c, ip + (v6 ? (int)IPV6_SRC : (int)IPV4_SRC), v6 ? 32 : 8);
	checksum_add(&c, b->data + at, b->len - at);
	checksum_add_chain(&c, b->next);
	return checksum_finish(&c) == 0;
}

/* Two frames' headers say the same, but for lengths, IPv4's identification, checksums, the place in
 * the stream and PSH. */
static bool
same(const uint8_t *a, const uint8_t *b, size_t at, size_t headers)
{
	bool v6 = at != ETHER_HDR + IPV4_HDR;
	const uint8_t *ip_a = a + ETHER_HDR, *ip_b = b + ETHER_HDR, *tcp_a = a + at, *tcp_b = b + at;

	if (memcmp(tcp_a, tcp_b, TCP_SEQ) || memcmp(tcp_a + TCP_ACKNO, tcp_b + TCP_ACKNO, 5) ||
	    memcmp(tcp_a + TCP_WINDOW, tcp_b + TCP_WINDOW, 2) ||
	    memcmp(tcp_a + TCP_HDR, tcp_b + TCP_HDR, headers - at - TCP_HDR))
		return false;
	if (v6)
		return !memcmp(a, b, ETHER_HDR + IPV6_PAYLOAD) &&
		    !memcmp(ip_a + IPV6_NEXT, ip_b + IPV6_NEXT, IPV6_HDR - IPV6_NEXT);
	return !memcmp(a, b, ETHER_HDR + IPV4_TOTAL) && !memcmp(ip_a + IPV4_SRC, ip_b + IPV4_SRC, 8) &&
	    !memcmp(ip_a + IPV4_FRAG, ip_b + IPV4_FRAG, IPV4_CSUM - IPV4_FRAG);
}

void
stack_join_flush(struct stack *s)
{
	struct stack_join *j = &s->join;
	struct mir_buf *b = j->head;
	uint8_t *ip;

	if (!b)
		return;
	j->head = NULL;
	b->flags |= MIR_BUF_CSUM_OK;
	if (j->len > (uint32_t)j->headers + j->size) {
		b->gso_size = j->size;
		ip = b->data + ETHER_HDR;
		if (j->tcp == ETHER_HDR + IPV4_HDR) {
			put16(ip + IPV4_TOTAL, (uint16_t)(j->len - ETHER_HDR));
			put16(ip + IPV4_CSUM, 0);
			put16(ip + IPV4_CSUM, checksum(ip, IPV4_HDR));
		} else {
			put16(ip + IPV6_PAYLOAD, (uint16_t)(j->len - ETHER_HDR - IPV6_HDR));
		}
	}
	stack_frame(s, b);
}

static bool
follows(const struct stack_join *j, const struct mir_buf *b, size_t at, size_t headers, size_t len)
{
	return at == j->tcp && headers == j->headers && len - headers <= j->size &&
	    j->len + len - headers <= PACKET_MAX && get32(b->data + at + TCP_SEQ) == j->next &&
	    same(j->head->data, b->data, at, headers);
}

static void
append(struct stack_join *j, struct mir_buf *b, size_t payload)
{
	uint8_t psh = b->data[j->tcp + TCP_FLAGS] & TCP_PSH;

	j->head->data[j->tcp + TCP_FLAGS] |= psh;
	b = mir_buf_trim_front(b, j->headers);
	j->tail->next = b;
	j->tail = mir_buf_last(b);
	j->len += (uint32_t)payload;
	j->next += (uint32_t)payload;
	joined++;
}

bool
stack_join(struct stack *s, struct mir_buf *b)
{
	struct stack_join *j = &s->join;
	size_t len = mir_buf_len(b), at, headers = measure(b, len, &at);

	if (headers && !checksum_good(b, at, len))
		headers = 0;
	if (headers && j->head && follows(j, b, at, headers, len)) {
		append(j, b, len - headers);
		if (len - headers < j->size)
			stack_join_flush(s);
		return true;
	}
	stack_join_flush(s);
	if (!headers)
		return false;
	b->flags |= MIR_BUF_CSUM_OK;
	*j = (struct stack_join){ .head = b, .tail = mir_buf_last(b), .len = (uint32_t)len,
		.next = get32(b->data + at + TCP_SEQ) + (uint32_t)(len - headers),
		.tcp = (uint16_t)at, .headers = (uint16_t)headers, .size = (uint16_t)(len - headers) };
	mir_timer_set(&s->timer, 0);
	return true;
}

mir_ns
stack_join_deadline(const struct stack *s)
{
	return s->join.head ? 0 : MIR_NEVER;
}
