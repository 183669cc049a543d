/* SPDX-License-Identifier: ISC */
/* fs/mem/mem.h - files and values in memory, bounded, forgotten at the end. */
#ifndef FS_MEM_H
#define FS_MEM_H

#include "mir/clock.h"
#include "mir/fs.h"
#include "mir/kv_rw.h"

/* The image's file system and its kv: empty.  Times are the clock's.  MIR_OK. */
int fs_mem_open(struct mir_clock *clock, struct mir_fs **out);
int kv_mem_open(struct mir_clock *clock, struct mir_kv_rw **out);

/* By hand: removes all that is in them, and gives their memory back. */
void fs_mem_clear(struct mir_fs *fs);
void kv_mem_clear(struct mir_kv_rw *kv);

#endif
