/* SPDX-License-Identifier: ISC */
/* sources: net/arp/cache.c net/arp/packet.c net/ether/packet.c */
/* The ARP engine in virtual time: resolving, trust, floods, conflicts. */
#include "mir/err.h"
#include "net/arp/cache.h"
#include "test/unit/harness.h"

#define US	0x0a000001u
#define PEER	0x0a000002u

static const uint8_t us[6] = { 2, 0, 0, 0, 0, 1 }, peer[6] = { 2, 0, 0, 0, 0, 2 };
static const uint8_t thief[6] = { 2, 0, 0, 0, 0, 0x66 };

static struct arp arp;
static mir_ns now;
static struct { struct arp_packet p; uint8_t dst[6]; } said;
static unsigned requests, replies, sent, conflicts;
static uint32_t contested_ip;

static void
output(void *ctx, const uint8_t dst[ETHER_ADDR], const struct arp_packet *p)
{
	(void)ctx;
	said.p = *p;
	memcpy(said.dst, dst, ETHER_ADDR);
	*(p->op == ARP_REQUEST ? &requests : &replies) += 1;
}

static void
send(void *ctx, const uint8_t mac[ETHER_ADDR], struct mir_buf *b)
{
	(void)ctx;
	CHECK_MEM(mac, peer, ETHER_ADDR);
	mir_buf_free(b);
	sent++;
}

static void
conflict(void *ctx, uint32_t ip, const uint8_t mac[ETHER_ADDR])
{
	(void)ctx;
	CHECK_MEM(mac, thief, ETHER_ADDR);
	contested_ip = ip;
	conflicts++;
}

static void
begin(uint32_t ip)
{
	const struct arp_env env = { NULL, output, send, conflict };

	now = MIR_SEC(100);
	arp_init(&arp, &env);
	arp_set_local(&arp, now, us, ip);
	requests = replies = sent = conflicts = 0;
}

static void
hear(enum arp_op op, const uint8_t from_mac[6], uint32_t from, uint32_t to)
{
	struct arp_packet p = { .op = op, .sender_ip = from, .target_ip = to };
	uint8_t bytes[ARP_LEN];

	memcpy(p.sender_mac, from_mac, ETHER_ADDR);
	arp_build(bytes, &p);
	CHECK_EQ(arp_input(&arp, now, bytes, sizeof bytes), MIR_OK);
}

static void
pass(mir_ns time)
{
	mir_ns end = now + time, next;

	while ((next = arp_poll(&arp, now)) <= end)
		now = next;
	now = end;
}

static int
resolve(uint32_t ip, uint8_t mac[6])
{
	struct mir_buf *b = mir_buf_alloc(64, 10);
	int err = arp_resolve(&arp, now, ip, mac, b);

	if (err != MIR_EAGAIN)
		mir_buf_free(b);
	return err;
}

TEST(packets_wait_for_the_answer_and_go_in_a_bounded_number)
{
	uint8_t mac[6];

	begin(US);
	for (int i = 0; i < ARP_PENDING; i++)
		CHECK_EQ(resolve(PEER, mac), MIR_EAGAIN);
	CHECK_EQ(resolve(PEER, mac), MIR_ENOMEM);
	CHECK_EQ(requests, 1);
	CHECK_MEM(said.dst, ether_broadcast, 6);
	CHECK_EQ(said.p.sender_ip, US);
	CHECK_EQ(said.p.target_ip, PEER);
	hear(ARP_REPLY, peer, PEER, US);
	CHECK_EQ(sent, ARP_PENDING);
	CHECK_EQ(resolve(PEER, mac), MIR_OK);
	CHECK_MEM(mac, peer, 6);
}

TEST(silence_is_asked_four_times_and_then_remembered)
{
	uint8_t mac[6];

	begin(US);
	CHECK_EQ(resolve(PEER, mac), MIR_EAGAIN);
	pass(MIR_MS(3900));
	CHECK_EQ(requests, 5);		/* One of them tells our address again. */
	pass(MIR_MS(200));
	CHECK_EQ(resolve(PEER, mac), MIR_EUNREACH);
	CHECK_EQ(requests, 5);
	pass(ARP_FAIL);
	CHECK_EQ(resolve(PEER, mac), MIR_EAGAIN);
	CHECK_EQ(requests, 6);
	arp_flush(&arp);
	CHECK_EQ(arp_poll(&arp, now), MIR_NEVER);
}

