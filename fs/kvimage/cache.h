/* SPDX-License-Identifier: ISC */
/* fs/kvimage/cache.h - chunks of an image's content in memory, each checked by its hash when it is
 * read; a bounded number, and what readers still look at stays.
 *
 * Blocking: kvimage_cache_get, when the disk has to be read. */
#ifndef FS_KVIMAGE_CACHE_H
#define FS_KVIMAGE_CACHE_H

#include "fs/kvimage/format.h"
#include "mir/block.h"
#include "mir/buf.h"

struct kvimage_slot {
	struct mir_mem mem;		/* First; base NULL: never used.  Our reference is 1 of refs. */
	uint64_t image, chunk;		/* Which; image 0: none. */
	uint64_t used;			/* When, by the cache's clock. */
	bool loading;
};

struct kvimage_cache {
	struct kvimage_slot *slots;
	unsigned count;
	uint64_t clock;
	struct mir_waitq loaded;
};

struct kvimage_wanted {			/* A chunk. */
	uint64_t image, chunk;		/* 'image' differs where the content may. */
	uint64_t at;			/* Bytes from the disk's beginning. */
	uint32_t size;
	uint8_t hash[SHA256_SIZE];
};

/* MIR_ENOMEM. */
int kvimage_cache_init(struct kvimage_cache *c, unsigned count);
void kvimage_cache_free(struct kvimage_cache *c);	/* Nobody may look at it any more. */

/* A view of the chunk's bytes [from, from + len).  MIR_EPROTO: it is damaged; MIR_ENOMEM, or the
 * disk's errors.  When readers hold all the cache has, the bytes are copied. */
int kvimage_cache_get(struct kvimage_cache *c, struct mir_block *b, const struct kvimage_wanted *w,
		      uint32_t from, uint32_t len, struct mir_buf **out);

#endif
