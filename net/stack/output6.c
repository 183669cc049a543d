/* SPDX-License-Identifier: ISC */
/* The way down for IPv6 packets: header, next hop, Ethernet address. */
#include "mir/err.h"
#include "mir/stats.h"
#include "net/stack/priv6.h"
#include "net/tcp/wire.h"

#define ND_HOPS 255

static uint64_t tx_packets, tx_no_route, tx_too_long;
MIR_COUNTER(ipv6_tx_packets, &tx_packets, "IPv6 packets sent or waiting for a neighbour");
MIR_COUNTER(ipv6_tx_no_route, &tx_no_route, "IPv6 packets without a way to their destination");
MIR_COUNTER(ipv6_tx_too_long, &tx_too_long, "IPv6 packets longer than the MTU");

void
stack6_rearm(struct stack *s)
{
	const struct stack6 *six = s->six;
	mir_ns next = six->nd.next < six->mld.next ? six->nd.next : six->mld.next;

	if (next != s->six_next) {
		s->six_next = next;
		stack_rearm(s);
	}
}

size_t
stack6_mtu(const struct stack *s, const struct mir_addr *dst)
{
	size_t mtu = s->six->nd.mtu ? s->six->nd.mtu : s->nif->info.mtu;

	(void)dst;
	return mtu < IPV6_MTU_LEAST ? IPV6_MTU_LEAST : mtu;
}

void
stack6_nd_send(void *ctx, const uint8_t mac[ETHER_ADDR], struct mir_buf *b)
{
	stack_send_frame(ctx, mac, ETHER_IPV6, b);
}

static int
resolve(struct stack *s, const struct mir_addr *src, const struct mir_addr *dst,
	uint8_t mac[ETHER_ADDR], struct mir_buf *b)
{
	struct mir_addr hop;
	int err;

	if (ipv6_is_multicast(dst)) {
		ipv6_group_mac(dst, mac);
		return MIR_OK;
	}
	err = nd_route(&s->six->nd, mir_now(), dst, &hop);
	if (err) {
		tx_no_route++;
		return err;
	}
	err = nd_resolve(&s->six->nd, mir_now(), src, &hop, mac, b);
	stack6_rearm(s);
	return err;
}

/* 'packet' is 'b' with the header, perhaps in a piece of its own: 'b' is the caller's again. */
static int
undo(struct mir_buf *packet, struct mir_buf *b, int err)
{
	packet->data += IPV6_HDR;
	packet->len -= IPV6_HDR;
	if (packet != b) {
		packet->next = NULL;
		mir_buf_free(packet);
	}
	return err;
}

/* 'to': where the frame goes, or NULL. */
static int
send(struct stack *s, const struct mir_addr *src, const struct mir_addr *dst, const uint8_t *to,
     uint8_t proto, uint8_t hops, struct mir_buf *b)
{
	size_t payload = mir_buf_len(b);
	struct mir_buf *packet = stack_headroom(b, IPV6_HDR + ETHER_HDR);
	uint8_t mac[ETHER_ADDR];
	int err = MIR_OK;

	if (!packet)
		return MIR_ENOMEM;
	ipv6_build(mir_buf_push(packet, IPV6_HDR), src, dst, proto, hops, payload);
	if (packet->flags & MIR_BUF_ECT)
		packet->data[1] |= 0x20;	/* ECT(0), RFC 3168 5. */
	if (!to) {
		err = resolve(s, src, dst, mac, packet);
		to = mac;
	}
	if (!err)
		stack_send_frame(s, to, ETHER_IPV6, packet);
	else if (err != MIR_EAGAIN)
		return undo(packet, b, err);
	tx_packets++;
	return MIR_OK;
}

/* Bytes of the largest packet that 'b' will be on the wire. */
static size_t
packet_size(const struct mir_buf *b)
{
	if (b->gso_size)
		return IPV6_HDR + (b->data[TCP_DOFF] >> 4) * 4u + b->gso_size;
	return IPV6_HDR + mir_buf_len(b);
}

int
stack6_output(struct stack *s, const struct mir_addr *src, const struct mir_addr *dst,
	      uint8_t proto, struct mir_buf *b)
{
	if (packet_size(b) > stack6_mtu(s, dst)) {
		tx_too_long++;
		return MIR_EMSGSIZE;
	}
	return send(s, src, dst, NULL, proto, s->six->nd.hops, b);
}

void
stack6_output_drop(struct stack *s, const struct mir_addr *src, const struct mir_addr *dst,
		   uint8_t proto, struct mir_buf *b)
{
	if (stack6_output(s, src, dst, proto, b))
		mir_buf_free(b);
}

void
stack6_nd_output(void *ctx, const struct mir_addr *src, const struct mir_addr *dst,
		 const uint8_t *mac, const uint8_t *msg, size_t len)
{
	struct mir_buf *b = mir_buf_alloc(MIR_BUF_HEADROOM, len);

	if (!b)
		return;
	memcpy(b->data, msg, len);
	icmpv6_checksum(b, src, dst);
	if (send(ctx, src, dst, mac, IPV6_ICMP, ND_HOPS, b))
		mir_buf_free(b);
}

/* RFC 3810 5: from the link-local address, or that being tried still, from nobody; in front a
 * hop-by-hop header with a router alert. */
void
stack6_mld_output(void *ctx, const struct mir_addr *dst, const uint8_t *msg, size_t len)
{
	static const uint8_t alert[8] = { IPV6_ICMP, 0, 5, 2, 0, 0, 1, 0 };
	struct stack *s = ctx;
	const struct nd_address *a = s->six->nd.address;
	const struct mir_addr *src = a->state == ND_ASSIGNED ? &a->addr : &ipv6_unspecified;
	struct mir_buf *b = mir_buf_alloc(MIR_BUF_HEADROOM, len);

	if (!b)
		return;
	memcpy(b->data, msg, len);
	icmpv6_checksum(b, src, dst);
	memcpy(mir_buf_push(b, sizeof alert), alert, sizeof alert);
	if (send(s, src, dst, NULL, IPV6_HOPOPTS, 1, b))
		mir_buf_free(b);
}
