/* SPDX-License-Identifier: ISC */
/* fs/fat/ops.h - a volume as a mir_fs. */
#ifndef FS_FAT_OPS_H
#define FS_FAT_OPS_H

#include "mir/fs.h"

extern const struct mir_fs_ops fat_ops;

#endif
