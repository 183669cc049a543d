/* SPDX-License-Identifier: ISC */
/* drivers/hostgit/loose.h - an object in a file of its own.
 *
 * libgit2 1.5 reads such files, too, but for ever when one is cut short. */
#ifndef DRIVERS_HOSTGIT_LOOSE_H
#define DRIVERS_HOSTGIT_LOOSE_H

#include <stddef.h>
#include "mir/odb.h"

/* What the file's bytes say: out->data is malloc'ed and the object hashes to 'id'; with 'head'
 * alone kind and size, unproven.  MIR_EPROTO: it's none; MIR_EMSGSIZE: it says that it is larger
 * than 'limit'; MIR_ENOMEM. */
int hostgit_loose_parse(const void *file, size_t len, const struct mir_oid *id, size_t limit,
			bool head, struct mir_object *out);

/* The same of a file.  MIR_ENOENT, MIR_EACCES, MIR_EIO. */
int hostgit_loose_read(const char *path, const struct mir_oid *id, size_t limit, bool head,
		       struct mir_object *out);

#endif
