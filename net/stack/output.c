/* SPDX-License-Identifier: ISC */
/* The way down: IP header, next hop, Ethernet header, device. */
#include "mir/err.h"
#include "mir/stats.h"
#include "net/ipv4/packet.h"
#include "net/stack/priv.h"
#include "net/tcp/wire.h"

#define MTU_LEAST 576			/* RFC 791 3.1: what every host takes. */

static uint64_t tx_packets, tx_no_route, tx_too_long, tx_refused, tx_memory, tx_queued;
static uint64_t tx_cut;
MIR_COUNTER(ipv4_tx_packets, &tx_packets, "IPv4 packets sent or waiting for ARP");
MIR_COUNTER(ipv4_tx_no_route, &tx_no_route, "IPv4 packets without a way to their destination");
MIR_COUNTER(ipv4_tx_too_long, &tx_too_long, "IPv4 packets longer than the MTU");
MIR_COUNTER(stack_tx_refused, &tx_refused, "frames that the device would not take");
MIR_COUNTER(stack_tx_queued, &tx_queued, "frames that waited for room in the device's ring");
MIR_COUNTER(stack_tx_memory, &tx_memory, "packets not sent for want of memory");

MIR_COUNTER(stack_tx_cut, &tx_cut, "segments cut here, not by the device");

/* In the first piece when nobody shares it.  NULL: no memory, which is counted. */
struct mir_buf *
stack_headroom(struct mir_buf *b, size_t len)
{
	struct mir_buf *head;

	if (mir_buf_headroom(b) >= len)
		return b;
	head = mir_buf_alloc(MIR_BUF_HEADROOM, 0);
	if (!head) {
		tx_memory++;
		return NULL;
	}
	head->next = b;
	head->flags = b->flags;
	head->gso_size = b->gso_size;
	return head;
}

static int
tx_segment(struct stack *s, struct mir_buf *frame)
{
	int err = mir_netif_tx(s->nif, frame);

	tx_cut += !err;
	return err;
}

static int
hand_over(struct stack *s, struct mir_buf *frame)
{
	if (stack_must_cut(s, frame))
		return stack_cut(s, frame, tx_segment);
	if (stack_must_sum(s, frame))
		stack_fill_checksum(frame);
	return mir_netif_tx(s->nif, frame);
}

/* Behind a full ring frames wait in order: a lost segment costs its connection a retransmission,
 * a short wait costs nothing. */
static __attribute__((noinline)) void
put_off(struct stack *s, struct mir_buf *frame, int err)
{
	if (err == MIR_EAGAIN && s->tx_count < STACK_TX_QUEUE) {
		s->tx_queue[(s->tx_first + s->tx_count++) % STACK_TX_QUEUE] = frame;
		tx_queued++;
		return;
	}
	tx_refused++;
	mir_buf_free(frame);
}

/* 'ready': the device can do all that it leaves to it. */
static inline void
transmit(struct stack *s, struct mir_buf *frame, bool ready)
{
	int err = MIR_EAGAIN;

	if (!s->tx_count)
		err = ready ? mir_netif_tx(s->nif, frame) : hand_over(s, frame);
	if (err)
		put_off(s, frame, err);
}

void
stack_tx_ready(void *ctx)
{
	struct stack *s = ctx;
	struct mir_buf *frame;
	int err;

	while (s->tx_count && !s->tx_busy) {
		frame = s->tx_queue[s->tx_first];
		s->tx_busy = true;	/* A device that calls back inside finds nothing to do. */
		err = hand_over(s, frame);
		s->tx_busy = false;
		if (err == MIR_EAGAIN)
			return;
		if (err) {
			tx_refused++;
			mir_buf_free(frame);
		}
		s->tx_first = (s->tx_first + 1) % STACK_TX_QUEUE;
		s->tx_count--;
	}
}

void
stack_send_frame(struct stack *s, const uint8_t dst[ETHER_ADDR], uint16_t type,
		 struct mir_buf *b)
{
	struct ether_hdr h = { .type = type };
	struct mir_buf *frame = stack_headroom(b, ETHER_HDR);

	if (!frame) {
		mir_buf_free(b);
		return;
	}
	memcpy(h.dst, dst, ETHER_ADDR);
	memcpy(h.src, s->nif->info.mac, ETHER_ADDR);
	ether_build(mir_buf_push(frame, ETHER_HDR), &h);
	transmit(s, frame, false);
}

void
stack_arp_output(void *ctx, const uint8_t dst[ETHER_ADDR], const struct arp_packet *p)
{
	struct mir_buf *b = mir_buf_alloc(MIR_BUF_HEADROOM, ARP_LEN);

	if (!b) {
		tx_memory++;
		return;
	}
	arp_build(b->data, p);
	stack_send_frame(ctx, dst, ETHER_ARP, b);
}

void
stack_arp_send(void *ctx, const uint8_t mac[ETHER_ADDR], struct mir_buf *b)
{
	stack_send_frame(ctx, mac, ETHER_IPV4, b);
}

/* 0: no way there. */
static uint32_t
next_hop(const struct stack *s, uint32_t dst)
{
	if (!s->ip)
		return 0;
	if (((dst ^ s->ip) & s->mask) == 0)
		return dst;
	return s->gateway;
}

void
stack_group_mac(uint32_t ip, uint8_t mac[ETHER_ADDR])
{
	memcpy(mac, (const uint8_t[]){ 1, 0, 0x5e }, 3);
	mac[3] = (uint8_t)(ip >> 16 & 0x7f);
	put16(mac + 4, (uint16_t)ip);
}

