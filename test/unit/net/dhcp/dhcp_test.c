/* SPDX-License-Identifier: ISC */
/* sources: net/dhcp/packet.c net/dhcp/lease.c net/ipv4/packet.c */
/* The DHCP client against a server in memory, in virtual time. */
#include "lib/bytes.h"
#include "net/dhcp/dhcp.h"
#include "test/unit/harness.h"

static const uint8_t mac[6] = { 2, 0, 0, 0, 0, 1 };

static struct dhcp client;
static struct { uint32_t src, dst; enum dhcp_type type; uint32_t xid, ciaddr; } last;
static unsigned sent, bounds, losses, probes;
static struct dhcp_lease lease;
static mir_ns now;

static enum dhcp_type
type_of(const uint8_t *p)
{
	return p[DHCP_OPTIONS] == 53 ? p[DHCP_OPTIONS + 2] : 0;
}

static void
output(void *ctx, uint32_t src, uint32_t dst, struct mir_buf *b)
{
	(void)ctx;
	sent++;
	last.src = src;
	last.dst = dst;
	last.type = type_of(b->data);
	last.xid = get32(b->data + DHCP_XID);
	last.ciaddr = get32(b->data + DHCP_CIADDR);
	CHECK_EQ(mir_buf_len(b), DHCP_MIN);
	mir_buf_free(b);
}

static void
probe(void *ctx, uint32_t ip)
{
	(void)ctx;
	probes += ip != 0;
}

static void
bound(void *ctx, const struct dhcp_lease *l)
{
	(void)ctx;
	bounds++;
	lease = *l;
}

static void
lost(void *ctx)
{
	(void)ctx;
	losses++;
}

static uint32_t
random_number(void *ctx)
{
	static uint32_t n = 7;

	(void)ctx;
	return n = n * 1664525 + 1013904223;
}

static void
begin(void)
{
	const struct dhcp_env env = { NULL, output, probe, bound, lost, random_number };

	sent = bounds = losses = probes = 0;
	now = MIR_SEC(1000);
	dhcp_init(&client, &env);
	dhcp_start(&client, now, mac);
}

/* Lets time pass up to 'until', at each deadline on the way. */
static void
pass(mir_ns until)
{
	mir_ns next;

	while ((next = dhcp_poll(&client, now)) <= until)
		now = next > now ? next : now + 1;
	now = until;
}

static size_t
answer(uint8_t *p, enum dhcp_type type, uint32_t seconds)
{
	const uint8_t options[] = { 53, 1, (uint8_t)type, 54, 4, 10, 0, 0, 1, 1, 4, 255, 255, 255, 0,
		3, 4, 10, 0, 0, 1, 6, 4, 10, 0, 0, 53, 51, 4, 0, 0, (uint8_t)(seconds >> 8),
		(uint8_t)seconds, 255 };

	memset(p, 0, DHCP_MIN);
	p[DHCP_OP] = 2;
	p[DHCP_HTYPE] = 1;
	p[DHCP_HLEN] = 6;
	put32(p + DHCP_XID, last.xid);
	put32(p + DHCP_YIADDR, 0x0a000042);
	memcpy(p + DHCP_CHADDR, mac, 6);
	put32(p + DHCP_OPTIONS - 4, 0x63825363);
	memcpy(p + DHCP_OPTIONS, options, sizeof options);
	return DHCP_MIN;
}

static void
reply(enum dhcp_type type, uint32_t seconds)
{
	uint8_t p[DHCP_MIN];

	dhcp_input(&client, now, p, answer(p, type, seconds));
}

static void
get_lease(uint32_t seconds)
{
	begin();
	CHECK_EQ(last.type, DHCP_DISCOVER);
	reply(DHCP_OFFER, seconds);
	CHECK_EQ(last.type, DHCP_REQUEST);
	reply(DHCP_ACK, seconds);
	pass(now + MIR_SEC(1));
}

