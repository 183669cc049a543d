/* SPDX-License-Identifier: ISC */
/* The backend of a vbd: what it maps and binds to. */
#include "test/support/xen/blkback.h"
#include <stdio.h>
#include <string.h>
#include "test/support/xen/store.h"
#include "test/unit/harness.h"

struct blkback blkbacks[BLKBACKS];

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
	b->be.connected = false;
	while (b->queues) {
		struct blkback_queue *q = &b->q[--b->queues];

		fake_actor_cancel(&q->begin);
		fake_port_leave(q->port);
		while (q->pages)
			fake_grant_unmap(q->ref[--q->pages]);
	}
}

static void
disconnect(struct backend *be)
{
	struct blkback *b = (struct blkback *)be;

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
		q->ref[q->pages] = (grant_ref_t)backend_number(dir, name);
		page = fake_grant_map(q->ref[q->pages], 0, true);
		if (!page)
			return false;
		first = first ? first : page;
		CHECK(page == first + 4096 * q->pages);
	}
	BACK_RING_ATTACH(&q->ring, (struct blkif_sring *)first,
			 ((struct blkif_sring *)first)->rsp_prod, 4096 * pages);
	if (q->ring.sring->req_prod - q->ring.sring->rsp_prod > q->ring.nr_ents)
		return false;
	q->begin = (struct fake_actor){ .run = event, .ctx = q };
	q->port = (evtchn_port_t)backend_number(dir, "event-channel");
	return fake_port_connect(q->port, 0, event, q) == 0;
}

/* As Linux's: a ring-page-order, even of 0, means that the keys have numbers. */
static bool
connect_queues(struct blkback *b)
{
	uint64_t count = backend_number(b->be.front, "multi-queue-num-queues");
	uint64_t order = backend_number(b->be.front, "ring-page-order");
	char dir[STORE_PATH];

	count = count ? count : 1;
	if (count > BLKBACK_QUEUES || order > backend_number(b->be.back, "max-ring-page-order"))
		return false;
	snprintf(dir, sizeof dir, "%s/ring-page-order", b->be.front);
	for (b->queues = 0; b->queues < count;) {
		bool several = fake_store_read(dir) != NULL;
		char at[STORE_PATH];

		snprintf(at, sizeof at, count > 1 ? "%s/queue-%u" : "%s", b->be.front, b->queues);
		b->queues++;
		if (!connect_queue(b, b->queues - 1, at, several, 1u << order))
			return false;
	}
	return true;
}

static bool
connect(struct backend *be)
{
	struct blkback *b = (struct blkback *)be;

	if (!connect_queues(b)) {
		blkback_leave(b);
		return false;
	}
	for (unsigned i = 0; i < b->queues; i++)
		fake_actor_set(&b->q[i].begin, test_now + FAKE_DELAY);
	return true;
}

static void
write_keys(struct blkback *b, const char *const *keys)
{
	static const char *const usual[] = {
		"sectors", "4096", "sector-size", "512", "info", "0", "mode", "w",
		"physical-sector-size", "4096", "feature-flush-cache", "1", "feature-barrier", "1",
		"feature-discard", "1", "discard-granularity", "4096", "discard-alignment", "0",
		"feature-persistent", "1", "feature-max-indirect-segments", "256",
		"max-ring-page-order", "4", "multi-queue-max-queues", "4", NULL,
	};

	for (unsigned i = 0; usual[i]; i += 2)
		backend_key(&b->be, usual[i], "%s", usual[i + 1]);
	for (unsigned i = 0; keys && keys[i]; i += 2)
		backend_key(&b->be, keys[i], "%s", keys[i + 1]);
}

/* The disk keeps what is on it. */
struct blkback *
blkback_add(unsigned index, const char *const *keys)
{
	struct blkback *b = &blkbacks[index];

	fake_actor_cancel(&b->be.look);
	memset(b, 0, offsetof(struct blkback, disk));
	b->be.connect = connect;
	b->be.disconnect = disconnect;
	backend_add(&b->be, "vbd", BLKBACK_ID + index * 16);
	write_keys(b, keys);
	backend_front_key(&b->be, "device-type", "disk");
	backend_wait(&b->be);
	return b;
}

void
blkback_remove(unsigned index)
{
	backend_remove(&blkbacks[index].be);
}