TEST(an_entry_in_use_is_asked_again_directly_and_then_by_broadcast)
{
	uint8_t mac[6];

	begin(US);
	CHECK_EQ(resolve(PEER, mac), MIR_EAGAIN);
	hear(ARP_REPLY, peer, PEER, US);
	pass(MIR_SEC(30));
	CHECK_EQ(resolve(PEER, mac), MIR_OK);
	requests = 0;
	pass(ARP_FRESH - MIR_SEC(30));
	CHECK_EQ(requests, 1);
	CHECK_MEM(said.dst, peer, 6);
	CHECK_EQ(resolve(PEER, mac), MIR_OK);
	pass(MIR_SEC(2));
	CHECK_EQ(requests, 3);
	CHECK_MEM(said.dst, ether_broadcast, 6);
	hear(ARP_REPLY, peer, PEER, US);
	pass(MIR_SEC(10));
	CHECK_EQ(requests, 3);
}

TEST(an_entry_that_nobody_uses_is_forgotten)
{
	begin(US);
	hear(ARP_REQUEST, peer, PEER, US);
	CHECK_EQ(replies, 1);
	CHECK(arp_find(&arp, PEER) != NULL);
	requests = 0;
	pass(ARP_FRESH + MIR_SEC(1));
	CHECK(arp_find(&arp, PEER) == NULL);
	CHECK_EQ(requests, 1);		/* The announcement, no question. */
}

TEST(packets_about_strangers_make_no_entry)
{
	begin(US);
	hear(ARP_REPLY, thief, PEER, US);
	hear(ARP_REPLY, thief, PEER, 0x0a000009);
	hear(ARP_REQUEST, thief, PEER, PEER);
	hear(ARP_REQUEST, thief, PEER, 0x0a000009);
	hear(ARP_REQUEST, us, 0x0a000003, US);
	CHECK(arp_find(&arp, PEER) == NULL);
	CHECK(arp_find(&arp, 0x0a000003) == NULL);
	CHECK_EQ(replies, 0);
}

TEST(a_fresh_entry_is_not_taken_over_a_moved_host_is_believed_later)
{
	uint8_t mac[6];

	begin(US);
	CHECK_EQ(resolve(PEER, mac), MIR_EAGAIN);
	hear(ARP_REPLY, peer, PEER, US);
	for (int i = 0; i < 100; i++)
		hear(ARP_REPLY, thief, PEER, US);
	CHECK_EQ(resolve(PEER, mac), MIR_OK);
	CHECK_MEM(mac, peer, 6);
	pass(ARP_LOCKED);
	requests = 0;
	hear(ARP_REQUEST, thief, PEER, PEER);	/* The owner is asked, and answers. */
	CHECK_EQ(requests, 1);
	CHECK_MEM(said.dst, peer, 6);
	hear(ARP_REPLY, thief, PEER, US);
	hear(ARP_REPLY, peer, PEER, US);
	CHECK_EQ(resolve(PEER, mac), MIR_OK);
	CHECK_MEM(mac, peer, 6);
	pass(ARP_LOCKED);
	hear(ARP_REQUEST, thief, PEER, PEER);	/* Now he is gone: the address has moved. */
	pass(3 * ARP_RETRY);
	CHECK_EQ(resolve(PEER, mac), MIR_OK);
	CHECK_MEM(mac, peer, 6);
	hear(ARP_REPLY, thief, PEER, US);
	CHECK_EQ(resolve(PEER, mac), MIR_OK);
	CHECK_MEM(mac, thief, 6);
}

TEST(a_flood_of_askers_keeps_what_is_used_and_leaves_room_to_ask)
{
	uint8_t mac[6];

	begin(US);
	CHECK_EQ(resolve(PEER, mac), MIR_EAGAIN);
	hear(ARP_REPLY, peer, PEER, US);
	CHECK_EQ(resolve(PEER, mac), MIR_OK);
	for (uint32_t i = 0; i < 3000; i++) {
		uint8_t forged[6] = { 2, 1, 0, 0, (uint8_t)(i >> 8), (uint8_t)i };

		hear(ARP_REQUEST, forged, 0x0a010000 + i, US);
	}
	CHECK_EQ(resolve(PEER, mac), MIR_OK);
	CHECK_EQ(resolve(0x0a000003, mac), MIR_EAGAIN);
	arp_flush(&arp);
}

