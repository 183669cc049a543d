/* SPDX-License-Identifier: ISC */
/* drivers/hostkv/hostkv.h - a kv of the files in a folder of the host, as they are at each request.
 *
 * Types, ETags and compressed variants are those that scripts/bake would have put into an image.
 * Hidden files are not there, and neither is what a symbolic link outside of the folder shows.
 * Blocking: 'stat' of a file that is new or changed reads it, and lets other tasks run meanwhile.
 * Lifetime: the 'etag' of an info is valid until the next call; its 'cookie' until so many other
 *           files were asked for as are remembered: 'read' then gives MIR_EGONE.
 * Errors:   MIR_EGONE, MIR_EIO also when a file was changed since its stat. */
#ifndef DRIVERS_HOSTKV_HOSTKV_H
#define DRIVERS_HOSTKV_HOSTKV_H

#include "mir/kv.h"

/* The folder of the command line's key 'content'; never closed.  MIR_ENOENT: not there. */
int hostkv_open(struct mir_kv **out);

/* The same with another folder: for tests.  The name is kept, not copied. */
int hostkv_open_folder(const char *folder, struct mir_kv **out);

/* Forgets all files.  What was read stays valid. */
void hostkv_forget(void);

#endif
