/* SPDX-License-Identifier: ISC */
/* The backend of a vbd, in xenstore. */
#include "test/support/xen/blkback.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "test/support/xen/store.h"
#include "test/unit/harness.h"

struct blkback blkbacks[BLKBACKS];

static uint64_t
key_in(const char *folder, const char *key)
{
	char path[STORE_PATH];

	snprintf(path, sizeof path, "%s/%s", folder, key);
	return fake_store_number(path);
}

static void
write_key(const char *folder, const char *key, const char *value)
{
	char path[STORE_PATH];

	snprintf(path, sizeof path, "%s/%s", folder, key);
	fake_store_write(path, "%s", value);
}

void
blkback_key(struct blkback *b, const char *key, const char *fmt, ...)
{
	char text[64];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	write_key(b->back, key, text);
}

void
blkback_state(struct blkback *b, enum xenbus_state s)
{
	blkback_key(b, "state", "%d", (int)s);
}

enum xenbus_state
blkback_front_state(struct blkback *b)
{
	return (enum xenbus_state)key_in(b->front, "state");
}

/* What it never answered, and what it has for good. */
void
blkback_unmap(struct blkback *b)
{
	while (b->helds) {
		b->helds--;
		for (unsigned i = 0; i < b->held[b->helds].segs; i++)
			fake_grant_unmap(b->held[b->helds].seg[i].ref);
	}
	while (b->persistents)
		fake_grant_unmap(b->persistent[--b->persistents]);
}

void
blkback_leave(struct blkback *b)
{
	b->connected = false;
	while (b->queues) {
		struct blkback_queue *q = &b->q[--b->queues];

		fake_actor_cancel(&q->begin);
		fake_port_leave(q->port);
		while (q->pages)
			fake_grant_unmap(q->ref[--q->pages]);
	}
}

void
blkback_disconnect(struct blkback *b)
{
	blkback_leave(b);
	blkback_unmap(b);
}

static void
event(void *queue)
{
	struct blkback_queue *q = queue;

	q->events++;
	if (!q->back->idle)
		blkback_work(q);
}

/* The pages of a ring must be one after the other here, as the frontend allocates them. */
static bool
connect_queue(struct blkback *b, unsigned index, const char *dir, bool several, unsigned pages)
{
	struct blkback_queue *q = &b->q[index];
	char name[16];
	char *first = NULL, *page;

	memset(q, 0, sizeof *q);
	q->back = b;
	for (; q->pages < pages; q->pages++) {
		snprintf(name, sizeof name, several ? "ring-ref%u" : "ring-ref", q->pages);
		q->ref[q->pages] = (grant_ref_t)key_in(dir, name);
		page = fake_grant_map(q->ref[q->pages], 0, true);
		if (!page)
			return false;
		first = first ? first : page;
		CHECK(page == first + 4096 * q->pages);
	}
	BACK_RING_ATTACH(&q->ring, (struct blkif_sring *)first,
			 ((struct blkif_sring *)first)->rsp_prod, 4096 * pages);
	q->begin = (struct fake_actor){ .run = event, .ctx = q };
	q->port = (evtchn_port_t)key_in(dir, "event-channel");
	return fake_port_connect(q->port, 0, event, q) == 0;
}

/* As Linux's: a ring-page-order, even of 0, means that the keys have numbers. */
static bool
connect_queues(struct blkback *b)
{
	uint64_t count = key_in(b->front, "multi-queue-num-queues");
	uint64_t order = key_in(b->front, "ring-page-order");
	char dir[STORE_PATH];

	count = count ? count : 1;
	if (count > BLKBACK_QUEUES || order > key_in(b->back, "max-ring-page-order"))
		return false;
	snprintf(dir, sizeof dir, "%s/ring-page-order", b->front);
	for (b->queues = 0; b->queues < count;) {
		bool several = fake_store_read(dir) != NULL;
		char at[STORE_PATH];

		snprintf(at, sizeof at, count > 1 ? "%s/queue-%u" : "%s", b->front, b->queues);
		b->queues++;
		if (!connect_queue(b, b->queues - 1, at, several, 1u << order))
			return false;
	}
	return true;
}

