/* SPDX-License-Identifier: ISC */
/* sources: net/ipv6/[a-z]*.c net/icmpv6/[a-z]*.c net/mld/mld.c net/nd/[a-z]*.c */
/* sources: net/stack/[a-z]*.c net/ether/packet.c net/arp/[a-z]*.c net/ipv4/[a-z]*.c net/reassembly/reassembly.c net/igmp/[a-z]*.c */
/* sources: net/icmp/[a-z]*.c net/udp/[a-z]*.c net/dhcp/[a-z]*.c net/tcp/[a-z]*.c */
/* sources: test/unit/net/stack/wire.c */
/* Happy eyeballs: the first of several addresses that answers. */
#include "lib/text.h"
#include "mir/err.h"
#include "mir/task.h"
#include "test/unit/harness.h"
#include "test/unit/net/stack/wire.h"

static struct { const char *to[3]; int result; mir_ns took; struct mir_addr peer; mir_ns limit; } race;

static struct mir_addr
addr(const char *text)
{
	struct mir_addr a = { { 0 } };
	uint32_t ip;

	if (text_ipv4(text, &ip) == MIR_OK)
		return mir_addr_from_ipv4(ip);
	CHECK_EQ(text_ipv6(text, &a), MIR_OK);
	return a;
}

static void
connect_to_any(void *arg)
{
	mir_ns begin = mir_now();
	struct mir_addr to[3];
	struct mir_flow *f;
	unsigned n = 0;
	uint16_t port;

	(void)arg;
	for (; n < 3 && race.to[n]; n++)
		to[n] = addr(race.to[n]);
	race.result = mir_stack_connect_any(wire_a.stack, to, n, 80, &f, begin + race.limit);
	race.took = mir_now() - begin;
	if (race.result)
		return;
	CHECK_EQ(mir_flow_peer(f, &race.peer, &port), MIR_OK);
	mir_flow_close(f);
}

static void
answer(void *listener)
{
	struct mir_flow *f;

	while (mir_stack_accept(listener, &f, mir_now() + MIR_SEC(20)) == MIR_OK)
		mir_flow_close(f);
}

static void
run(bool listens, const char *a, const char *b, const char *c)
{
	struct mir_listener *l;

	race = (typeof(race)){ .to = { a, b, c }, .result = 1, .limit = MIR_SEC(8) };
	wire_open_end(&wire_a, &(struct stack_config){ .ip = 0x0a000001, .prefix = 24,
		.ip6 = STACK_IP6_STATIC, .prefix6 = 64, .addr6 = addr("fd00::1") });
	wire_open_end(&wire_b, &(struct stack_config){ .ip = 0x0a000002, .prefix = 24,
		.ip6 = STACK_IP6_STATIC, .prefix6 = 64, .addr6 = addr("fd00::2") });
	wire_pass(MIR_SEC(3));
	if (listens) {
		CHECK_EQ(mir_stack_listen(wire_b.stack, 80, 4, &l), MIR_OK);
		mir_spawn("answer", answer, l);
	}
	mir_spawn("connect", connect_to_any, NULL);
	wire_pass(MIR_SEC(30));
	if (listens)
		wire_b.stack->ops->unlisten(l);
	wire_close();
}

static bool
won(const char *text)
{
	struct mir_addr want = addr(text);

	return race.result == MIR_OK && mir_addr_equal(&want, &race.peer);
}

TEST(the_first_that_answers_at_once_wins)
{
	run(true, "fd00::2", "10.0.0.2", NULL);
	CHECK(won("fd00::2"));
	CHECK(race.took < MIR_MS(10));
	run(true, "10.0.0.2", "fd00::2", NULL);
	CHECK(won("10.0.0.2"));
}

TEST(a_silent_address_costs_a_quarter_of_a_second)
{
	run(true, "fd00::99", "10.0.0.2", NULL);
	CHECK(won("10.0.0.2"));
	CHECK(race.took >= MIR_MS(250) && race.took < MIR_MS(260));
}

TEST(families_take_turns)
{
	run(true, "fd00::98", "fd00::99", "10.0.0.2");
	CHECK(won("10.0.0.2"));
	CHECK(race.took < MIR_MS(260));
}

TEST(an_address_without_a_way_costs_nothing)
{
	run(true, "2001:db8::1", "10.0.0.2", NULL);
	CHECK(won("10.0.0.2"));
	CHECK(race.took < MIR_MS(10));
}

TEST(when_all_refuse_so_it_is_said)
{
	run(false, "fd00::2", "10.0.0.2", NULL);
	CHECK_EQ(race.result, MIR_EREFUSED);
	CHECK(race.took < MIR_MS(10));
}

TEST(when_none_answers_the_deadline_holds)
{
	run(false, "fd00::99", "10.0.0.99", NULL);
	CHECK_EQ(race.result, MIR_ETIMEDOUT);
	CHECK(race.took >= MIR_SEC(8) && race.took < MIR_MS(8100));
}
