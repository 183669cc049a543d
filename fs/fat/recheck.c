/* SPDX-License-Identifier: ISC */
/* A volume that somebody else may write: whether the disk still has what is in memory.
 *
 * Who changes a file changes its slot in the folder, and a slot that was looked at is on a page of
 * the cache; so those pages are read again.  What is known of folders and is not on them goes. */
#include <string.h>
#include "fs/fat/cache.h"
#include "fs/fat/file.h"
#include "fs/fat/follow.h"
#include "fs/fat/index.h"
#include "mir/err.h"
#include "mir/page.h"

#define BATCH	16u			/* Pages read at a time. */

struct batch {
	struct fat_page *pages[BATCH];
	uint8_t *again[BATCH];
	unsigned count, room;
};

static int
compare(struct fat *v, struct batch *b, bool *same)
{
	struct fat_io io;
	int err;

	fat_io_begin(&io, v);
	for (unsigned i = 0; i < b->count; i++)
		fat_io_add(&io, MIR_BLOCK_READ, b->pages[i]->number * MIR_PAGE_SIZE, b->again[i],
			   b->pages[i]->valid);
	err = fat_io_end(&io);
	for (unsigned i = 0; i < b->count && !err; i++)
		*same &= memcmp(b->pages[i]->data, b->again[i], b->pages[i]->valid) == 0;
	b->count = 0;
	return err;
}

static int
compare_all(struct fat *v, struct batch *b, bool *same)
{
	int err = MIR_OK;

	for (struct fat_page *p = v->cache.newest; p && !err && *same; p = p->older) {
		b->pages[b->count++] = p;
		if (b->count == b->room)
			err = compare(v, b, same);
	}
	return err || !*same ? err : compare(v, b, same);
}

/* Open files: their slots may be on no page any more.  Files are closed without the lock. */
static int
compare_files(struct fat *v, bool *same)
{
	uint8_t raw[FAT_SLOT];
	struct fat_node *next;
	struct fat_slot s;
	int err = MIR_OK;

	for (struct fat_node *n = v->nodes; n && !err; n = next) {
		n->refs++;
		err = fat_cache_read(v, n->at, raw, sizeof raw);
		if (!err) {
			fat_slot_parse(raw, v->geo.kind, &s);
			*same &= s.size == n->size && s.start == n->chain.start
			    && s.mtime == n->mtime;
		}
		next = n->next;
		fat_node_put(n);
	}
	return err;
}

int
fat_recheck(struct mir_fs *fs, bool *same)
{
	struct fat *v = (struct fat *)fs;
	struct batch b = { .room = 0 };
	int err = fat_lock(v);

	*same = true;
	if (err)
		return err;
	while (b.room < BATCH && (b.again[b.room] = mir_page_alloc(1)))
		b.room++;
	err = b.room ? compare_all(v, &b, same) : MIR_ENOMEM;
	if (!err)
		err = compare_files(v, same);
	fat_index_drop_all(v);
	for (unsigned i = 0; i < b.room; i++)
		mir_page_free(b.again[i], 1);
	fat_unlock(v);
	return err;
}
