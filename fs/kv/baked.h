/* SPDX-License-Identifier: ISC */
/* fs/kv/baked.h - a kv of the files that scripts/bake put into the image. */
#ifndef FS_KV_BAKED_H
#define FS_KV_BAKED_H

#include "mir/kv.h"

/* The image's one table of files; never closed.  MIR_OK. */
int kv_baked_open(struct mir_kv **out);

#endif