/* What the disk is like is told last. */
static void
connect(struct blkback *b)
{
	blkback_disconnect(b);
	if (!connect_queues(b)) {
		blkback_leave(b);
		blkback_state(b, XenbusStateClosed);
		return;
	}
	b->connected = true;
	b->connects++;
	blkback_state(b, XenbusStateConnected);
	for (unsigned i = 0; i < b->queues; i++)
		fake_actor_set(&b->q[i].begin, test_now + FAKE_DELAY);
}

void
blkback_rebind(struct blkback *b)
{
	blkback_state(b, XenbusStateInitWait);
	fake_actor_set(&b->look, test_now + FAKE_DELAY);
}

/* As Linux's blkback answers the frontend's states. */
static void
look(void *back)
{
	struct blkback *b = back;
	enum xenbus_state front = blkback_front_state(b);

	switch (key_in(b->back, "state")) {
	case XenbusStateInitWait:
		if (front == XenbusStateConnected)
			connect(b);
		else if (front == XenbusStateClosed)
			blkback_state(b, XenbusStateClosed);
		break;
	case XenbusStateConnected:
	case XenbusStateClosing:
		if (front == XenbusStateConnected)
			break;
		blkback_disconnect(b);
		blkback_state(b, front == XenbusStateInitialising ? XenbusStateInitWait :
			      XenbusStateClosed);
		break;
	case XenbusStateClosed:
		if (front == XenbusStateInitialising)
			blkback_state(b, XenbusStateInitWait);
		break;
	default:
		break;
	}
}

static void
changed(const char *path)
{
	for (unsigned i = 0; i < BLKBACKS; i++)
		if (blkbacks[i].front[0] && store_below(path, blkbacks[i].front))
			fake_actor_set(&blkbacks[i].look, test_now + FAKE_DELAY);
}

static void
write_keys(struct blkback *b, const char *const *keys)
{
	static const char *const usual[] = {
		"online", "1", "sectors", "4096", "sector-size", "512", "info", "0", "mode", "w",
		"physical-sector-size", "4096", "feature-flush-cache", "1", "feature-barrier", "1",
		"feature-discard", "1", "discard-granularity", "4096", "discard-alignment", "0",
		"feature-persistent", "1", "feature-max-indirect-segments", "256",
		"max-ring-page-order", "4", "multi-queue-max-queues", "4", NULL,
	};

	for (unsigned i = 0; usual[i]; i += 2)
		write_key(b->back, usual[i], usual[i + 1]);
	for (unsigned i = 0; keys && keys[i]; i += 2)
		write_key(b->back, keys[i], keys[i + 1]);
}

/* The disk keeps what is on it. */
struct blkback *
blkback_add(unsigned index, const char *const *keys)
{
	struct blkback *b = &blkbacks[index];

	fake_actor_cancel(&b->look);
	memset(b, 0, offsetof(struct blkback, disk));
	b->id = BLKBACK_ID + index * 16;
	b->look = (struct fake_actor){ .run = look, .ctx = b };
	snprintf(b->front, sizeof b->front, "/local/domain/%u/device/vbd/%u", FAKE_SELF, b->id);
	snprintf(b->back, sizeof b->back, "/local/domain/0/backend/vbd/%u/%u", FAKE_SELF, b->id);
	fake_store.changed = changed;
	write_keys(b, keys);
	blkback_state(b, XenbusStateInitWait);
	write_key(b->front, "backend", b->back);
	write_key(b->front, "backend-id", "0");
	write_key(b->front, "device-type", "disk");
	write_key(b->front, "state", "1");
	return b;
}

void
blkback_remove(unsigned index)
{
	struct blkback *b = &blkbacks[index];
	char front[sizeof b->front];

	memcpy(front, b->front, sizeof front);
	b->front[0] = 0;
	fake_actor_cancel(&b->look);
	fake_store_rm(front);
	fake_store_rm(b->back);
	blkback_disconnect(b);
}
