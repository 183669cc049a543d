/* SPDX-License-Identifier: ISC */
/* Commits about the table. */
#include <stdlib.h>
#include "mir/err.h"
#include "net/arp/cache.h"
#include "net/arphistory/impl.h"

/* A commit of ours, about 'path' (NULL: all): the table agrees with it, but perhaps with what
 * others did before it, elsewhere. */
static int
ours(struct history *h, const struct mir_oid *commit, const char *path)
{
	struct mir_oid parent = { { 0 } };
	int err;

	if (mir_oid_equal(commit, &h->watch.seen))
		return MIR_OK;
	history_stats.commits++;
	err = mir_store_commit_read(h->store, commit, &h->commit);
	if (!err && h->commit.parent_count)
		parent = h->commit.parents[0];
	if (!err && path && !mir_oid_equal(&parent, &h->watch.seen))
		err = history_apply(h, &h->watch.seen, commit, path);
	h->watch.seen = *commit;
	return err;
}

int
history_commit(struct history *h, const struct history_event *e)
{
	char path[ENTRY_PATH], text[ENTRY_TEXT], message[ENTRY_MESSAGE];
	struct mir_store_change c = { .path = path, .data = text };
	const struct mir_store_note note = { message, NULL };
	struct mir_oid commit;
	int err;

	entry_path(h->folder, e->ip, path);
	entry_message(e->event, e->ip, e->mac, message);
	if (e->event <= ARP_MOVED) {
		c.mode = MIR_STORE_VALUE;
		c.size = entry_text(e->mac, e->wall, text);
	}
	err = mir_store_update(h->store, HISTORY_BRANCH, &c, 1, &note, &commit);
	if (err == MIR_ENOENT && !c.mode)
		return MIR_OK;		/* Others removed it already. */
	return err ? err : ours(h, &commit, path);
}

struct all {				/* The folder anew: what was there goes, the table comes. */
	struct mir_store_change changes[1 + ARP_ENTRIES];
	char paths[ARP_ENTRIES][ENTRY_PATH], texts[ARP_ENTRIES][ENTRY_TEXT];
};

static bool
folder_is_there(struct history *h)
{
	struct mir_store_view now;
	struct mir_store_value v;
	bool there;

	if (mir_store_view_open(h->store, HISTORY_BRANCH, &now))
		return false;
	there = !mir_store_stat(&now, h->folder, &v);
	mir_store_view_close(&now);
	return there;
}

static unsigned
fill(struct history *h, struct all *all, bool there)
{
	mir_ns wall = mir_clock_wall(mir_clock), now = mir_now();
	unsigned count = 0, n = 0;

	if (there)
		all->changes[count++] = (struct mir_store_change){ .path = h->folder };
	for (const struct arp_entry *e = h->arp->entry; e < h->arp->entry + ARP_ENTRIES; e++) {
		if (!arp_has_address(e))
			continue;
		entry_path(h->folder, e->ip, all->paths[n]);
		all->changes[count++] = (struct mir_store_change){
			.path = all->paths[n], .mode = MIR_STORE_VALUE, .data = all->texts[n],
			.size = entry_text(e->mac, wall - (now - e->confirmed), all->texts[n]) };
		n++;
	}
	return count;
}

int
history_commit_none(struct history *h, const char *message)
{
	const struct mir_store_change c = { .path = h->folder };
	const struct mir_store_note note = { message, NULL };
	struct mir_oid commit;
	int err;

	if (!folder_is_there(h))
		return MIR_OK;
	err = mir_store_update(h->store, HISTORY_BRANCH, &c, 1, &note, &commit);
	return err ? err : ours(h, &commit, NULL);
}

int
history_commit_all(struct history *h, const char *message)
{
	const struct mir_store_note note = { message, NULL };
	struct all *all = malloc(sizeof *all);
	struct mir_oid commit;
	unsigned count;
	int err = MIR_OK;

	if (!all)
		return MIR_ENOMEM;
	count = fill(h, all, folder_is_there(h));
	if (count) {
		err = mir_store_update(h->store, HISTORY_BRANCH, all->changes, count, &note,
				       &commit);
		if (!err)
			err = ours(h, &commit, NULL);
	}
	free(all);
	return err;
}
