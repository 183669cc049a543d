/* SPDX-License-Identifier: ISC */
/* mir/fs.h - files in folders.
 *
 * Paths:      as the keys of mir/kv.h: UTF-8, '/'-separated, none leading or trailing, "" is
 *             the root; a part is 1..MIR_FS_NAME_MAX bytes and never "." or "..".  Implementations
 *             may refuse more (MIR_EINVAL): FAT has 255 UTF-16 units a part, none of "*:<>?\|,
 *             no dot or space at the end, and doesn't tell upper from lower case.
 * Units:      bytes; times in seconds since 1970.
 * Ownership:  read gives a chain to the caller; write takes one on success; a mir_file is the
 *             caller's until mir_file_close.
 * Blocking:   all calls may block the task (a device is behind it).
 * Durability: nothing is promised before sync returns 0; then all that was done before it is
 *             stable: sync of the file system, everything; sync of a file, at least that file's
 *             bytes, size and name.  unmount syncs.  What wasn't synced may be there after a
 *             crash, or not, or in part; what was synced is there, and stays when something else
 *             changes.  A rename is seen done or not done, and not the file lost; only FAT's of a
 *             folder, or of a file that is not small, may be seen half done: docs/fat.md.  A
 *             replace is seen done or not done by 'to', always; 'from' may be lost.
 * Errors:     MIR_ENOENT, MIR_EEXIST, MIR_EINVAL (not a path, a folder where a file is
 *             meant or the other way round), MIR_EFULL, MIR_EACCES (read-only), MIR_EIO,
 *             MIR_EPROTO (the volume is damaged), MIR_EAGAIN (busy: try later), MIR_ENOMEM,
 *             MIR_EMSGSIZE (too large for this file system), MIR_ENOSYS (it can't do that). */
#ifndef MIR_FS_H
#define MIR_FS_H

#include <stdbool.h>
#include <stdint.h>
#include "mir/buf.h"
#include "mir/err.h"

#define MIR_FS_NAME_MAX	765		/* Bytes of one part of a path: 255 UTF-16 units. */
#define MIR_FS_LABEL_MAX 33		/* Bytes of a volume's label: 11 characters. */

struct mir_fs;
struct mir_file;

struct mir_fs_info {			/* Of a file or a folder. */
	uint64_t size;			/* 0 of a folder. */
	uint64_t mtime;
	uint64_t btime;			/* When it was made; 0: not known. */
	bool folder;
	bool read_only;			/* Can't be written. */
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

	/* From here on, NULL is MIR_ENOSYS: call them by mir_fs_label and so on. */
	int (*label)(struct mir_fs *, char out[MIR_FS_LABEL_MAX + 1]);	/* "": it has none. */
	int (*set_label)(struct mir_fs *, const char *label);
	int (*set_mtime)(struct mir_fs *, const char *path, uint64_t mtime);
	/* rename of a file that may be lost when it isn't done: a new value with a name for the time
	 * being.  NULL: rename is as good. */
	int (*replace)(struct mir_fs *, const char *from, const char *to);
	/* Syncs and frees; no file may be open (MIR_EAGAIN).  After an error that may pass
	 * (MIR_EAGAIN, MIR_ENOMEM, MIR_ECANCELED) it is still there, after others it is gone. */
	int (*unmount)(struct mir_fs *);
};

struct mir_file_ops {
	/* Up to 'len' bytes from 'offset' on; their number, 0 at the end. */
	int (*read)(struct mir_file *, uint64_t offset, uint32_t len, struct mir_buf **out);
	/* The whole chain at 'offset'; a gap behind the end reads as zeros. */
	int (*write)(struct mir_file *, uint64_t offset, struct mir_buf *b);
	int (*truncate)(struct mir_file *, uint64_t size);
	int (*stat)(struct mir_file *, struct mir_fs_info *out);
	void (*close)(struct mir_file *);
	int (*sync)(struct mir_file *);		/* NULL: use mir_file_sync. */
};

struct mir_fs {				/* First member of the implementation's struct. */
	const struct mir_fs_ops *ops;
	uint64_t changes;		/* Grows with each change of a file or a folder. */
	uint64_t volumes;		/* Grows when another volume may be there: all that was
					 * known is void. */
};

struct mir_file {			/* First member of the implementation's struct. */
	const struct mir_file_ops *ops;
};

static inline int
mir_fs_label(struct mir_fs *fs, char out[MIR_FS_LABEL_MAX + 1])
{
	return fs->ops->label ? fs->ops->label(fs, out) : MIR_ENOSYS;
}

static inline int
mir_fs_set_label(struct mir_fs *fs, const char *label)
{
	return fs->ops->set_label ? fs->ops->set_label(fs, label) : MIR_ENOSYS;
}

static inline int
mir_fs_set_mtime(struct mir_fs *fs, const char *path, uint64_t mtime)
{
	return fs->ops->set_mtime ? fs->ops->set_mtime(fs, path, mtime) : MIR_ENOSYS;
}

static inline int
mir_fs_unmount(struct mir_fs *fs)
{
	return fs->ops->unmount ? fs->ops->unmount(fs) : MIR_ENOSYS;
}

static inline int
mir_fs_replace(struct mir_fs *fs, const char *from, const char *to)
{
	return fs->ops->replace ? fs->ops->replace(fs, from, to) : fs->ops->rename(fs, from, to);
}

/* 'f' is open on 'fs'. */
static inline int
mir_file_sync(struct mir_fs *fs, struct mir_file *f)
{
	return f->ops->sync ? f->ops->sync(f) : fs->ops->sync(fs);
}

#endif
