/* SPDX-License-Identifier: ISC */
/* The xenstore client against a xenstored of our own, in the same rings: honest, slow, hostile. */
/* sources: xen/byte_ring.c xen/xenstore/[a-z]*.c */
#include "mir/err.h"
#include "mir/log.h"
#include "mir/module.h"
#include "mir/task.h"
#include "mir/timer.h"
#include "test/unit/harness.h"
#include "xen/abi.h"
#include "xen/byte_ring.h"
#include "xen/events.h"
#include "xen/guest.h"
#include "xen/xenstore/batch.h"
#include "xen/xenstore/message.h"
#include <xen/io/xs_wire.h>

struct xen_boot xen_boot;

static struct xenstore_domain_interface ring;
static struct shared_info shared;
static void (*event)(void *);

/* The daemon: takes requests when it is notified, unless it sleeps. */
static bool daemon_sleeps;
static unsigned asked;			/* Requests it answered. */
static unsigned conflicts;		/* Transaction ends to be answered with EAGAIN. */
static uint8_t got[XS_HEADER + XS_REPLY_MAX];
static size_t got_len;

static void
daemon_put(const void *bytes, uint32_t len)
{
	const uint8_t *from = bytes;
	uint32_t room, n;

	while (len) {
		room = XENSTORE_RING_SIZE - (ring.rsp_prod - ring.rsp_cons);
		n = room < len ? room : len;
		byte_ring_put(ring.rsp, XENSTORE_RING_SIZE, ring.rsp_prod, from, n);
		ring.rsp_prod += n;
		from += n;
		len -= n;
		event(NULL);
	}
}

static void
daemon_say(uint32_t type, uint32_t id, const void *payload, uint32_t len)
{
	uint8_t raw[XS_HEADER];

	xs_header_put(raw, &(struct xs_header){ type, id, 0, len });
	daemon_put(raw, XS_HEADER);
	daemon_put(payload, len);
}

static void
daemon_answer(const struct xs_header *h, const char *path)
{
	static char big[XS_REPLY_MAX];

	asked++;
	if (h->type == XS_TRANSACTION_START)
		daemon_say(h->type, h->id, "7", 1);
	else if (h->type == XS_TRANSACTION_END && conflicts && conflicts--)
		daemon_say(XS_ERROR, h->id, "EAGAIN", 7);
	else if (strcmp(path, "missing") == 0)
		daemon_say(XS_ERROR, h->id, "ENOENT", 7);
	else if (strcmp(path, "big") == 0)
		daemon_say(h->type, h->id, memset(big, 'b', sizeof big), sizeof big);
	else if (h->type == XS_READ)
		daemon_say(h->type, h->id, path, (uint32_t)strlen(path));
	else
		daemon_say(h->type, h->id, "OK", 3);
	if (h->type == XS_WATCH)
		daemon_say(XS_WATCH_EVENT, 0, path, h->len);
}

static void
daemon_run(void)
{
	struct xs_header h;
	uint32_t used;

	while (!daemon_sleeps && (used = ring.req_prod - ring.req_cons)) {
		byte_ring_get(ring.req, XENSTORE_RING_SIZE, ring.req_cons, got + got_len, 1);
		ring.req_cons++;
		got_len++;
		if (got_len < XS_HEADER || xs_header_get(got, &h) || got_len < XS_HEADER + h.len)
			continue;
		got_len = 0;
		daemon_answer(&h, (const char *)got + XS_HEADER);
	}
}

int
evtchn_bind(evtchn_port_t port, void (*handler)(void *), void *ctx)
{
	(void)port;
	(void)ctx;
	event = handler;
	return MIR_OK;
}

/* As in an image, its events are seen when the loop polls, not while a task runs. */
static void
daemon_turn(struct mir_timer *t)
{
	(void)t;
	daemon_run();
	event(NULL);
}

static struct mir_timer daemon_timer = MIR_TIMER_INIT(daemon_turn);

void
evtchn_notify(evtchn_port_t port)
{
	(void)port;
	if (!mir_timer_is_set(&daemon_timer))
		mir_timer_set(&daemon_timer, mir_now() + MIR_US(500));
}

/* The client is one for the whole program, as in an image; its rings start near the wrap. */
static void
set_up(void)
{
	mir_log_level = MIR_LOG_ERROR;
	daemon_sleeps = false;
	asked = conflicts = 0;
	if (event)
		return;
	xen_boot.shared = &shared;
	xen_boot.xenstore = &ring;
	xen_boot.xenstore_port = 1;
	ring.req_prod = ring.req_cons = UINT32_MAX - 20;
	ring.rsp_prod = ring.rsp_cons = UINT32_MAX - 3;
	mir_modules_start();
}

static void (*task_body)(void);

static void
task(void *arg)
{
	(void)arg;
	task_body();
}

static void
in_task(void (*body)(void))
{
	set_up();
	task_body = body;
	mir_spawn("test", task, NULL);
	test_run_for(MIR_SEC(30));
}

static void
reads(void)
{
	char value[32] = "";

	CHECK_EQ(xs_read(0, "device/vif/0/mac", value, sizeof value), 16);
	CHECK_STR(value, "device/vif/0/mac");
	CHECK_EQ(xs_read(0, "missing", value, sizeof value), MIR_ENOENT);
	CHECK_EQ(xs_read(0, "abcdefgh", value, 8), MIR_EMSGSIZE);
	CHECK_EQ(xs_read(0, "abcdefg", value, 8), 7);
	CHECK_EQ(xs_write(0, "a", "b"), MIR_OK);
}

