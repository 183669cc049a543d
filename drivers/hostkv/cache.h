/* SPDX-License-Identifier: ISC */
/* drivers/hostkv/cache.h - what is remembered of files, those asked for last.
 *
 * A fixed number of entries, each with an open descriptor; the memory of all variants is bounded.
 * The entry whose file was asked for longest ago goes first. */
#ifndef DRIVERS_HOSTKV_CACHE_H
#define DRIVERS_HOSTKV_CACHE_H

#include "drivers/hostkv/digest.h"
#include "drivers/hostkv/folder.h"

struct hostkv_entry {
	struct hostkv_entry *next, *prev;	/* The last one asked for is the first. */
	struct hostkv_id id;
	bool compressed;		/* Of a type that is: part of the identity. */
	bool fresh;			/* Changed just before it was read: may change unseen. */
	int fd;				/* -1: the entry is free. */
	uint32_t generation;		/* Tells the files that were here one after the other. */
	struct hostkv_digest digest;
};

/* NULL: nothing is remembered. */
struct hostkv_entry *hostkv_cache_find(const struct hostkv_id *id, bool compressed);

/* Takes the descriptor and the digest; never fails. */
struct hostkv_entry *hostkv_cache_add(const struct hostkv_id *id, bool compressed, int fd,
				      const struct hostkv_digest *d);

/* The entry with a cookie; NULL: gone. */
struct hostkv_entry *hostkv_cache_get(uint64_t cookie);
uint64_t hostkv_cache_cookie(const struct hostkv_entry *e);

/* Frees an entry's descriptor and the cache's hold of its variant. */
void hostkv_cache_drop(struct hostkv_entry *e);

/* Drops the entry that was not asked for for the longest time.  False: there is none. */
bool hostkv_cache_drop_oldest(void);

/* Drops old entries until the memory of all variants is within its limit.  False: it is not, since
 * packets hold them. */
bool hostkv_cache_shrink(void);

#endif
