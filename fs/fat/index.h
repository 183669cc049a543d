/* SPDX-License-Identifier: ISC */
/* fs/fat/index.h - which slots of a folder may have a name: its hash table, in memory.
 *
 * Made by the first look-up, kept as names come and go, given up when other folders need the
 * memory.  A folder too large for its share has none and is searched. */
#ifndef FS_FAT_INDEX_H
#define FS_FAT_INDEX_H

#include "fs/fat/dir.h"

struct fat_index_name {
	uint32_t hash;
	uint32_t slot;			/* The entry's first, and one; 0: never used. */
};

struct fat_index {
	struct fat_index *next;
	uint32_t start;			/* The folder. */
	struct fat_chain chain;
	struct fat_index_name *names;
	uint32_t room, used;		/* room: a power of two; used: also names that went. */
	uint32_t free_from;		/* No slot below is free, as far as one looks; but ... */
	uint32_t gone_from, gone_batch;	/* ... from here some are when that batch is over. */
};

/* The folder's, if it has one, which becomes the newest.  NULL: none. */
struct fat_index *fat_index_look(struct fat *v, uint32_t start);

/* Gives an open folder its index, if there is memory for one and the folder is sound. */
void fat_index_make(struct fat *v, struct fat_dir *d);

/* The next slot, from '*at' = 0 on, where an entry with that hash may begin. */
bool fat_index_next(const struct fat_index *x, uint32_t hash, uint32_t *at, uint32_t *slot);

/* An entry came or went. */
void fat_index_add(struct fat *v, struct fat_dir *d, const struct fat_entry *e);
void fat_index_remove(struct fat *v, struct fat_dir *d, const struct fat_entry *e);
/* Where to look for free slots. */
uint32_t fat_index_free_from(struct fat *v, struct fat_dir *d);

void fat_index_drop(struct fat *v, uint32_t start);	/* The folder is gone. */
void fat_index_drop_all(struct fat *v);

#endif
