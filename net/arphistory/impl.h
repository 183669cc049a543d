/* SPDX-License-Identifier: ISC */
/* net/arphistory/impl.h - what arphistory's files share. */
#ifndef NET_ARPHISTORY_IMPL_H
#define NET_ARPHISTORY_IMPL_H

#include "mir/store.h"
#include "net/arphistory/entry.h"

#define HISTORY_BRANCH CONFIG_ARP_HISTORY_BRANCH

struct history_event {
	enum arp_event event;
	uint32_t ip;
	uint8_t mac[ETHER_ADDR];
	mir_ns wall;
};

struct history {
	struct mir_store *store;
	struct arp *arp;
	/* May a neighbour have this address? */
	bool (*on_link)(void *ctx, uint32_t ip);
	/* The table was changed: deadlines may have, too. */
	void (*touched)(void *ctx);
	void *ctx;
	char folder[ENTRY_FOLDER];
	struct history_event queue[CONFIG_ARP_HISTORY_QUEUE];
	unsigned first, count;
	uint64_t lost;			/* Events, since the folder was brought up to date. */
	mir_ns restarted;		/* When the branch was begun anew; 0: never. */
	mir_ns paid;			/* Commits are paid for with time: up to then they are. */
	struct mir_waitq ready;		/* Woken: there are events, or some were lost. */
	struct mir_store_watch watch;	/* 'seen': the commit that the table agrees with. */
	struct mir_task *task;
	struct mir_store_commit commit;	/* Scratch. */
};

extern struct history_stats {		/* The counters' order. */
	uint64_t commits, dropped, failed, applied, refused, restarts;
} history_stats;

/* Observes 'arp' from now on, and starts the task. */
int history_start(struct history *h);
/* By hand: asks the task to end. */
void history_stop(struct history *h);

/* --- commit.c */

/* A commit for an event. */
int history_commit(struct history *h, const struct history_event *e);
/* The whole table as one commit. */
int history_commit_all(struct history *h, const char *message);
/* What a run before this one left goes. */
int history_commit_none(struct history *h, const char *message);

/* --- apply.c */

/* What others changed between two commits (zeros: none), but for one path (or NULL), done to the
 * table. */
int history_apply(struct history *h, const struct mir_oid *from, const struct mir_oid *to,
		  const char *but);

#endif
