/* SPDX-License-Identifier: ISC */
/* mir/fs.h - files in folders.
 *
 * Paths:      as the keys of mir/kv.h: UTF-8, '/'-separated, none leading or trailing, "" is
 *             the root; a part is 1..255 bytes and never "." or "..".
 * Units:      bytes; times in seconds since 1970.
 * Ownership:  read gives a chain to the caller; write takes one on success; a mir_file is the
 *             caller's until mir_file_close.
 * Blocking:   all calls may block the task (a device is behind it).
 * Durability: nothing is promised before sync returns 0; then all that was done before it is
 *             stable.
 * Errors:     MIR_ENOENT, MIR_EEXIST, MIR_EINVAL (not a path, a folder where a file is
 *             meant or the other way round), MIR_EFULL, MIR_EACCES (read-only), MIR_EIO,
 *             MIR_EPROTO (the volume is damaged), MIR_EAGAIN (busy: try later), MIR_ENOMEM,
 *             MIR_EMSGSIZE (too large for this file system). */
#ifndef MIR_FS_H
#define MIR_FS_H

#include <stdbool.h>
#include <stdint.h>
#include "mir/buf.h"

#define MIR_FS_NAME_MAX	255		/* Bytes of one part of a path. */

struct mir_fs;
struct mir_file;

struct mir_fs_info {			/* Of a file or a folder. */
	uint64_t size;			/* 0 of a folder. */
	uint64_t mtime;
	bool folder;
};

struct mir_fs_entry {
	char name[MIR_FS_NAME_MAX + 1];
	struct mir_fs_info info;
};

struct mir_fs_space {
	uint64_t total, free;
};

enum mir_fs_mode { MIR_FS_READ = 0, MIR_FS_WRITE = 1, MIR_FS_CREATE = 2, MIR_FS_EXCLUSIVE = 4 };

struct mir_fs_ops {
	const char *name;
	int (*stat)(struct mir_fs *, const char *path, struct mir_fs_info *out);
	int (*open)(struct mir_fs *, const char *path, unsigned mode, struct mir_file **out);
	int (*mkdir)(struct mir_fs *, const char *path);
	int (*remove)(struct mir_fs *, const char *path);	/* A file or an empty folder. */
	int (*rename)(struct mir_fs *, const char *from, const char *to); /* Replaces a file. */
	/* The entry behind '*at' (0: the first), which moves on.  0: none is left, else 1. */
	int (*list)(struct mir_fs *, const char *path, uint64_t *at, struct mir_fs_entry *out);
	int (*sync)(struct mir_fs *);
	int (*space)(struct mir_fs *, struct mir_fs_space *out);
};

struct mir_file_ops {
	/* Up to 'len' bytes from 'offset' on; their number, 0 at the end. */
	int (*read)(struct mir_file *, uint64_t offset, uint32_t len, struct mir_buf **out);
	/* The whole chain at 'offset'; a gap behind the end reads as zeros. */
	int (*write)(struct mir_file *, uint64_t offset, struct mir_buf *b);
	int (*truncate)(struct mir_file *, uint64_t size);
	int (*stat)(struct mir_file *, struct mir_fs_info *out);
	void (*close)(struct mir_file *);
};

struct mir_fs {				/* First member of the implementation's struct. */
	const struct mir_fs_ops *ops;
};

struct mir_file {			/* First member of the implementation's struct. */
	const struct mir_file_ops *ops;
};

#endif
