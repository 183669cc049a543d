/* SPDX-License-Identifier: ISC */
/* sources: net/ipv4/packet.c */
/* Leases that a server may promise, and what becomes of senseless ones. */
#include "mir/err.h"
#include "net/dhcp/lease.h"
#include "test/unit/harness.h"

static const struct dhcp_message good = { .type = DHCP_ACK, .yiaddr = 0x0a000042,
	.mask = 0xffffff00, .router = 0x0a000001, .dns = 0x0a000035, .server = 0x0a000001,
	.lease = 600 };

static struct dhcp_lease
lease_of(struct dhcp_message m)
{
	struct dhcp_lease l = { .server = 99 };

	CHECK_EQ(dhcp_take_lease(&l, &m, MIR_SEC(100)), MIR_OK);
	return l;
}

TEST(times_default_to_a_half_and_seven_eighths)
{
	struct dhcp_lease l = lease_of(good);

	CHECK_EQ(l.t1, MIR_SEC(400));
	CHECK_EQ(l.t2, MIR_SEC(625));
	CHECK_EQ(l.end, MIR_SEC(700));
	CHECK_EQ(l.prefix, 24);
	CHECK_EQ(l.server, 0x0a000001);
}

TEST(times_are_held_to_their_order)
{
	static const struct { uint32_t lease, t1, t2; } cases[] = {
		{ 600, 600, 601 }, { 600, 590, 10 }, { 600, 0xffffffff, 1 }, { 4, 0, 0 },
		{ 4, 3, 3 }, { 0, 5000, 5000 }, { 0xfffffffe, 0xfffffffd, 0xfffffffe },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct dhcp_message m = good;
		struct dhcp_lease l;

		m.lease = cases[i].lease;
		m.t1 = cases[i].t1;
		m.t2 = cases[i].t2;
		l = lease_of(m);
		CHECK_MSG(MIR_SEC(100) < l.t1 && l.t1 <= l.t2 && l.t2 <= l.end, "case %zu", i);
	}
}

TEST(an_endless_lease_has_no_times)
{
	struct dhcp_message m = good;

	m.lease = 0xffffffff;
	m.t1 = 10;
	CHECK_EQ(lease_of(m).t1, MIR_NEVER);
	CHECK_EQ(lease_of(m).end, MIR_NEVER);
}

TEST(masks_that_make_no_sense_are_the_classs)
{
	static const struct { uint32_t ip, mask; uint8_t prefix; } cases[] = {
		{ 0x0a000042, 0, 8 }, { 0xac100042, 0, 16 }, { 0xc0a80042, 0, 24 },
		{ 0x0a000042, 0x00ffffff, 8 }, { 0x0a000042, 0xffffffff, 32 },
		{ 0x0a000042, 0xff00ff00, 8 }, { 0x0a000043, 0xfffffffe, 31 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct dhcp_message m = good;

		m.yiaddr = cases[i].ip;
		m.mask = cases[i].mask;
		CHECK_EQ(lease_of(m).prefix, cases[i].prefix);
	}
}

TEST(what_no_host_can_live_on_is_refused)
{
	static const uint32_t addresses[] = { 0, 0x00000001, 0x7f000001, 0xe0000001, 0xffffffff,
		0x0a000000, 0x0a0000ff };
	struct dhcp_lease l = { .ip = 7 };
	struct dhcp_message m = good;

	for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
		m.yiaddr = addresses[i];
		CHECK_EQ(dhcp_take_lease(&l, &m, 0), MIR_EPROTO);
	}
	m = good;
	m.lease = 3;
	CHECK_EQ(dhcp_take_lease(&l, &m, 0), MIR_EPROTO);
	CHECK_EQ(l.ip, 7);
}

TEST(gateways_and_servers_that_are_no_hosts_are_left_out)
{
	struct dhcp_message m = good;

	m.router = 0xffffffff;
	m.dns = 0x7f000001;
	m.server = 0;
	CHECK_EQ(lease_of(m).gateway, 0);
	CHECK_EQ(lease_of(m).dns, 0);
	CHECK_EQ(lease_of(m).server, 99);
}
