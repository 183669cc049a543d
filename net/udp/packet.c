/* SPDX-License-Identifier: ISC */
/* UDP headers: parse and build. */
#include "lib/bytes.h"
#include "lib/checksum.h"
#include "mir/err.h"
#include "net/ipv4/packet.h"
#include "net/udp/udp.h"

int
udp_parse(const uint8_t *p, size_t have, size_t len, struct udp_hdr *out)
{
	if (have < UDP_HDR)
		return MIR_EPROTO;
	out->sport = get16(p + UDP_SPORT);
	out->dport = get16(p + UDP_DPORT);
	out->len = get16(p + UDP_LEN);
	out->has_csum = get16(p + UDP_CSUM) != 0;
	if (out->len < UDP_HDR || out->len > len || out->dport == 0)
		return MIR_EPROTO;
	return MIR_OK;
}

struct mir_buf *
udp_build(struct mir_buf *b, const struct mir_addr *src, uint16_t sport,
	  const struct mir_addr *dst, uint16_t dport, bool blank)
{
	struct checksum c = { 0 };
	struct mir_buf *head = b;
	uint16_t sum;
	uint8_t *p;
	size_t len;

	if (mir_buf_headroom(b) < MIR_BUF_HEADROOM - 32) {
		head = mir_buf_alloc(MIR_BUF_HEADROOM, 0);
		if (!head)
			return NULL;
		head->next = b;
	}
	p = mir_buf_push(head, UDP_HDR);
	len = mir_buf_len(head);
	put16(p + UDP_SPORT, sport);
	put16(p + UDP_DPORT, dport);
	put16(p + UDP_LEN, (uint16_t)len);
	put16(p + UDP_CSUM, 0);
	checksum_pseudo(&c, src, dst, IPV4_UDP, (uint32_t)len);
	if (blank) {
		head->flags |= MIR_BUF_CSUM_BLANK;
		put16(p + UDP_CSUM, (uint16_t)~checksum_finish(&c));
		return head;
	}
	checksum_add_chain(&c, head);
	sum = checksum_finish(&c);
	put16(p + UDP_CSUM, sum ? sum : 0xffff);	/* 0 means none. */
	return head;
}
