/* SPDX-License-Identifier: ISC */
/* fs/kvfs/impl.h - what the files of fs/kvfs share. */
#ifndef FS_KVFS_IMPL_H
#define FS_KVFS_IMPL_H

#include "fs/kvfs/kvfs.h"
#include "lib/sitekey.h"
#include "mir/task.h"

#define KVFS_KEY_MAX	512u		/* Bytes of a key. */
#define KVFS_PATH	(KVFS_KEY_MAX + 4)	/* With ".gz" and a 0. */
#define KVFS_ETAG	64u

struct kvfs_file {			/* A file, as a stat finds it. */
	uint64_t size, mtime;
};

struct kvfs_entry {			/* What is known of a key that is a file. */
	struct kvfs_entry *next, *prev;	/* By the time of use. */
	char *key;			/* NULL: a free entry. */
	struct kvfs_file file, gzip;	/* gzip.size 0: none that could be used. */
	struct kvfs_file gzip_seen;	/* The file that was looked at for it, also if it is none. */
	uint64_t changes, volumes;	/* The file system's, when this was true. */
	uint64_t hashed;		/* When, in seconds since 1970. */
	uint32_t generation;		/* Another one for other bytes. */
	bool known;			/* The bytes were hashed. */
	bool working;			/* A task looks at the file; others wait. */
	unsigned readers;		/* In a call that needs it to stay. */
	char etag[KVFS_ETAG];
};

struct kvfs_handle {			/* An open file. */
	struct kvfs_entry *entry;	/* NULL: free. */
	struct mir_file *file;
	uint32_t generation;
	enum mir_kv_encoding encoding;
	uint64_t volumes;
	uint64_t used;
	bool busy;
};

struct kvfs {
	struct mir_kv_rw kv;		/* First. */
	struct mir_clock *clock;
	struct mir_fs *fs;
	struct kvfs_entry list;		/* Its ends; the latest used first. */
	struct kvfs_entry *entries;
	struct kvfs_handle handles[CONFIG_KVFS_OPEN];
	uint64_t handle_clock, serial;
	struct mir_waitq worked;	/* Woken when a task is done with an entry or a handle. */
	char **keys;			/* Sorted, for 'key'. */
	unsigned key_count, key_room;
};

/* entry.c: the entry of a key, true at this moment; the file is read if need be.  MIR_ENOENT, or
 * the file system's errors. */
int kvfs_look_up(struct kvfs *k, const char *key, size_t len, struct kvfs_entry **out);
struct kvfs_entry *kvfs_by_cookie(struct kvfs *k, uint64_t cookie);
uint64_t kvfs_cookie(const struct kvfs *k, const struct kvfs_entry *e);
bool kvfs_is_current(const struct kvfs *k, const struct kvfs_entry *e);
void kvfs_forget(struct kvfs *k, struct kvfs_entry *e);

/* exact.c: MIR_OK when the path is that of a file, in the same letters. */
int kvfs_stat_exact(struct kvfs *k, const char *path, struct kvfs_file *out);

/* hash.c */
struct kvfs_digest {
	char etag[KVFS_ETAG];
	uint32_t crc;			/* Of all bytes. */
	bool has_crc;
};

int kvfs_digest(struct kvfs *k, const char *path, const struct kvfs_file *f,
		struct kvfs_digest *out);
/* Whether the file at 'path' is a gzip of such bytes. */
int kvfs_is_variant(struct kvfs *k, const char *path, uint64_t gzip_size, uint64_t size,
		    uint32_t crc, bool *out);

/* handle.c: bytes of an entry's file; the entry must have a reader. */
int kvfs_read(struct kvfs *k, struct kvfs_entry *e, enum mir_kv_encoding enc, uint64_t offset,
	      size_t len, struct mir_buf **out);
void kvfs_close_all(struct kvfs *k, struct kvfs_entry *e);	/* NULL: of all. */

/* keys.c */
const char *kvfs_key(struct mir_kv *kv, unsigned n);
void kvfs_forget_keys(struct kvfs *k);

/* put.c */
int kvfs_put(struct mir_kv_rw *kv, const char *key, size_t len, struct mir_buf *value);
int kvfs_remove(struct mir_kv_rw *kv, const char *key, size_t len);
int kvfs_clean(struct kvfs *k);		/* Removes what puts left at a crash. */

#endif
