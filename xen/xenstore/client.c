/* SPDX-License-Identifier: ISC */
/* xenstore requests under way: sent in batches, answered in any order, matched by their id. */
#include <string.h>
#include "mir/err.h"
#include "mir/log.h"
#include "mir/module.h"
#include "mir/stats.h"
#include "xen/abi.h"
#include "xen/guest.h"
#include "xen/xenstore/client.h"
#include <xen/io/xs_wire.h>

static struct xs_request *pending;	/* Sent, not answered. */
static uint32_t last_id;
static bool running;
static uint64_t requests_sent, strays;
MIR_COUNTER(xenstore_requests, &requests_sent, "requests to xenstored");
MIR_COUNTER(xenstore_strays, &strays, "replies nobody waited for (any more)");

static void
finish(struct xs_request *r, int err)
{
	r->err = err;
	r->done = true;
	mir_wake(r->wake);
}

static struct xs_request *
take_pending(uint32_t id)
{
	struct xs_request **link, *r;

	for (link = &pending; (r = *link); link = &r->next) {
		if (r->id != id)
			continue;
		*link = r->next;
		return r;
	}
	return NULL;
}

/* Copies the payload to where the request wants it, with an ending 0. */
static int
store_reply(struct xs_request *r, const uint8_t *payload, uint32_t len)
{
	if (!r->reply)
		return MIR_OK;
	if (len >= r->reply_size)
		return MIR_EMSGSIZE;
	memcpy(r->reply, payload, len);
	r->reply[len] = 0;
	r->reply_len = len;
	return MIR_OK;
}

static void
message(const struct xs_header *h, const uint8_t *payload)
{
	struct xs_request *r;
	int err;

	if (h->type == XS_WATCH_EVENT) {
		xs_watch_event(payload, h->len);
		return;
	}
	r = take_pending(h->id);
	if (!r) {
		strays++;
		return;
	}
	err = xs_reply_check(h, payload, r->type);
	finish(r, err ? err : store_reply(r, payload, h->len));
}

static void
broken(void)
{
	struct xs_request *r;

	while ((r = pending)) {
		pending = r->next;
		finish(r, MIR_EPROTO);
	}
	mir_wake(&xs_ring_room);
}

static void
report(const struct xs_request *r)
{
	if (r->err == MIR_ETIMEDOUT)
		mir_warn("xenstore", "%s %s: no answer in %u s", xs_type_name(r->type), r->path,
			 (unsigned)(XS_TIMEOUT / MIR_SEC(1)));
	else if (!r->optional && r->err != MIR_ENOENT && r->err != MIR_EAGAIN && r->err != MIR_ECANCELED)
		mir_warn("xenstore", "%s %s: %s", xs_type_name(r->type), r->path,
			 mir_err_name(r->err));
}

static int
send(struct xs_request *r, mir_ns deadline)
{
	struct xs_header h = {
		.type = r->type, .id = r->id, .tx = r->tx,
		.len = (uint32_t)(strlen(r->path) + 1 + r->value_len) };
	int err;

	while ((err = xs_ring_send(&h, r->path, r->value)) == MIR_EAGAIN) {
		xs_ring_kick();
		err = mir_wait(&xs_ring_room, deadline);
		if (err)
			return err;
	}
	return err;
}

static void
start(struct xs_request *r, struct mir_waitq *wake, mir_ns deadline)
{
	r->id = ++last_id;
	r->wake = wake;
	r->done = false;
	r->err = MIR_OK;
	r->reply_len = 0;
	r->next = pending;
	pending = r;
	requests_sent++;
	r->err = send(r, deadline);
	if (r->err) {
		take_pending(r->id);
		r->done = true;
	}
}

static void
await(struct xs_request *r, struct mir_waitq *wake, mir_ns deadline)
{
	int err = MIR_OK;

	while (!r->done && !err)
		err = mir_wait(wake, deadline);
	if (!r->done) {
		take_pending(r->id);
		r->err = err;
		r->done = true;
	}
}

int
xs_do(struct xs_request *requests, unsigned count)
{
	mir_ns deadline = mir_deadline(mir_now(), XS_TIMEOUT);
	struct mir_waitq wake = { NULL };
	int first = MIR_OK;

	if (!running)
		return MIR_EGONE;
	for (unsigned i = 0; i < count; i++)
		start(&requests[i], &wake, deadline);
	xs_ring_kick();
	for (unsigned i = 0; i < count; i++) {
		await(&requests[i], &wake, deadline);
		if (requests[i].err)
			report(&requests[i]);
		if (!first)
			first = requests[i].err;
	}
	return first;
}

static int
xenstore_start(void)
{
	int err;

	if (!xen_boot.shared)
		return MIR_OK;		/* Not on Xen. */
	err = xs_ring_start(message, broken);
	running = err == MIR_OK;
	return err;
}

MIR_MODULE(xenstore, MIR_LEVEL_BUS, xenstore_start);