TEST(reads_and_errors)
{
	in_task(reads);
}

static void
reads_big(void)
{
	static char value[XS_REPLY_MAX + 1];

	CHECK_EQ(xs_read(0, "big", value, sizeof value), XS_REPLY_MAX);
	CHECK_EQ(value[XS_REPLY_MAX - 1], 'b');
	CHECK_EQ(value[XS_REPLY_MAX], 0);
}

TEST(reply_larger_than_the_ring)
{
	in_task(reads_big);
}

static void
batch(void)
{
	static struct xs_batch b;
	static char value[XS_BATCH_MAX][80];
	const char *dir = "/a/path/long/enough/that/twenty/of/them/overfill/the/ring";

	xs_batch_init(&b);
	for (unsigned i = 0; i < XS_BATCH_MAX - 1; i++)
		xs_batch_read(&b, dir, i & 1 ? "odd" : "even", value[i], sizeof value[i]);
	xs_batch_write(&b, dir, "state", "%u", 4u);
	CHECK_EQ(xs_batch_do(&b), MIR_OK);
	CHECK_EQ(asked, XS_BATCH_MAX);
	CHECK_EQ(strcmp(value[17] + strlen(dir), "/odd"), 0);
	xs_batch_write(&b, dir, "one", "too many");
	CHECK_EQ(xs_batch_do(&b), MIR_EMSGSIZE);
	CHECK_EQ(asked, XS_BATCH_MAX);
}

TEST(batch_larger_than_the_ring)
{
	in_task(batch);
}

static void
times_out(void)
{
	char value[32] = "";
	mir_ns start = mir_now();

	daemon_sleeps = true;
	CHECK_EQ(xs_read(0, "a", value, sizeof value), MIR_ETIMEDOUT);
	CHECK_EQ(mir_now() - start, XS_TIMEOUT);
	daemon_sleeps = false;
	CHECK_EQ(xs_read(0, "late", value, sizeof value), 4);
	CHECK_STR(value, "late");
}

/* The answer to the first request comes when nobody waits for it any more. */
TEST(timeout_and_late_answer)
{
	in_task(times_out);
}

static unsigned tries;

static int
body(uint32_t tx, void *ctx)
{
	(void)ctx;
	tries++;
	CHECK_EQ(tx, 7);
	return xs_write(tx, "key", "value");
}

static int
failing_body(uint32_t tx, void *ctx)
{
	char value[8] = "";

	(void)ctx;
	return xs_read(tx, "missing", value, sizeof value);
}

static void
transactions(void)
{
	tries = 0;
	conflicts = 2;
	CHECK_EQ(xs_transaction(body, NULL), MIR_OK);
	CHECK_EQ(tries, 3);
	conflicts = 1000;
	CHECK_EQ(xs_transaction(body, NULL), MIR_EAGAIN);
	CHECK_EQ(tries, 3 + XS_TRIES);
	conflicts = 0;
	CHECK_EQ(xs_transaction(failing_body, NULL), MIR_ENOENT);
}

TEST(transaction_is_tried_again)
{
	in_task(transactions);
}

static void
watches(void)
{
	static struct mir_waitq wake;
	static struct xs_watch one = { .path = "device/vif", .wake = &wake };
	static struct xs_watch two = { .path = "device/vbd", .wake = &wake };
	char text[64];

	CHECK_EQ(xs_watch(&one), MIR_OK);
	CHECK_EQ(xs_watch(&two), MIR_OK);
	CHECK_EQ(one.events, 1);
	CHECK_EQ(two.events, 1);
	memcpy(text, "device/vif/0", 13);
	strcpy(text + 13, one.token);
	daemon_say(XS_WATCH_EVENT, 0, text, (uint32_t)(13 + strlen(one.token) + 1));
	CHECK_EQ(one.events, 2);
	CHECK_EQ(two.events, 1);
	daemon_say(XS_WATCH_EVENT, 0, "nobody's\0token", 15);
	daemon_say(XS_WATCH_EVENT, 0, "no token", 8);
	CHECK_EQ(one.events, 2);
	xs_unwatch(&one);
	daemon_say(XS_WATCH_EVENT, 0, text, (uint32_t)(13 + strlen(text + 13) + 1));
	CHECK_EQ(one.events, 2);
	xs_unwatch(&two);
}

TEST(watch_events_find_their_watch)
{
	in_task(watches);
}

static void
wrong_answers(void)
{
	char value[32] = "";

	daemon_say(XS_READ, 0x12345678, "nobody asked", 12);
	CHECK_EQ(xs_read(0, "a", value, sizeof value), 1);
}

TEST(answer_to_nobody)
{
	in_task(wrong_answers);
}

static void
hostile(void)
{
	uint8_t raw[XS_HEADER];
	char value[32] = "";

	xs_header_put(raw, &(struct xs_header){ XS_READ, 1, 0, XS_REPLY_MAX + 1 });
	daemon_put(raw, XS_HEADER);
	CHECK_EQ(xs_read(0, "a", value, sizeof value), MIR_EPROTO);
	CHECK_EQ(xs_read(0, "a", value, sizeof value), MIR_EPROTO);
}

/* Last: the client does not come back from this. */
TEST(zz_broken_stream_ends_the_client)
{
	in_task(hostile);
}
