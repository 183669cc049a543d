/* SPDX-License-Identifier: ISC */
/* sources: net/ipv6/[a-z]*.c net/icmpv6/[a-z]*.c net/mld/mld.c net/nd/[a-z]*.c */
/* sources: net/http/[a-z]*.c net/stack/[a-z]*.c net/reassembly/reassembly.c net/igmp/[a-z]*.c net/ether/packet.c net/arp/[a-z]*.c */
/* sources: net/ipv4/packet.c net/icmp/[a-z]*.c net/udp/[a-z]*.c net/dhcp/[a-z]*.c */
/* sources: net/tcp/[a-z]*.c kernel/pool.c test/unit/net/stack/wire.c test/unit/net/http/site.c */
/* Server and clients on two whole stacks while memory comes and goes: what is given is right, or
 * ends by reset; nothing is lost, and all goes on when there is memory again. */
#include "mir/buf.h"
#include "mir/err.h"
#include "net/http/http.h"
#include "test/unit/harness.h"
#include "test/unit/net/http/site.h"
#include "test/unit/net/stack/wire.h"

#define CLIENTS 12
#define ROUNDS	30

static struct http_files files;
static struct http_server server;
static struct mir_task *server_task;
static unsigned whole, refused, failed, ended;
static size_t plenty;

static void
serve(void *arg)
{
	CHECK_EQ(http_serve(arg, wire_b.stack, 80), MIR_ECANCELED);
}

/* Reads to the end.  A clean end behind a 200 has to be behind the last byte. */
static void
read_answer(struct mir_flow *f)
{
	char head[13] = { 0 };
	size_t got = 0;
	struct mir_buf *b;
	int n;

	while ((n = mir_flow_read(f, &b, mir_now() + MIR_SEC(20))) > 0) {
		if (got < sizeof head - 1)
			mir_buf_copy_out(b, 0, head + got, sizeof head - 1 - got);
		got += (size_t)n;
		mir_buf_free(b);
	}
	if (n < 0) {
		failed++;
		return;
	}
	if (strcmp(head, "HTTP/1.1 200") != 0) {
		refused++;
		return;
	}
	whole++;
	CHECK_MSG(got > SITE_BIG && got < SITE_BIG + 500, "cut short at %zu", got);
}

static void
ask(void)
{
	static const char request[] =
	    "GET /big.bin HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
	struct mir_addr to = mir_addr_from_ipv4(0x0a000002);
	struct mir_flow *f;
	struct mir_buf *b;

	if (mir_stack_connect(wire_a.stack, &to, 80, &f, mir_now() + MIR_SEC(5))) {
		failed++;
		return;
	}
	b = mir_buf_copy_in(request, sizeof request - 1);
	if (!b || mir_flow_write(f, b, mir_now() + MIR_SEC(5))) {
		mir_buf_free(b);
		failed++;
		mir_flow_abort(f);
		return;
	}
	read_answer(f);
	mir_flow_close(f);
}

static void
client(void *arg)
{
	(void)arg;
	for (int i = 0; i < ROUNDS; i++) {
		ask();
		mir_sleep(MIR_MS(test_random() % 50));
	}
	ended++;
}

static void
starve(struct mir_timer *t)
{
	uint64_t r = test_random();

	test_pages_left = r % 3 == 0 ? 0 : r % 3 == 1 ? (r >> 8) % 24 : 200;
	mir_timer_set(t, mir_now() + MIR_US((r >> 16) % 3000));
}

static unsigned
ask_once(void)
{
	unsigned before = whole;

	mir_spawn("client", client, NULL);
	wire_pass(MIR_SEC(60));
	return whole - before;
}

TEST(memory_that_comes_and_goes_does_no_harm)
{
	struct mir_timer t = MIR_TIMER_INIT(starve);
	size_t before;

	http_files_init(&files, site_open(), NULL);
	server = (struct http_server){ .handler = &files.handler };
	wire_open();
	server_task = mir_spawn("server", serve, &server);
	mir_task_hold(server_task);
	CHECK_EQ(ask_once(), ROUNDS);
	wire_pass(http_limits.idle + MIR_SEC(170));
	before = test_pages_in_use();
	ended = 0;
	for (int i = 0; i < CLIENTS; i++)
		mir_spawn("client", client, NULL);
	plenty = test_pages_left;
	mir_timer_set(&t, mir_now());
	wire_pass(MIR_SEC(600));
	mir_timer_cancel(&t);
	test_pages_left = plenty;
	wire_pass(MIR_SEC(600));
	CHECK_EQ(ended, CLIENTS);
	CHECK_MSG(whole > ROUNDS, "not one was served in need");
	CHECK_MSG(failed + refused > 0, "memory never ran short");
	CHECK_EQ(ask_once(), ROUNDS);
	wire_pass(http_limits.idle + MIR_SEC(170));
	/* Stacks and a page a pool are kept. */
	CHECK_MSG(test_pages_in_use() < before + CLIENTS * 3 * (CONFIG_TASK_STACK_PAGES + 1),
		  "%zu pages, before %zu", test_pages_in_use(), before);
	mir_cancel(server_task);
	wire_pass(MIR_SEC(1));
	mir_task_release(server_task);
	wire_close();
}
