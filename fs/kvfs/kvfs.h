/* SPDX-License-Identifier: ISC */
/* fs/kvfs/kvfs.h - a kv of the files of a file system, to be read, or to be set as well.
 *
 * Keys are the files' paths, as they are written, upper and lower case; hidden ones (".x", "a/.x")
 * are none.  The ETag is a hash of the bytes, so a file is read once to be known; that is kept
 * until the file system tells of changes.  NAME.gz is served as NAME's gzip variant when it is
 * smaller and its own checksum says that it is one.
 *
 * put writes a file with a hidden name, syncs it, gives it the key's name (mir_fs_replace) and
 * syncs that: after a crash the old value or the new one is there.  What a crash left of such files is removed when
 * it is opened. */
#ifndef FS_KVFS_KVFS_H
#define FS_KVFS_KVFS_H

#include "mir/clock.h"
#include "mir/fs.h"
#include "mir/kv_rw.h"

/* The image's.  Blocks the task.  MIR_ENOMEM; of the second also the file system's errors. */
int kvfs_open(struct mir_clock *clock, struct mir_fs *fs, struct mir_kv **out);
int kvfs_rw_open(struct mir_clock *clock, struct mir_fs *fs, struct mir_kv_rw **out);

/* By hand.  'rw': what a crash left is removed first. */
struct kvfs;
int kvfs_make(struct mir_clock *clock, struct mir_fs *fs, bool rw, struct kvfs **out);
struct mir_kv_rw *kvfs_kv(struct kvfs *k);
void kvfs_free(struct kvfs *k);		/* Nobody is in a call, nor has files open by it. */

#endif
