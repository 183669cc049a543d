/* SPDX-License-Identifier: ISC */
/* The two rings of bytes to and from xenstored (xen/io/xs_wire.h), as whole messages.
 *
 * A request goes in whole or not at all, so that a task which gives up waiting leaves no half
 * message behind. */
#include <string.h>
#include "mir/log.h"
#include "mir/stats.h"
#include "xen/abi.h"
#include "xen/byte_ring.h"
#include "xen/events.h"
#include "xen/guest.h"
#include "xen/xenstore/client.h"
#include <xen/io/xs_wire.h>

struct mir_waitq xs_ring_room;

static struct xenstore_domain_interface *ring;
static void (*deliver)(const struct xs_header *, const uint8_t *);
static void (*report_broken)(void);
static bool broken;
static uint8_t in[XS_HEADER + XS_REPLY_MAX + 1];	/* The message that is coming in. */
static uint32_t in_len;
static uint64_t messages, breaks;
MIR_COUNTER(xenstore_messages, &messages, "messages from xenstored");
MIR_COUNTER(xenstore_broken, &breaks, "1: xenstored broke the protocol, the image does without");

static void
give_up(const char *why)
{
	broken = true;
	breaks++;
	mir_error("xenstore", "xenstored broke the protocol: %s", why);
	report_broken();
}

/* Room in the request ring, negative when xenstored's index makes no sense. */
static int
room(void)
{
	int used = byte_ring_used(ring->req_prod, byte_ring_load(&ring->req_cons),
				  XENSTORE_RING_SIZE);

	return used < 0 ? used : (int)XENSTORE_RING_SIZE - used;
}

int
xs_ring_send(const struct xs_header *h, const char *path, const void *value)
{
	uint32_t prod = ring->req_prod, path_len = (uint32_t)strlen(path) + 1;
	uint8_t header[XS_HEADER];
	int space = room();

	if (broken || space < 0)
		return MIR_EPROTO;
	if (h->len > XENSTORE_RING_SIZE - XS_HEADER)
		return MIR_EMSGSIZE;
	if (XS_HEADER + h->len > (uint32_t)space)
		return MIR_EAGAIN;
	xs_header_put(header, h);
	byte_ring_put(ring->req, XENSTORE_RING_SIZE, prod, header, XS_HEADER);
	prod += XS_HEADER;
	byte_ring_put(ring->req, XENSTORE_RING_SIZE, prod, path, path_len);
	prod += path_len;
	if (h->len > path_len)
		byte_ring_put(ring->req, XENSTORE_RING_SIZE, prod, value, h->len - path_len);
	byte_ring_store(&ring->req_prod, prod + h->len - path_len);
	return MIR_OK;
}

void
xs_ring_kick(void)
{
	evtchn_notify(xen_boot.xenstore_port);
}

/* The bytes that the message needs next: its header, then what the header says.  0: whole. */
static uint32_t
missing(struct xs_header *h)
{
	if (in_len < XS_HEADER)
		return XS_HEADER - in_len;
	if (xs_header_get(in, h)) {
		give_up("a message with a wrong type or length");
		return 0;
	}
	return XS_HEADER + h->len - in_len;
}

static void
take(uint32_t cons, uint32_t used)
{
	struct xs_header h;
	uint32_t n;

	while (used && !broken && (n = missing(&h))) {
		if (n > used)
			n = used;
		byte_ring_get(ring->rsp, XENSTORE_RING_SIZE, cons, in + in_len, n);
		cons += n;
		used -= n;
		in_len += n;
		if (in_len < XS_HEADER || missing(&h) || broken)
			continue;
		in[in_len] = 0;
		in_len = 0;
		messages++;
		deliver(&h, in + XS_HEADER);
	}
	byte_ring_store(&ring->rsp_cons, cons);
}

/* xenstored waits for a notification only when it found the ring full: so it has one due if the
 * ring was full before we took something, also by what it wrote meanwhile. */
static void
event(void *ctx)
{
	uint32_t cons = ring->rsp_cons;
	int used = byte_ring_used(byte_ring_load(&ring->rsp_prod), cons, XENSTORE_RING_SIZE);

	(void)ctx;
	if (broken)
		return;
	if (used < 0 || room() < 0) {
		give_up("a ring index out of range");
		return;
	}
	take(cons, (uint32_t)used);
	/* Orders our index, which makes room, before the look at xenstored's. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (byte_ring_load(&ring->rsp_prod) - cons >= XENSTORE_RING_SIZE)
		xs_ring_kick();
	mir_wake(&xs_ring_room);
}

int
xs_ring_start(void (*message)(const struct xs_header *, const uint8_t *), void (*on_broken)(void))
{
	if (!xen_boot.xenstore || !xen_boot.xenstore_port)
		return MIR_EGONE;
	ring = xen_boot.xenstore;
	deliver = message;
	report_broken = on_broken;
	return evtchn_bind(xen_boot.xenstore_port, event, NULL);
}
