/* SPDX-License-Identifier: ISC */
/* Builds and recognises a probe's frames: RFC 826 (ARP), RFC 791 (IPv4), RFC 792 (ICMP echo). */
#include "frames.h"

#include <arpa/inet.h>
#include <string.h>

#define ETHER		14		/* Bytes of the Ethernet header. */
#define ARP_FRAME	60		/* The least Ethernet frame, without its checksum. */
#define IP		20
#define ICMP		64		/* Header and data, as much as ping sends. */
#define IDENTIFIER	0x4d69

static uint16_t
checksum(const uint8_t *p, size_t n)
{
	uint32_t sum = 0;
	size_t i;

	for (i = 0; i + 1 < n; i += 2)
		sum += (uint32_t)(p[i] << 8 | p[i + 1]);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons((uint16_t)~sum);
}

static void
put16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static uint16_t
get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

size_t
frames_arp(uint8_t *frame, const struct frames_ends *ends)
{
	static const uint8_t fixed[] = { 0, 1, 8, 0, 6, 4, 0, 1 };	/* Ethernet, IPv4, request */
	uint8_t *arp = frame + ETHER;

	memset(frame, 0, ARP_FRAME);
	memset(frame, 0xff, 6);
	memcpy(frame + 6, ends->own_mac, 6);
	put16(frame + 12, 0x0806);
	memcpy(arp, fixed, sizeof fixed);
	memcpy(arp + 8, ends->own_mac, 6);
	memcpy(arp + 14, &ends->own_ip, 4);
	memcpy(arp + 24, &ends->peer_ip, 4);
	return ARP_FRAME;
}

size_t
frames_echo(uint8_t *frame, const struct frames_ends *ends, uint16_t sequence)
{
	uint8_t *ip = frame + ETHER, *icmp = ip + IP;
	uint16_t sum;

	memset(frame, 0, ETHER + IP + ICMP);
	memcpy(frame, ends->peer_mac, 6);
	memcpy(frame + 6, ends->own_mac, 6);
	put16(frame + 12, 0x0800);
	ip[0] = 0x45;
	put16(ip + 2, IP + ICMP);
	ip[8] = 64;
	ip[9] = 1;
	memcpy(ip + 12, &ends->own_ip, 4);
	memcpy(ip + 16, &ends->peer_ip, 4);
	sum = checksum(ip, IP);
	memcpy(ip + 10, &sum, 2);
	icmp[0] = 8;
	put16(icmp + 4, IDENTIFIER);
	put16(icmp + 6, sequence);
	sum = checksum(icmp, ICMP);
	memcpy(icmp + 2, &sum, 2);
	return ETHER + IP + ICMP;
}

bool
frames_is_arp_reply(const uint8_t *frame, size_t n, struct frames_ends *ends)
{
	const uint8_t *arp = frame + ETHER;

	if (n < ETHER + 28 || get16(frame + 12) != 0x0806 || get16(arp + 6) != 2 ||
	    memcmp(arp + 14, &ends->peer_ip, 4) != 0)
		return false;
	memcpy(ends->peer_mac, arp + 8, 6);
	return true;
}

bool
frames_is_echo_reply(const uint8_t *frame, size_t n, const struct frames_ends *ends)
{
	const uint8_t *ip = frame + ETHER, *icmp = ip + IP;

	return n >= ETHER + IP + 8 && get16(frame + 12) == 0x0800 && ip[0] == 0x45 && ip[9] == 1 &&
	       memcmp(ip + 12, &ends->peer_ip, 4) == 0 && icmp[0] == 0 &&
	       get16(icmp + 4) == IDENTIFIER;
}
