/* SPDX-License-Identifier: ISC */
/* The console ring with an xenconsoled that is quick, slow, gone, or hostile. */
/* sources: xen/byte_ring.c */
#include "mir/console.h"
#include "test/unit/harness.h"
#include "xen/abi.h"
#include "xen/console.h"
#include "xen/events.h"
#include "xen/guest.h"
#include <xen/io/console.h>

struct xen_boot xen_boot;

static struct xencons_interface ring;
static void (*event)(void *);
static struct mir_console *console;
static unsigned notified;
static bool daemon_takes;		/* While we wait for it in flush. */
static char taken[16384];
static size_t taken_len;

static void
daemon_take(size_t most)
{
	uint32_t n = ring.out_prod - ring.out_cons;

	for (n = n < most ? n : (uint32_t)most; n; n--)
		taken[taken_len++] = ring.out[ring.out_cons++ % sizeof ring.out];
	event(NULL);
}

static void
daemon_type(const char *text)
{
	for (; *text; text++)
		ring.in[ring.in_prod++ % sizeof ring.in] = *text;
	event(NULL);
}

int
evtchn_bind(evtchn_port_t port, void (*handler)(void *), void *ctx)
{
	(void)port;
	(void)ctx;
	event = handler;
	return 0;
}

void
evtchn_notify(evtchn_port_t port)
{
	(void)port;
	notified++;
}

void
evtchn_wait_port(evtchn_port_t port, mir_ns deadline)
{
	(void)port;
	if (daemon_takes)
		daemon_take(700);
	else
		test_now = deadline;
}

/* The harness has a console of its own; ours stands aside from the list. */
void
mir_console_register(struct mir_console *c)
{
	console = c;
}

static void
set_up(void)
{
	static char rest[64];

	if (!console) {
		xen_boot.console = &ring;
		xen_boot.console_port = 2;
		ring.out_prod = ring.out_cons = UINT32_MAX - 5;
		ring.in_prod = ring.in_cons = UINT32_MAX - 2;
		xencons_open();
	}
	while (console->ops->read(console, rest, sizeof rest))
		;
	while (ring.out_prod != ring.out_cons)
		daemon_take(SIZE_MAX);
	taken_len = notified = 0;
	daemon_takes = false;
}

static void
say(const char *text)
{
	console->ops->write(console, text, strlen(text));
}

TEST(lines_end_in_cr_lf)
{
	set_up();
	say("one\ntwo\n\nthree");
	daemon_take(SIZE_MAX);
	CHECK_EQ(taken_len, 17);
	CHECK_MEM(taken, "one\r\ntwo\r\n\r\nthree", 17);
}

TEST(one_notification_until_the_daemon_took_something)
{
	set_up();
	for (unsigned i = 0; i < 10; i++)
		say("line\n");
	CHECK_EQ(notified, 1);
	daemon_take(6);
	CHECK_EQ(notified, 2);
	daemon_take(SIZE_MAX);
	CHECK_EQ(notified, 2);
	say("x");
	CHECK_EQ(notified, 3);
}

TEST(backlog_goes_on_in_order_and_drops_the_newest)
{
	char line[] = "0000\n";

	set_up();
	for (unsigned i = 0; i < 2000; i++) {
		line[0] = (char)('0' + i / 1000);
		line[1] = (char)('0' + i / 100 % 10);
		line[2] = (char)('0' + i / 10 % 10);
		line[3] = (char)('0' + i % 10);
		say(line);
	}
	while (ring.out_prod != ring.out_cons)
		daemon_take(100);
	CHECK_EQ(taken_len, sizeof ring.out + 4096);
	for (unsigned i = 0; i < 1000; i++)
		CHECK_EQ(taken[6 * i + 3] - '0', i % 10);
}

TEST(flush_gets_everything_out)
{
	set_up();
	for (unsigned i = 0; i < 100; i++)
		say("some text that is a bit longer than the others\n");
	daemon_takes = true;
	console->ops->flush(console);
	CHECK_EQ(taken_len, 4800);
}

TEST(flush_gives_up_on_a_dead_daemon)
{
	mir_ns start;

	set_up();
	say("anybody?\n");
	start = test_now;
	console->ops->flush(console);
	CHECK(test_now - start >= MIR_SEC(1) && test_now - start < MIR_SEC(2));
}

TEST(input_in_small_reads)
{
	char text[8];

	set_up();
	daemon_type("hello\r");
	CHECK_EQ(console->ops->read(console, text, 4), 4);
	CHECK_MEM(text, "hell", 4);
	CHECK_EQ(console->ops->read(console, text, 8), 2);
	CHECK_MEM(text, "o\n", 2);
	CHECK_EQ(console->ops->read(console, text, 8), 0);
}

/* Last: there is no way back. */
TEST(zz_hostile_indexes_end_the_console)
{
	char text[8];

	set_up();
	ring.out_cons = ring.out_prod + 1;
	say("into the void\n");
	event(NULL);
	console->ops->flush(console);
	ring.in_prod = ring.in_cons + sizeof ring.in + 1;
	CHECK_EQ(console->ops->read(console, text, 8), 0);
	CHECK_EQ(notified, 0);
}
