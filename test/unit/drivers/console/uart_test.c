/* SPDX-License-Identifier: ISC */
/* drivers/console/serial.c on a 16550 that the test plays: its registers stand in for the ports. */
#include <stdbool.h>
#include <stdint.h>
#include "mir/console.h"
#include "pc/pc.h"
#include "test/unit/harness.h"

#define ARCH_CPU_H			/* Ports are registers of the test, see below. */

static struct uart {
	bool absent;
	uint8_t ier, scratch, latch[2], lcr, mcr;
	unsigned takes;			/* Bytes that can be sent without a pause. */
	unsigned pause, looks;		/* After so many looks it takes one more; 0: never. */
	char sent[16384];
	unsigned sent_len;
	const char *typed;
} uart;

static uint8_t
inb(uint16_t port)
{
	if (uart.absent)
		return 0xff;
	switch (port - 0x3f8) {
	case 0:
		return (uint8_t)*uart.typed++;
	case 5:
		if (!uart.takes && uart.pause && ++uart.looks % uart.pause == 0)
			uart.takes = 1;
		return (uint8_t)((uart.takes ? 0x20 : 0) | (uart.typed && *uart.typed ? 0x01 : 0));
	default:
		return uart.scratch;
	}
}

static void
outb(uint16_t port, uint8_t v)
{
	switch (port - 0x3f8) {
	case 0:
		if (uart.lcr & 0x80) {
			uart.latch[0] = v;
		} else if (CHECK(uart.takes > 0)) {
			uart.takes--;
			uart.sent[uart.sent_len++] = (char)v;
		}
		break;
	case 1:
		*(uart.lcr & 0x80 ? &uart.latch[1] : &uart.ier) = v;
		break;
	case 3:
		uart.lcr = v;
		break;
	case 4:
		uart.mcr = v;
		break;
	case 7:
		uart.scratch = v;
		break;
	}
}

#include "drivers/console/serial.c"

static struct mir_console *console;
static struct pc_device *device;
static unsigned routed;

void
mir_console_register(struct mir_console *c)
{
	console = c;
}

void
pc_device_add(struct pc_device *d)
{
	device = d;
}

void
ioapic_route(unsigned gsi)
{
	routed = gsi;
}

static void
set_up(void)
{
	char rest[64];

	if (!console)
		pc_console_open();
	uart.takes = sizeof uart.sent;
	device->poll(device);
	device->arm(device);
	while (console->ops->read(console, rest, sizeof rest))
		;
	uart.sent_len = 0;
	uart.pause = 0;
	uart.takes = 0;
	dropped_out = dropped_in = 0;
}

static void
say(const char *text)
{
	console->ops->write(console, text, strlen(text));
}

TEST(nothing_answers_at_the_port)
{
	uart.absent = true;
	pc_console_open();
	CHECK(!console && !device);
	uart.absent = false;
}

TEST(a_16550_is_set_to_115200_8n1)
{
	set_up();
	CHECK_EQ(uart.latch[0] | uart.latch[1] << 8, 1);
	CHECK_EQ(uart.lcr, 3);
	CHECK_EQ(uart.mcr & 8, 8);	/* OUT2: without it no interrupt comes through. */
	CHECK_EQ(uart.ier, 1);
	CHECK_EQ(routed, 4);
}

TEST(lines_end_in_cr_lf)
{
	set_up();
	uart.takes = 100;
	say("one\ntwo");
	CHECK_EQ(uart.sent_len, 8);
	CHECK_MEM(uart.sent, "one\r\ntwo", 8);
}

TEST(what_the_line_does_not_take_waits)
{
	set_up();
	uart.takes = 2;
	say("abcdef");
	CHECK_EQ(uart.sent_len, 2);
	CHECK(!device->poll(device));
	CHECK(!device->arm(device));
	CHECK_EQ(uart.ier, 3);		/* The line tells when it takes more. */
	uart.takes = 2;
	CHECK(device->poll(device));
	uart.takes = 100;
	say("g");			/* Behind the rest. */
	CHECK_EQ(uart.sent_len, 7);
	CHECK_MEM(uart.sent, "abcdefg", 7);
	device->arm(device);
	CHECK_EQ(uart.ier, 1);
}

TEST(the_queue_is_bounded)
{
	set_up();
	for (unsigned i = 0; i < 5000; i++)
		say("x");
	CHECK_EQ(dropped_out, 5000 - OUT_SIZE);
	uart.takes = 10000;
	device->poll(device);
	CHECK_EQ(uart.sent_len, OUT_SIZE);
}

TEST(flush_waits_for_a_slow_line)
{
	set_up();
	say("last words");
	uart.pause = 1000;
	console->ops->flush(console);
	CHECK_EQ(uart.sent_len, 10);
	CHECK_MEM(uart.sent, "last words", 10);
}

TEST(flush_gives_up_on_a_dead_line)
{
	struct mir_clock *clock = mir_clock;

	set_up();
	say("nobody reads this");
	mir_clock = NULL;		/* A crash before the clock is there. */
	console->ops->flush(console);
	mir_clock = clock;
	CHECK_EQ(uart.sent_len, 0);
}

TEST(input_is_read_before_a_sleep)
{
	char text[16];

	set_up();
	uart.typed = "reboot\n";
	CHECK(!device->poll(device));
	CHECK(device->arm(device));	/* Something came: no sleep. */
	CHECK(!device->arm(device));
	CHECK_EQ(console->ops->read(console, text, 4), 4);
	CHECK_EQ(console->ops->read(console, text + 4, sizeof text - 4), 3);
	CHECK_MEM(text, "reboot\n", 7);
	CHECK_EQ(console->ops->read(console, text, sizeof text), 0);
}

TEST(input_that_nobody_reads_is_dropped)
{
	static char much[IN_SIZE + 10];
	char text[2 * IN_SIZE];

	set_up();
	memset(much, 'a', sizeof much - 1);
	uart.typed = much;
	device->arm(device);
	CHECK_EQ(dropped_in, 9);
	CHECK_EQ(console->ops->read(console, text, sizeof text), IN_SIZE);
}
