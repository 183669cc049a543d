/* SPDX-License-Identifier: ISC */
/* mutate_packet - builds correct Ethernet, ARP, IPv4, ICMP, UDP and TCP packets, and puts the
 * checksums of spoiled ones right, so that the damage gets past the first check. */
#include "mutate_packet.h"

#include <string.h>

#define ETH	14
#define IP	20

static uint32_t
sum(const uint8_t *p, size_t n, uint32_t s)
{
	size_t i;

	for (i = 0; i + 1 < n; i += 2)
		s += get16(p + i);
	if (n & 1)
		s += (uint32_t)p[n - 1] << 8;
	return s;
}

static unsigned int
fold(uint32_t s)
{
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	return ~s & 0xffff;
}

void
packet_fix_ip(struct packet *k)
{
	uint8_t *ip = k->b + ETH;
	size_t header = (size_t)(ip[0] & 15) * 4;

	if (header < IP || ETH + header > k->len)
		return;
	put16(ip + 10, 0);
	put16(ip + 10, fold(sum(ip, header, 0)));
}

void
packet_fix_payload(struct packet *k)
{
	uint8_t *ip = k->b + ETH, *p;
	size_t header = (size_t)(ip[0] & 15) * 4, len, at;
	uint32_t pseudo;

	if (header < IP || ETH + header + 8 > k->len)
		return;
	len = k->len - ETH - header;
	if (get16(ip + 2) >= header + 8 && get16(ip + 2) - header < len)
		len = get16(ip + 2) - header;
	p = ip + header;
	pseudo = sum(ip + 12, 8, ip[9] + (uint32_t)len);
	at = ip[9] == 1 ? 2 : ip[9] == 17 ? 6 : 16;
	if (at + 2 > len)
		return;
	put16(p + at, 0);
	put16(p + at, fold(sum(p, len, ip[9] == 1 ? 0 : pseudo)));
}

static void
ether(struct packet *k, const struct parties *w, unsigned int type)
{
	memset(k, 0, sizeof *k);
	memcpy(k->b, w->their_mac, 6);
	memcpy(k->b + 6, w->our_mac, 6);
	put16(k->b + 12, type);
	k->len = ETH;
}

void
packet_arp(struct packet *k, const struct parties *w, unsigned int op)
{
	static const uint8_t fixed[6] = { 0, 1, 8, 0, 6, 4 };
	uint8_t *arp = k->b + ETH;

	ether(k, w, 0x0806);
	memcpy(arp, fixed, sizeof fixed);
	put16(arp + 6, op);
	memcpy(arp + 8, w->our_mac, 6);
	memcpy(arp + 14, &w->our_ip, 4);
	memcpy(arp + 18, w->their_mac, 6);
	memcpy(arp + 24, &w->their_ip, 4);
	k->len = 60;
}

/* An IPv4 header for what follows: returns where that goes. */
static uint8_t *
ipv4(struct packet *k, const struct parties *w, unsigned int protocol, size_t len)
{
	uint8_t *ip = k->b + ETH;

	ether(k, w, 0x0800);
	ip[0] = 0x45;
	put16(ip + 2, (unsigned int)(IP + len));
	ip[6] = 0x40;
	ip[8] = 64;
	ip[9] = (uint8_t)protocol;
	memcpy(ip + 12, &w->our_ip, 4);
	memcpy(ip + 16, &w->their_ip, 4);
	k->len = ETH + IP + len;
	return ip + IP;
}

static void
finish(struct packet *k)
{
	packet_fix_ip(k);
	packet_fix_payload(k);
	if (k->len < 60)
		k->len = 60;
}

void
packet_echo(struct packet *k, const struct parties *w, unsigned int id, unsigned int seq,
	    size_t payload)
{
	uint8_t *icmp = ipv4(k, w, 1, 8 + payload);

	icmp[0] = 8;
	put16(icmp + 4, id);
	put16(icmp + 6, seq);
	finish(k);
}

void
packet_udp(struct packet *k, const struct parties *w, unsigned int from, unsigned int to,
	   const void *payload, size_t len)
{
	uint8_t *udp = ipv4(k, w, 17, 8 + len);

	put16(udp, from);
	put16(udp + 2, to);
	put16(udp + 4, (unsigned int)(8 + len));
	memcpy(udp + 8, payload, len);
	finish(k);
}

void
packet_tcp(struct packet *k, const struct parties *w, const struct tcp_at *at,
	   unsigned int flags, const void *options, size_t options_len,
	   const void *payload, size_t len)
{
	size_t padded = (options_len + 3) & ~(size_t)3;
	uint8_t *tcp = ipv4(k, w, 6, 20 + padded + len);

	put16(tcp, at->our_port);
	put16(tcp + 2, at->their_port);
	put32(tcp + 4, at->seq);
	put32(tcp + 8, at->ack);
	tcp[12] = (uint8_t)((20 + padded) / 4 << 4);
	tcp[13] = (uint8_t)flags;
	put16(tcp + 14, 8192);
	memcpy(tcp + 20, options, options_len);
	memcpy(tcp + 20 + padded, payload, len);
	finish(k);
}