static int
resolve(struct stack *s, uint32_t dst, uint8_t mac[ETHER_ADDR], struct mir_buf *b)
{
	uint32_t hop;
	int err;

	if (stack_is_broadcast(s, dst)) {
		memcpy(mac, ether_broadcast, ETHER_ADDR);
		return MIR_OK;
	}
	if (dst >> 28 == 0xe && s->ip) {
		stack_group_mac(dst, mac);
		return MIR_OK;
	}
	hop = next_hop(s, dst);
	if (!hop) {
		tx_no_route++;
		return MIR_EUNREACH;
	}
	err = arp_resolve(&s->arp, mir_now(), hop, mac, b);
	if (err == MIR_EAGAIN) {
		s->arp_next = arp_poll(&s->arp, mir_now());
		stack_rearm(s);
	}
	return err;
}

/* The device's is a fact, the network's is what a server says. */
size_t
stack_mtu(const struct stack *s)
{
	size_t mtu = s->nif->info.mtu, told = s->mtu;

	if (told == 0 || told >= mtu)
		return mtu;
	return told > MTU_LEAST ? told : mtu < MTU_LEAST ? mtu : MTU_LEAST;
}

/* Bytes of the largest IP packet that 'b' will be on the wire. */
static size_t
packet_size(const struct mir_buf *b, size_t len)
{
	if (b->gso_size)
		len = (b->data[TCP_DOFF] >> 4) * 4u + b->gso_size;
	return IPV4_HDR + len;
}

/* The device can do all that a frame of IPv4 leaves to it. */
static inline bool
is_ready(const struct stack *s, const struct mir_buf *b, size_t len)
{
	uint8_t wanted;

	if (!(b->flags & MIR_BUF_CSUM_BLANK) && !b->gso_size)
		return true;
	wanted = (b->flags & MIR_BUF_CSUM_BLANK ? MIR_NETIF_CSUM4 : 0) |
		 (b->gso_size ? MIR_NETIF_TSO4 : 0);
	return !(wanted & ~s->nif->info.offload) && (!b->gso_size || len <= s->nif->info.gso_max);
}

/* Two pieces, mostly. */
static inline size_t
chain_len(const struct mir_buf *b)
{
	size_t len = b->len;

	while ((b = b->next))
		len += b->len;
	return len;
}

/* Where the packet is for a host of the network whose address is known, or for another behind a known
 * gateway: Ethernet's and IP's headers at once.  true: 'b' is taken; else it is as it was. */
static inline __attribute__((always_inline)) bool
output_usual(struct stack *s, uint32_t src, uint32_t dst, uint8_t proto, struct mir_buf *b)
{
	uint32_t hop = (dst ^ s->ip) & s->mask ? s->gateway : dst;
	size_t payload = chain_len(b);
	const uint8_t *mac;
	uint8_t *p;

	if (!s->ip || mir_buf_headroom(b) < IPV4_HDR + ETHER_HDR ||
	    (dst | s->mask) == IPV4_BROADCAST || dst >> 28 == 0xe ||
	    packet_size(b, payload) > stack_mtu(s))
		return false;
	mac = arp_known(&s->arp, mir_now(), hop);
	if (!mac)
		return false;
	p = mir_buf_push(b, IPV4_HDR + ETHER_HDR);
	memcpy(p + ETHER_DST, mac, ETHER_ADDR);
	memcpy(p + ETHER_SRC, s->nif->info.mac, ETHER_ADDR);
	put16(p + ETHER_TYPE, ETHER_IPV4);
	ipv4_build(p + ETHER_HDR, src, dst, proto, payload);
	if (b->flags & MIR_BUF_ECT)
		ipv4_ecn_capable(p + ETHER_HDR);
	tx_packets++;
	transmit(s, b, is_ready(s, b, payload + IPV4_HDR + ETHER_HDR));
	return true;
}

static __attribute__((noinline)) int
output_any(struct stack *s, uint32_t src, uint32_t dst, uint8_t proto, struct mir_buf *b)
{
	struct mir_buf *packet;
	uint8_t mac[ETHER_ADDR];
	size_t payload;
	int err;

	payload = mir_buf_len(b);
	if (packet_size(b, payload) > stack_mtu(s)) {
		tx_too_long++;
		return MIR_EMSGSIZE;
	}
	packet = stack_headroom(b, IPV4_HDR + ETHER_HDR);
	if (!packet)
		return MIR_ENOMEM;
	ipv4_build(mir_buf_push(packet, IPV4_HDR), src, dst, proto, payload);
	if (packet->flags & MIR_BUF_ECT)
		ipv4_ecn_capable(packet->data);
	err = resolve(s, dst, mac, packet);
	if (err == MIR_OK) {
		stack_send_frame(s, mac, ETHER_IPV4, packet);
	} else if (err != MIR_EAGAIN) {
		packet->data += IPV4_HDR;
		packet->len -= IPV4_HDR;
		if (packet != b) {
			packet->next = NULL;
			mir_buf_free(packet);
		}
		return err;
	}
	tx_packets++;
	return MIR_OK;
}

int
stack_output(struct stack *s, uint32_t src, uint32_t dst, uint8_t proto, struct mir_buf *b)
{
	if (output_usual(s, src, dst, proto, b))
		return MIR_OK;
	return output_any(s, src, dst, proto, b);
}

void
stack_output_drop(struct stack *s, uint32_t src, uint32_t dst, uint8_t proto, struct mir_buf *b)
{
	if (stack_output(s, src, dst, proto, b))
		mir_buf_free(b);
}
