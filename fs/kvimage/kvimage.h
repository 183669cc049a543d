/* SPDX-License-Identifier: ISC */
/* fs/kvimage/kvimage.h - a kv of the files in an image on a block device, which scripts/bake
 * --image writes.
 *
 * Head and index are checked by their hashes when it is opened; content by the hash of each chunk
 * when that is read from the disk, each time.  So damage gives MIR_EPROTO, never wrong bytes.
 * When the disk was gone and is back, the image is opened again: it may be another one. */
#ifndef FS_KVIMAGE_KVIMAGE_H
#define FS_KVIMAGE_KVIMAGE_H

#include "fs/kvimage/cache.h"
#include "mir/kv.h"

#define KVIMAGE_TYPES 64u		/* Different Content-Types that images may have. */

struct kvimage {
	struct mir_kv kv;		/* First. */
	struct mir_block *block;
	struct mir_waiter changed;
	struct mir_waitq opened;	/* Woken when a task has opened it again. */
	bool stale, opening;
	uint64_t image;			/* Grows with each other image; 0: none is open. */
	struct kvimage_head head;
	uint8_t *index;
	size_t index_pages;
	struct kvimage_cache cache;
	char *types[KVIMAGE_TYPES];	/* They live as long as the kv. */
	char etag[72];
};

/* The image's.  Blocks the task.  An error has its line in the log. */
int kvimage_open(struct mir_block *block, struct mir_kv **out);

/* By hand: 'k' must stay, until kvimage_end, when nobody may look at its content any more.
 * MIR_EPROTO, MIR_EMSGSIZE the index is beyond CONFIG_KV_IMAGE_INDEX_KIB, MIR_ENOMEM, or the
 * disk's errors. */
int kvimage_make(struct kvimage *k, struct mir_block *block);
void kvimage_end(struct kvimage *k);

#endif
