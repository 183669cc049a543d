/* SPDX-License-Identifier: ISC */
/* fs/fat/ops.h - a volume as a mir_fs. */
#ifndef FS_FAT_OPS_H
#define FS_FAT_OPS_H

#include "fs/fat/volume.h"

extern const struct mir_fs_ops fat_ops;

/* With its requests, and nothing read; free(3) is enough until something is. */
struct fat *fat_volume_new(struct mir_block *disk, struct mir_clock *clock);
void fat_volume_free(struct fat *v);

/* Between fat_change_begin and fat_change_end. */
int fat_make(struct fat *v, const char *path, bool folder);
int fat_remove(struct fat *v, const char *path);
/* keep: the file is not lost at any moment; else 'to' is as it was or done, and 'from' may be lost. */
int fat_rename(struct fat *v, const char *from, const char *to, bool keep);
int fat_set_mtime(struct fat *v, const char *path, uint64_t mtime);
int fat_set_label(struct fat *v, const char *label);

int fat_label(struct fat *v, char *out);
/* As it stands on the disk; false: it can not. */
bool fat_label_parse(const char *s, uint8_t out[FAT_LABEL]);

#endif
