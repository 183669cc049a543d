/* SPDX-License-Identifier: ISC */
/* fs/fat/file.h - open files.  All who have a file open share its node. */
#ifndef FS_FAT_FILE_H
#define FS_FAT_FILE_H

#include "fs/fat/dir.h"

#define FAT_SIZE_MAX	0xffffffffu	/* Bytes of a file. */

struct fat_node {
	struct fat_node *next;		/* Of the volume. */
	struct fat *v;
	uint64_t at;			/* Its short entry: no two have the same. */
	uint32_t size;			/* Bytes. */
	uint32_t mtime, btime;		/* As in struct fat_slot. */
	struct fat_chain chain;
	unsigned refs;
	bool read_only;
	bool removed;			/* Its name is gone, and 'at' with it. */
	uint32_t fresh, batch;		/* Clusters from this index on are new in that batch. */
};

struct fat_file {
	struct mir_file file;		/* First. */
	struct fat_node *node;
	bool writable;
};

extern const struct mir_file_ops fat_file_ops;

/* The node of an entry, made if nobody has it open; NULL: no memory. */
struct fat_node *fat_node_get(struct fat *v, const struct fat_entry *e);
struct fat_node *fat_node_look(struct fat *v, uint64_t at);	/* NULL: nobody has. */
int fat_file_make(struct fat_node *n, bool writable, struct mir_file **out);
void fat_node_put(struct fat_node *n);

/* Where the file's bytes from 'offset' on are, and how many are in one place, up to 'len'. */
int fat_locate(struct fat_node *n, uint32_t offset, uint32_t len, uint64_t *at, uint32_t *have);

/* The bytes, of which some are there only after fat_io_end, which needs no lock; in any case the
 * chain is the caller's. */
int fat_read(struct fat_node *n, uint64_t offset, uint32_t len, struct fat_io *io,
	     struct mir_buf **out);
int fat_read_now(struct fat_node *n, uint64_t offset, uint32_t len, struct mir_buf **out);

/* The chain stays the caller's.  An error leaves the size, but perhaps not all the bytes. */
int fat_write(struct fat_node *n, uint64_t offset, const struct mir_buf *b);
int fat_truncate(struct fat_node *n, uint64_t size);

/* At least so many clusters; MIR_EFULL leaves what there was. */
int fat_node_extend(struct fat_node *n, uint32_t want);
/* No more than so many. */
int fat_node_cut(struct fat_node *n, uint32_t keep);
/* Size, beginning and time into its entry. */
int fat_node_save(struct fat_node *n);

#endif
