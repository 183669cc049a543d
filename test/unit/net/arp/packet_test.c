/* SPDX-License-Identifier: ISC */
/* sources: net/ether/packet.c */
/* ARP packets, sound and hostile. */
#include "mir/err.h"
#include "net/arp/packet.h"
#include "test/unit/harness.h"

static const struct arp_packet good = { .op = ARP_REPLY, .sender_mac = { 2, 1, 2, 3, 4, 5 },
	.target_mac = { 2, 9, 8, 7, 6, 5 }, .sender_ip = 0x0a000001, .target_ip = 0x0a000002 };

TEST(what_is_built_is_parsed)
{
	struct arp_packet got;
	uint8_t p[ARP_LEN];

	arp_build(p, &good);
	CHECK_EQ(arp_parse(p, sizeof p, &got), MIR_OK);
	CHECK_EQ(got.op, ARP_REPLY);
	CHECK_MEM(got.sender_mac, good.sender_mac, 6);
	CHECK_MEM(got.target_mac, good.target_mac, 6);
	CHECK_EQ(got.sender_ip, good.sender_ip);
	CHECK_EQ(got.target_ip, good.target_ip);
}

static const struct { const char *why; unsigned at; uint8_t value; } hostile[] = {
	{ "not Ethernet", 1, 6 }, { "not IPv4", 2, 0x86 }, { "hardware address of 8", 4, 8 },
	{ "protocol address of 16", 5, 16 }, { "operation 0", 7, 0 }, { "reverse ARP", 7, 3 },
	{ "operation 258", 6, 1 }, { "sender is a group", 8, 3 },
	{ "sender is multicast", 14, 224 }, { "sender is broadcast", 14, 255 },
	{ "sender is loopback", 14, 127 },
};

TEST(hostile_packets_are_refused)
{
	struct arp_packet got;
	uint8_t p[ARP_LEN];

	for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
		arp_build(p, &good);
		p[hostile[i].at] = hostile[i].value;
		CHECK_MSG(arp_parse(p, sizeof p, &got) == MIR_EPROTO, "%s", hostile[i].why);
	}
	arp_build(p, &good);
	for (size_t len = 0; len < ARP_LEN; len++)
		CHECK_EQ(arp_parse(p, len, &got), MIR_EPROTO);
}
