/* SPDX-License-Identifier: ISC */
/* The console ring (xen/io/console.h): shared with dom0's xenconsoled, in use from the first
 * moment, without a handshake.
 *
 * What does not fit into the ring waits in a backlog and goes on when xenconsoled says that it
 * took something.  It is notified when the ring was empty; text that comes while it reads is
 * announced when its own notification arrives, so that lines in a row cost one event. */
#include "mir/clock.h"
#include "mir/console.h"
#include "mir/stats.h"
#include "xen/byte_ring.h"
#include "xen/console.h"
#include "xen/events.h"
#include "xen/guest.h"
#include <xen/io/console.h>

#define BACKLOG		4096u		/* Bytes, a power of two. */
#define FLUSH_LIMIT	MIR_SEC(1)
#define FLUSH_STEP	MIR_MS(20)

static struct xencons_interface *ring;
static char backlog[BACKLOG];
static uint32_t backlog_prod, backlog_cons;
static bool broken;			/* The backend set a senseless index. */
static uint64_t dropped;
MIR_COUNTER(xencons_dropped_bytes, &dropped, "console text dropped, the backlog was full");

/* Bytes in the out ring that the backend has not taken; the ring counts as full for ever when
 * the backend broke it. */
static uint32_t
out_used(void)
{
	int used = byte_ring_used(ring->out_prod, byte_ring_load(&ring->out_cons),
				  sizeof ring->out);

	if (used < 0)
		broken = true;
	return broken ? sizeof ring->out : (uint32_t)used;
}

/* Moves what fits from the backlog into the ring. */
static void
drain(void)
{
	uint32_t room = (uint32_t)sizeof ring->out - out_used();
	uint32_t len = backlog_prod - backlog_cons, prod = ring->out_prod, at, n;

	if (len > room)
		len = room;
	for (uint32_t left = len; left; left -= n) {
		at = backlog_cons & (BACKLOG - 1);
		n = BACKLOG - at < left ? BACKLOG - at : left;
		byte_ring_put(ring->out, sizeof ring->out, prod, backlog + at, n);
		prod += n;
		backlog_cons += n;
	}
	byte_ring_store(&ring->out_prod, prod);
}

static void
queue(const char *text, size_t len)
{
	uint32_t room = BACKLOG - (backlog_prod - backlog_cons);

	if (len > room) {
		dropped += len - room;
		len = room;
	}
	byte_ring_put(backlog, BACKLOG, backlog_prod, text, (uint32_t)len);
	backlog_prod += (uint32_t)len;
}

/* xl console shows the text on a raw terminal: a line ends in CR LF. */
static void
queue_lines(const char *text, size_t len)
{
	size_t n;

	while (len) {
		for (n = 0; n < len && text[n] != '\n'; n++)
			;
		queue(text, n);
		if (n < len) {
			queue("\r\n", 2);
			n++;
		}
		text += n;
		len -= n;
	}
}

static void
xencons_write(struct mir_console *c, const char *text, size_t len)
{
	bool was_empty = out_used() == 0;

	(void)c;
	queue_lines(text, len);
	drain();
	if (was_empty)
		evtchn_notify(xen_boot.console_port);
}

static size_t
xencons_read(struct mir_console *c, char *text, size_t len)
{
	uint32_t cons = ring->in_cons;
	int used = byte_ring_used(byte_ring_load(&ring->in_prod), cons, sizeof ring->in);

	(void)c;
	if (used < 0)
		broken = true;
	if (broken || used == 0)
		return 0;
	if (len > (size_t)used)
		len = (size_t)used;
	byte_ring_get(ring->in, sizeof ring->in, cons, text, (uint32_t)len);
	byte_ring_store(&ring->in_cons, cons + (uint32_t)len);
	evtchn_notify(xen_boot.console_port);
	for (size_t i = 0; i < len; i++)
		if (text[i] == '\r')		/* What the Enter key sends. */
			text[i] = '\n';
	return len;
}

static void
xencons_flush(struct mir_console *c)
{
	mir_ns limit = mir_deadline(mir_platform_now(), FLUSH_LIMIT);

	(void)c;
	while (!broken && mir_platform_now() < limit) {
		drain();
		if (out_used() == 0)
			return;
		evtchn_notify(xen_boot.console_port);
		evtchn_wait_port(xen_boot.console_port, mir_deadline(mir_platform_now(), FLUSH_STEP));
	}
}

static void
xencons_event(void *ctx)
{
	(void)ctx;
	drain();
	if (!broken && out_used())
		evtchn_notify(xen_boot.console_port);
	if (ring->in_cons != byte_ring_load(&ring->in_prod))
		mir_wake(&mir_console_input);
}

static const struct mir_console_ops ops = {
	.name = "xencons", .write = xencons_write, .read = xencons_read,
	.flush = xencons_flush,
};

static struct mir_console console = { .ops = &ops };

void
xencons_open(void)
{
	ring = xen_boot.console;
	if (!ring || !xen_boot.console_port)
		return;
	evtchn_bind(xen_boot.console_port, xencons_event, NULL);
	mir_console_register(&console);
}
