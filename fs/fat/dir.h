/* SPDX-License-Identifier: ISC */
/* fs/fat/dir.h - folders: their slots, the names in them, and the way along a path. */
#ifndef FS_FAT_DIR_H
#define FS_FAT_DIR_H

#include "fs/fat/chain.h"
#include "fs/fat/names.h"

#define FAT_DIR_SLOTS	65536u		/* Of the longest folder: 2 MiB. */
#define FAT_DEPTH	64u		/* Parts of a path. */

struct fat_dir {
	uint32_t start;			/* 0: the root of FAT12 and FAT16. */
	struct fat_index *index;	/* NULL: none (yet). */
	struct fat_chain *chain;	/* The index's, or: */
	struct fat_chain own;
};

struct fat_entry {			/* A name in a folder. */
	uint32_t first, last;		/* Its slots; the last is the short one. */
	uint64_t at;			/* Where that is. */
	struct fat_slot slot;
	bool has_long;
	unsigned len;			/* Units of the name as it is shown. */
	uint16_t name[FAT_LONG_SLOTS * FAT_LONG_UNITS];
};

static inline uint32_t
fat_root(const struct fat *v)
{
	return v->geo.kind == FAT32 ? v->geo.root_cluster : 0;
}

/* Good until other folders are opened. */
void fat_dir_open(struct fat *v, struct fat_dir *d, uint32_t start);

/* Where a slot is.  1; 0: behind the folder's end. */
int fat_dir_at(struct fat *v, struct fat_dir *d, uint32_t slot, uint64_t *at);

/* The next name from '*slot' on, which moves behind it.  1, 0: no more.  Skips what is no sound
 * entry, and volume labels. */
int fat_dir_next(struct fat *v, struct fat_dir *d, uint32_t *slot, struct fat_entry *out);

/* The entry that has that name, or that alias.  1 or 0. */
int fat_dir_find(struct fat *v, struct fat_dir *d, const struct fat_name *name,
		 struct fat_entry *out);

/* Where an entry of 'count' slots fits: its first slot.  Makes the folder longer if it must. */
int fat_dir_room(struct fat *v, struct fat_dir *d, unsigned count, uint32_t *slot);

/* A new entry for that name, which is not there yet.  Of 's' all counts but the name. */
int fat_dir_enter(struct fat *v, struct fat_dir *d, const struct fat_name *name,
		  const struct fat_slot *s, struct fat_entry *out);
/* The name goes, and nothing else, in that phase. */
int fat_dir_remove(struct fat *v, struct fat_dir *d, const struct fat_entry *e,
		   enum fat_phase phase);
int fat_dir_is_empty(struct fat *v, uint32_t start, bool *out);

void fat_entry_info(const struct fat_entry *e, struct mir_fs_info *out);

struct fat_place {			/* Where a path leads. */
	uint32_t parent;		/* The folder's first cluster. */
	bool root;			/* The path is "". */
	bool last;			/* 'name' is set: the folder before it is there. */
	struct fat_name name;		/* The path's last part. */
	struct fat_entry entry;		/* When it is there. */
	uint32_t above[FAT_DEPTH];	/* The folders on the way, from the root to 'parent'. */
	unsigned depth;
};

/* MIR_OK, MIR_ENOENT, MIR_EINVAL: not a path, or not through folders; MIR_EPROTO. */
int fat_walk(struct fat *v, const char *path, struct fat_place *out);

/* The folder at a path: its first cluster. */
int fat_walk_folder(struct fat *v, const char *path, uint32_t *start);

#endif