TEST(a_lease_is_got_and_probed)
{
	get_lease(600);
	CHECK_EQ(bounds, 1);
	CHECK_EQ(probes, 1);
	CHECK_EQ(lease.ip, 0x0a000042);
	CHECK_EQ(lease.prefix, 24);
	CHECK_EQ(lease.gateway, 0x0a000001);
	CHECK_EQ(lease.dns, 0x0a000035);
	CHECK_EQ(client.state, DHCP_BOUND);
}

TEST(it_is_renewed_at_half_time_from_the_same_server)
{
	get_lease(600);
	pass(now + MIR_SEC(298));
	CHECK_EQ(sent, 2);
	pass(now + MIR_SEC(3));
	CHECK_EQ(sent, 3);
	CHECK_EQ(last.type, DHCP_REQUEST);
	CHECK_EQ(last.dst, 0x0a000001);
	CHECK_EQ(last.ciaddr, 0x0a000042);
	reply(DHCP_ACK, 600);
	CHECK_EQ(client.state, DHCP_BOUND);
	CHECK_EQ(bounds, 2);
	CHECK(client.lease.end > now + MIR_SEC(596));
}

TEST(a_renewal_is_of_the_same_address)
{
	uint8_t p[DHCP_MIN];
	size_t n;

	get_lease(600);
	pass(now + MIR_SEC(301));
	CHECK_EQ(client.state, DHCP_RENEWING);
	n = answer(p, DHCP_ACK, 600);
	p[DHCP_YIADDR + 3] ^= 1;
	dhcp_input(&client, now, p, n);
	CHECK_EQ(client.state, DHCP_RENEWING);
	CHECK_EQ(bounds, 1);
	reply(DHCP_ACK, 600);
	CHECK_EQ(bounds, 2);
}

TEST(a_lease_ends_while_it_is_asked_for_anew)
{
	get_lease(600);
	pass(now + MIR_SEC(598));
	dhcp_start(&client, now, mac);
	CHECK_EQ(client.state, DHCP_REBOOTING);
	pass(now + MIR_SEC(2));
	CHECK_EQ(losses, 1);
	CHECK_EQ(client.state, DHCP_SELECTING);
}

TEST(a_silent_server_leads_to_rebinding_and_expiry)
{
	get_lease(600);
	pass(now + MIR_SEC(520));
	CHECK_EQ(client.state, DHCP_RENEWING);
	pass(now + MIR_SEC(10));
	CHECK_EQ(client.state, DHCP_REBINDING);
	CHECK_EQ(last.dst, 0xffffffff);
	CHECK_EQ(losses, 0);
	pass(now + MIR_SEC(80));
	CHECK_EQ(losses, 1);
	CHECK_EQ(client.state, DHCP_SELECTING);
	CHECK_EQ(last.type, DHCP_DISCOVER);
}

TEST(any_server_may_rebind)
{
	get_lease(600);
	pass(now + MIR_SEC(530));
	reply(DHCP_ACK, 600);
	CHECK_EQ(client.state, DHCP_BOUND);
	CHECK_EQ(losses, 0);
}

TEST(a_refusal_starts_over)
{
	begin();
	reply(DHCP_OFFER, 600);
	reply(DHCP_NAK, 0);
	CHECK_EQ(client.state, DHCP_SELECTING);
	CHECK_EQ(last.type, DHCP_DISCOVER);
}

TEST(a_contested_address_is_declined)
{
	begin();
	reply(DHCP_OFFER, 600);
	reply(DHCP_ACK, 600);
	CHECK_EQ(client.state, DHCP_CHECKING);
	dhcp_conflict(&client, now);
	CHECK_EQ(last.type, DHCP_DECLINE);
	CHECK_EQ(bounds, 0);
	pass(now + MIR_SEC(11));
	CHECK_EQ(last.type, DHCP_DISCOVER);
}

TEST(lost_messages_are_repeated_with_growing_pauses)
{
	begin();
	pass(now + MIR_SEC(300));
	CHECK(sent >= 6 && sent <= 12);
	reply(DHCP_OFFER, 600);
	CHECK_EQ(client.state, DHCP_REQUESTING);
	pass(now + MIR_SEC(60));
	CHECK_EQ(client.state, DHCP_SELECTING);
}

