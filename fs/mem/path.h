/* SPDX-License-Identifier: ISC */
/* fs/mem/path.h - paths as mir/fs.h has them, part by part.  Pure. */
#ifndef FS_MEM_PATH_H
#define FS_MEM_PATH_H

#include <stdbool.h>
#include <stddef.h>

#define PATH_PART_MAX	255		/* Bytes of a part, in memory. */

/* A path: "" or parts of 1..255 bytes of UTF-8, none "." or "..", with one '/' between them. */
bool path_is_valid(const char *path);

/* The part at '*path', which moves on to the next one; its bytes, 0 at the end. */
size_t path_part(const char **path, const char **part);

#endif
