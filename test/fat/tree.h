/* SPDX-License-Identifier: ISC */
/* test/fat/tree.h - files between a volume and a folder of the host.  Each prints what fails. */
#ifndef TEST_FAT_TREE_H
#define TEST_FAT_TREE_H

#include "mir/fs.h"

int tree_put(struct mir_fs *fs, const char *host, const char *path);	/* One file; holes stay. */
int tree_get(struct mir_fs *fs, const char *path, const char *host);
int tree_store(struct mir_fs *fs, const char *host);	/* All of a folder, into the root. */
int tree_fetch(struct mir_fs *fs, const char *host);	/* All of the volume. */

/* 'count' files of a few bytes in a folder, made, or looked at: each once, with its bytes. */
int tree_many(struct mir_fs *fs, const char *folder, unsigned count);
int tree_check_many(struct mir_fs *fs, const char *folder, unsigned count);

/* Random changes, to the volume and to the host's folder alike. */
int tree_churn(struct mir_fs *fs, const char *host, unsigned seed, unsigned count);

#endif