TEST(more_addresses_than_are_asked_for_at_once_are_refused)
{
	uint8_t mac[6];

	begin(US);
	for (uint32_t i = 0; i < ARP_INCOMPLETE; i++)
		CHECK_EQ(resolve(0x0a000100 + i, mac), MIR_EAGAIN);
	CHECK_EQ(resolve(PEER, mac), MIR_ENOMEM);
	pass(MIR_MS(4100));
	CHECK_EQ(resolve(PEER, mac), MIR_EAGAIN);
	arp_flush(&arp);
}

/* Answers to a flood that comes from all addresses of the network: whom we know stays known though he is
 * quiet, and who asks for us is answered. */
TEST(a_flood_from_silent_addresses_leaves_room_for_others)
{
	unsigned asked = 0;
	uint8_t mac[6];

	begin(US);
	CHECK_EQ(resolve(PEER, mac), MIR_EAGAIN);
	hear(ARP_REPLY, peer, PEER, US);
	CHECK_EQ(resolve(PEER, mac), MIR_OK);
	pass(MIR_SEC(5));
	for (unsigned i = 0; i < 2000; i++) {
		asked += resolve(0x0a000100 + i % 250, mac) == MIR_EAGAIN;
		pass(MIR_MS(1));
	}
	CHECK(asked <= ARP_INCOMPLETE * ARP_PENDING);
	CHECK_EQ(resolve(PEER, mac), MIR_OK);
	hear(ARP_REQUEST, peer, 0x0a000003, US);
	CHECK_EQ(resolve(0x0a000003, mac), MIR_OK);
	pass(MIR_SEC(5));
	CHECK_EQ(resolve(0x0a0001f0, mac), MIR_EAGAIN);	/* In the place of one that failed. */
	arp_flush(&arp);
}

TEST(our_address_is_announced_twice)
{
	begin(0);
	CHECK_EQ(arp_poll(&arp, now), MIR_NEVER);
	arp_set_local(&arp, now, us, US);
	CHECK_EQ(requests, 1);
	CHECK_EQ(said.p.sender_ip, US);
	CHECK_EQ(said.p.target_ip, US);
	pass(MIR_SEC(100));
	CHECK_EQ(requests, 2);
}

TEST(our_address_is_defended_once_in_ten_seconds)
{
	begin(US);
	pass(MIR_SEC(3));
	requests = 0;
	for (int i = 0; i < 1000; i++)
		hear(ARP_REPLY, thief, US, PEER);
	CHECK_EQ(conflicts, 1);
	CHECK_EQ(contested_ip, US);
	CHECK_EQ(requests, 1);
	pass(ARP_DEFEND);
	hear(ARP_REQUEST, thief, US, US);
	CHECK_EQ(conflicts, 2);
	CHECK_EQ(requests, 2);
	CHECK(arp_find(&arp, US) == NULL);
}

TEST(a_probe_finds_users_and_other_probers)
{
	begin(0);
	arp_probe(&arp, US);
	CHECK_EQ(requests, 1);
	CHECK_EQ(said.p.sender_ip, 0);
	CHECK_EQ(said.p.target_ip, US);
	hear(ARP_REQUEST, us, 0, US);		/* Our own, come back. */
	hear(ARP_REPLY, peer, PEER, 0);
	CHECK_EQ(conflicts, 0);
	hear(ARP_REQUEST, thief, 0, US);
	CHECK_EQ(conflicts, 1);
	hear(ARP_REPLY, thief, US, 0);
	CHECK_EQ(conflicts, 2);
	CHECK_EQ(contested_ip, US);
	arp_probe(&arp, 0);
	hear(ARP_REPLY, thief, US, 0);
	hear(ARP_REQUEST, thief, 0, 0);
	CHECK_EQ(conflicts, 2);
}

TEST(anothers_probe_for_our_address_is_answered)
{
	begin(US);
	hear(ARP_REQUEST, thief, 0, US);
	CHECK_EQ(replies, 1);
	CHECK_MEM(said.dst, thief, 6);
	CHECK_EQ(said.p.sender_ip, US);
}