TEST(a_slow_servers_offer_answers_any_of_our_tries)
{
	uint32_t first;

	begin();
	first = last.xid;
	pass(now + MIR_SEC(5));
	CHECK(sent > 1);
	CHECK_EQ(last.xid, first);
}

TEST(a_bound_address_is_not_given_up_for_a_forged_packet)
{
	get_lease(600);
	dhcp_conflict(&client, now);
	CHECK_EQ(client.state, DHCP_BOUND);
	CHECK_EQ(losses, 0);
	CHECK_EQ(sent, 2);
}

TEST(a_link_that_returns_asks_for_the_same_address)
{
	get_lease(600);
	dhcp_start(&client, now, mac);
	CHECK_EQ(client.state, DHCP_REBOOTING);
	CHECK_EQ(last.type, DHCP_REQUEST);
	CHECK_EQ(last.ciaddr, 0);
	reply(DHCP_ACK, 600);
	CHECK_EQ(client.state, DHCP_BOUND);
	CHECK_EQ(losses, 0);
	dhcp_start(&client, now, mac);
	reply(DHCP_NAK, 0);
	CHECK_EQ(losses, 1);
	CHECK_EQ(last.type, DHCP_DISCOVER);
}

TEST(without_an_answer_after_a_link_change_the_lease_runs_on_to_its_end)
{
	get_lease(600);
	dhcp_start(&client, now, mac);
	pass(now + MIR_SEC(60));
	CHECK_EQ(client.state, DHCP_BOUND);
	CHECK_EQ(losses, 0);
	pass(now + MIR_SEC(540));
	CHECK_EQ(losses, 1);
	CHECK_EQ(client.state, DHCP_SELECTING);
}

TEST(a_lease_that_ended_while_the_link_was_down_is_lost)
{
	get_lease(600);
	now += MIR_SEC(700);
	dhcp_start(&client, now, mac);
	CHECK_EQ(losses, 1);
	CHECK_EQ(last.type, DHCP_DISCOVER);
}

TEST(messages_for_others_change_nothing)
{
	uint8_t p[DHCP_MIN];

	begin();
	answer(p, DHCP_OFFER, 600);
	p[DHCP_XID] ^= 1;
	dhcp_input(&client, now, p, sizeof p);
	answer(p, DHCP_OFFER, 600);
	p[DHCP_CHADDR] ^= 4;
	dhcp_input(&client, now, p, sizeof p);
	answer(p, DHCP_ACK, 600);
	dhcp_input(&client, now, p, sizeof p);
	CHECK_EQ(client.state, DHCP_SELECTING);
	CHECK_EQ(sent, 1);
}

TEST(an_endless_lease_is_never_renewed)
{
	uint8_t p[DHCP_MIN];

	begin();
	reply(DHCP_OFFER, 600);
	answer(p, DHCP_ACK, 0);
	memset(p + DHCP_OPTIONS + 29, 0xff, 4);
	dhcp_input(&client, now, p, sizeof p);
	pass(now + MIR_SEC(86400));
	CHECK_EQ(client.state, DHCP_BOUND);
	CHECK_EQ(sent, 2);
}

TEST(random_messages_do_no_harm)
{
	uint64_t seed = 1;
	uint8_t p[DHCP_MIN];

	begin();
	for (int i = 0; i < 50000; i++) {
		size_t len = answer(p, i % 2 ? DHCP_OFFER : DHCP_ACK, 600);

		for (int change = 0; change < 4; change++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			p[(seed >> 33) % 80 + (change < 2 ? DHCP_OPTIONS - 20 : 0)] =
			    (uint8_t)(seed >> 24);
		}
		dhcp_input(&client, now, p, len - (seed >> 40) % 70);
		pass(now + MIR_MS(10));
	}
	CHECK(client.state != DHCP_OFF);
}
