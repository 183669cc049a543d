/* SPDX-License-Identifier: ISC */
/* The queue between the packets' path and the store, and the task at its end. */
#include "mir/err.h"
#include "mir/format.h"
#include "mir/log.h"
#include "mir/stats.h"
#include "net/arp/cache.h"
#include "net/arphistory/impl.h"

#define QUEUE	CONFIG_ARP_HISTORY_QUEUE
#define PAUSE	MIR_SEC(1)		/* After a failure. */
#define RESTART	MIR_SEC(60)		/* Between two times that the branch is begun anew. */
#define PRICE	(MIR_SEC(60) / CONFIG_ARP_HISTORY_RATE)		/* Of a commit. */

struct history_stats history_stats;
MIR_COUNTER_GROUP(arp_history_, &history_stats,
	"commits\0" "dropped\0" "failed\0" "applied\0" "refused\0" "restarts\0");

/* 'age' is how long ago it was. */
static void
queue(struct history *h, enum arp_event event, uint32_t ip, const uint8_t mac[ETHER_ADDR], mir_ns age)
{
	struct history_event *e = &h->queue[(h->first + h->count) % QUEUE];

	if (h->count == QUEUE || h->lost) {	/* Catching up comes before what is new. */
		h->lost++;
		history_stats.dropped++;
	} else {
		h->count++;
		*e = (struct history_event){ event, ip, { 0 }, mir_clock_wall(mir_clock) - age };
		memcpy(e->mac, mac, ETHER_ADDR);
	}
	mir_wake(&h->ready);
}

static void
observe(void *ctx, enum arp_event event, uint32_t ip, const uint8_t mac[ETHER_ADDR])
{
	queue(ctx, event, ip, mac, 0);
}

/* While the store was opened, neighbours may have spoken. */
static void
observe_known(struct history *h)
{
	for (const struct arp_entry *e = h->arp->entry; e < h->arp->entry + ARP_ENTRIES; e++)
		if (arp_has_address(e))
			queue(h, ARP_LEARNED, e->ip, e->mac, mir_now() - e->confirmed);
}

/* No room: the branch is begun anew, without what was.  Not again and again: where others fill
 * the store that doesn't help, and collecting keeps them from their work. */
static int
restart(struct history *h)
{
	int err;

	if (h->restarted && mir_now() - h->restarted < RESTART)
		return MIR_EFULL;
	h->restarted = mir_now();
	err = mir_store_branch_remove(h->store, HISTORY_BRANCH);
	history_stats.restarts++;
	if (!err)
		err = mir_store_gc(h->store);
	h->watch.seen = (struct mir_oid){ { 0 } };
	if (!err)
		err = history_commit_all(h, "begun anew: the store was full");
	return err;
}

static int
catch_up(struct history *h)
{
	char message[ENTRY_MESSAGE];
	uint64_t lost = h->lost;
	int err;

	mir_snprintf(message, sizeof message, "caught up: %llu events were too many",
		     (unsigned long long)lost);
	err = history_commit_all(h, message);
	if (!err)
		h->lost -= lost;
	return err;
}

/* As many commits as the queue holds may come at once, and then no more than the rate allows: a
 * flood of packets is no flood of commits. */
static int
pay(struct history *h)
{
	mir_ns now = mir_now(), ahead;

	if (h->paid < now)
		h->paid = now;
	ahead = h->paid - now;
	h->paid += PRICE;
	return ahead > QUEUE * PRICE ? mir_sleep(ahead - QUEUE * PRICE) : MIR_OK;
}

/* One step; MIR_OK: there may be more. */
static int
step(struct history *h)
{
	struct history_event e;
	struct mir_oid from, to;
	int err = h->count || h->lost ? pay(h) : MIR_OK;

	if (err)
		return err;
	if (h->count) {
		e = h->queue[h->first];
		h->first = (h->first + 1) % QUEUE;
		h->count--;
		err = history_commit(h, &e);
		h->lost += err != MIR_OK && err != MIR_ECANCELED;
	} else if (h->lost) {
		err = catch_up(h);
	} else {
		err = mir_store_watch_next(&h->watch, 0, &from, &to);
		return err ? err : history_apply(h, &from, &to, NULL);
	}
	return err == MIR_EFULL ? restart(h) : err;
}

static void
history_task(void *arg)
{
	struct history *h = arg;
	struct mir_waitq *const queues[] = { &h->ready, &h->watch.changed };
	uint64_t wakes;
	int err = history_commit_none(h, "the table at the start");

	for (;;) {
		wakes = h->watch.wakes;
		while (!err)
			err = step(h);
		if (err == MIR_ETIMEDOUT && !h->count && !h->lost && h->watch.wakes == wakes)
			err = mir_wait_any(queues, 2, MIR_NEVER);
		if (err == MIR_ECANCELED)
			break;
		if (err < 0 && err != MIR_ETIMEDOUT) {
			history_stats.failed++;
			mir_warn("arphistory", "%s: %s", h->folder, mir_err_name(err));
			mir_sleep(PAUSE);
		}
		err = MIR_OK;
	}
	h->arp->observer.event = NULL;
	mir_store_unwatch(&h->watch);
}

int
history_start(struct history *h)
{
	int err = mir_store_watch(h->store, HISTORY_BRANCH, h->folder, &h->watch);

	if (err)
		return err;
	h->arp->observer = (struct arp_observer){ observe, h };
	observe_known(h);
	h->task = mir_spawn("arphistory", history_task, h);
	if (h->task)
		return MIR_OK;
	h->arp->observer.event = NULL;
	mir_store_unwatch(&h->watch);
	return MIR_ENOMEM;
}

void
history_stop(struct history *h)
{
	mir_cancel(h->task);
}
