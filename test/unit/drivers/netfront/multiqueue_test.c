/* SPDX-License-Identifier: ISC */
/* Which queue a frame takes. */
#include "drivers/netfront/netfront.h"
#include "mir/err.h"
#include "mir/param.h"
#include "test/unit/harness.h"

static uint8_t frame[80];
static struct mir_buf b = { .data = frame };

static void
ipv4(uint8_t protocol, uint32_t host, uint16_t port)
{
	memset(frame, 0, sizeof frame);
	frame[12] = 8;
	frame[14] = 0x45;
	frame[23] = protocol;
	memcpy(frame + 30, &host, 4);
	memcpy(frame + 36, &port, 2);
	b.len = 42;
}

static void
ipv6(uint8_t protocol, uint32_t host, uint16_t port)
{
	memset(frame, 0, sizeof frame);
	frame[12] = 0x86;
	frame[13] = 0xdd;
	frame[20] = protocol;
	memcpy(frame + 50, &host, 4);
	memcpy(frame + 56, &port, 2);
	b.len = 62;
}

static void
spreads(void (*fill)(uint8_t, uint32_t, uint16_t), bool by_port)
{
	unsigned counts[8];

	for (unsigned queues = 2; queues <= 8; queues++) {
		memset(counts, 0, sizeof counts);
		for (unsigned i = 0; i < 4000; i++) {
			fill(6, by_port ? 1 : 0x0a000000 + i, by_port ? (uint16_t)i : 80);
			counts[netfront_steer(queues, &b)]++;
		}
		for (unsigned i = 0; i < queues; i++)
			CHECK(counts[i] > 4000 / queues / 2);
	}
}

TEST(flows_are_spread_by_ports_and_by_addresses)
{
	spreads(ipv4, true);
	spreads(ipv4, false);
	spreads(ipv6, true);
	spreads(ipv6, false);
}

TEST(a_flow_keeps_its_queue_whatever_its_bytes_are)
{
	unsigned queue;

	ipv4(17, 7, 53);
	queue = netfront_steer(8, &b);
	for (unsigned i = 0; i < 100; i++) {
		frame[18] = frame[24] = frame[41] = (uint8_t)i;
		CHECK_EQ(netfront_steer(8, &b), queue);
	}
	ipv6(6, 7, 53);
	queue = netfront_steer(8, &b);
	frame[16] = frame[21] = frame[61] = 99;
	CHECK_EQ(netfront_steer(8, &b), queue);
}

/* The first fragment of a datagram has the ports, the others don't. */
TEST(fragments_of_a_datagram_keep_together)
{
	unsigned queue;

	ipv4(17, 7, 53);
	frame[20] = 0x20;
	queue = netfront_steer(8, &b);
	for (unsigned i = 1; i < 100; i++) {
		frame[20] = i % 2 ? 0x20 : 0;
		frame[21] = (uint8_t)i;
		frame[36] = frame[37] = (uint8_t)i;
		CHECK_EQ(netfront_steer(8, &b), queue);
	}
}

TEST(any_bytes_have_a_queue)
{
	for (unsigned i = 0; i < 100000; i++) {
		for (unsigned at = 0; at < sizeof frame; at += 8)
			*(uint64_t *)(frame + at) = test_random();
		if (i % 2)
			ipv4((uint8_t)test_random(), (uint32_t)test_random(), 0);
		frame[14] = (uint8_t)test_random();
		b.len = test_random() % (sizeof frame + 1);
		for (unsigned queues = 1; queues <= 8; queues++)
			CHECK(netfront_steer(queues, &b) < queues);
	}
}

TEST(queues_asked)
{
	static const struct { const char *line; unsigned want; } lines[] = {
		{ "queues=2", 2 }, { "queues=0", 1 }, { "queues=8", 8 }, { "queues=4000", 8 },
	};
	char why[80];

	CHECK_EQ(netfront_queues_asked(), 1);
	for (unsigned i = 0; i < 4; i++) {
		CHECK_EQ(mir_param_parse(lines[i].line, why, sizeof why), MIR_OK);
		CHECK_EQ(netfront_queues_asked(), lines[i].want);
	}
}
