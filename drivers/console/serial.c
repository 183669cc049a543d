/* SPDX-License-Identifier: ISC */
/* The PC's first serial port (National Semiconductor 16550), as console.
 *
 * What the line doesn't take at once waits in a bounded queue; what doesn't fit there is
 * dropped and counted. */
#include "arch/x86_64/cpu.h"
#include "mir/clock.h"
#include "mir/console.h"
#include "mir/stats.h"
#include "pc/console.h"
#include "pc/pc.h"

#define PORT		0x3f8
#define DATA		(PORT + 0)	/* With LCR_DLAB: divisor, low byte. */
#define IER		(PORT + 1)	/* With LCR_DLAB: divisor, high byte. */
#define FCR		(PORT + 2)
#define LCR		(PORT + 3)
#define MCR		(PORT + 4)
#define LSR		(PORT + 5)
#define SCRATCH		(PORT + 7)
#define GSI		4

#define IER_RECEIVE	1
#define IER_TRANSMIT	2
#define FCR_ON_CLEAR	0x07
#define LCR_8N1		0x03
#define LCR_DLAB	0x80
#define MCR_ON		0x0b		/* DTR, RTS, and OUT2, which lets interrupts through. */
#define LSR_RECEIVED	0x01
#define LSR_CAN_SEND	0x20

#define OUT_SIZE	4096		/* Powers of two. */
#define IN_SIZE		256
#define FLUSH_LIMIT	MIR_MS(500)	/* For a line that takes nothing any more. */

struct serial {
	struct mir_console console;
	struct pc_device pc;
	uint8_t ier;			/* As last written. */
	unsigned out_head, out_tail, in_head, in_tail;
	char out[OUT_SIZE], in[IN_SIZE];
};

static struct serial serial;
static uint64_t dropped_out, dropped_in;
MIR_COUNTER(serial_dropped_out, &dropped_out, "bytes the serial line was too slow for");
MIR_COUNTER(serial_dropped_in, &dropped_in, "bytes from the serial line that nobody read");

static bool
can_send(void)
{
	return inb(LSR) & LSR_CAN_SEND;
}

static bool
drain(struct serial *s)
{
	bool any = false;

	while (s->out_tail != s->out_head && can_send()) {
		outb(DATA, (uint8_t)s->out[s->out_tail++ % OUT_SIZE]);
		any = true;
	}
	return any;
}

static void
put(struct serial *s, char c)
{
	if (s->out_head == s->out_tail && can_send())
		outb(DATA, (uint8_t)c);
	else if (s->out_head - s->out_tail < OUT_SIZE)
		s->out[s->out_head++ % OUT_SIZE] = c;
	else
		dropped_out++;
}

static void
write(struct mir_console *c, const char *text, size_t len)
{
	struct serial *s = (struct serial *)c;

	drain(s);
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\n')
			put(s, '\r');
		put(s, text[i]);
	}
}

static size_t
read(struct mir_console *c, char *text, size_t len)
{
	struct serial *s = (struct serial *)c;
	size_t n;

	for (n = 0; n < len && s->in_tail != s->in_head; n++)
		text[n] = s->in[s->in_tail++ % IN_SIZE];
	return n;
}

/* Time may stand still here: the limit is counted in looks at the port, too. */
static void
flush(struct mir_console *c)
{
	struct serial *s = (struct serial *)c;
	mir_ns last = mir_clock ? mir_platform_now() : 0;

	for (unsigned looks = 0; s->out_tail != s->out_head && looks < 1000000; looks++) {
		if (drain(s)) {
			last = mir_clock ? mir_platform_now() : 0;
			looks = 0;
		} else if (mir_clock && mir_platform_now() > mir_deadline(last, FLUSH_LIMIT)) {
			return;
		}
	}
}

static const struct mir_console_ops ops = {
	.name = "serial", .write = write, .read = read, .flush = flush,
};

static bool
receive(struct serial *s)
{
	bool any = false;
	char c;

	while (inb(LSR) & LSR_RECEIVED) {
		c = (char)inb(DATA);
		any = true;
		if (s->in_head - s->in_tail < IN_SIZE)
			s->in[s->in_head++ % IN_SIZE] = c;
		else
			dropped_in++;
	}
	return any;
}

/* Input is only looked for before a sleep: asking the port takes a microsecond or more. */
static bool
poll(struct pc_device *pc)
{
	(void)pc;
	return serial.out_tail != serial.out_head && drain(&serial);
}

static bool
arm(struct pc_device *pc)
{
	bool any = receive(&serial), queued = serial.out_tail != serial.out_head;
	uint8_t ier = queued ? IER_RECEIVE | IER_TRANSMIT : IER_RECEIVE;

	(void)pc;
	if (ier != serial.ier)
		outb(IER, ier);
	serial.ier = ier;
	if (any)
		mir_wake(&mir_console_input);
	return any;
}

static bool
is_there(void)
{
	outb(SCRATCH, 0x5a);
	return inb(SCRATCH) == 0x5a;
}

void
pc_console_open(void)
{
	if (!is_there())
		return;
	outb(IER, 0);
	outb(LCR, LCR_DLAB);
	outb(DATA, 1);			/* 115200 bits a second. */
	outb(IER, 0);
	outb(LCR, LCR_8N1);
	outb(FCR, FCR_ON_CLEAR);
	outb(MCR, MCR_ON);
	serial.console.ops = &ops;
	serial.pc = (struct pc_device){ .poll = poll, .arm = arm };
	mir_console_register(&serial.console);
	pc_device_add(&serial.pc);
	ioapic_route(GSI);
}
