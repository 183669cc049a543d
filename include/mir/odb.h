/* SPDX-License-Identifier: ISC */
/* mir/odb.h - where a store keeps its objects and its references: memory, a block device, a folder
 * that git reads.
 *
 * An object is a kind and bytes, named by the SHA-1 of git's header and the bytes ("blob 5", a
 * zero byte, "hello"); it never changes.  A reference is a name ("refs/heads/main") for a commit
 * or a tag, and does change.
 *
 * Units:      bytes.  Ids are 20 bytes, in the order in which git prints them.
 * Ownership:  what read gives is the caller's, who calls free(3) on 'data'.  All other memory
 *             stays the caller's.
 * Blocking:   all calls may block the task, and several tasks may be in calls at a time.
 * Durability: of a write nothing is promised until a ref_set that began after it returns MIR_OK:
 *             then that reference, and all objects written before it, survive a crash.  A
 *             reference is seen with its old or its new value, never anything else.  Tasks that
 *             are in ref_set at the same time may share one flush: others may see the new value
 *             as soon as ref_set was called, and what they then set is stable only when it is.
 *             A ref_set from a value to the same one waits until that value is stable.
 * Errors:     MIR_ENOENT no such object or reference; MIR_EEXIST ref_set: it isn't 'old' (any
 *             more); MIR_EINVAL not a reference's name; MIR_EFULL; MIR_EMSGSIZE larger than the
 *             store's limit; MIR_EPROTO what is kept is damaged; MIR_EACCES read-only; MIR_EIO,
 *             MIR_ENOMEM, MIR_EGONE.
 * Source:     gitformat-loose (5), git-check-ref-format (1). */
#ifndef MIR_ODB_H
#define MIR_ODB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "mir/task.h"

#define MIR_OID_SIZE	20u		/* Bytes of an id. */
#define MIR_REF_MAX	128u		/* Bytes of a reference's name, with its 0. */

struct mir_oid {
	uint8_t bytes[MIR_OID_SIZE];
};

enum mir_object_kind {			/* Numbered as in git's packs. */
	MIR_OBJECT_COMMIT = 1, MIR_OBJECT_TREE, MIR_OBJECT_BLOB, MIR_OBJECT_TAG,
};

struct mir_object {
	enum mir_object_kind kind;
	size_t size;
	void *data;
};

struct mir_odb;

struct mir_odb_ops {
	const char *name;
	int (*read)(struct mir_odb *, const struct mir_oid *, struct mir_object *out);
	/* As read, but 'data' is left alone. */
	int (*stat)(struct mir_odb *, const struct mir_oid *, struct mir_object *out);
	/* 'id' is what kind and bytes hash to: the caller has made sure.  MIR_OK also when the
	 * object is there already. */
	int (*write)(struct mir_odb *, const struct mir_oid *id, enum mir_object_kind,
		     const void *data, size_t size);

	int (*ref_get)(struct mir_odb *, const char *name, struct mir_oid *out);
	/* From 'old' (NULL: it must not be there) to 'new' (NULL: it is removed). */
	int (*ref_set)(struct mir_odb *, const char *name, const struct mir_oid *old,
		       const struct mir_oid *new);
	/* The reference behind 'name' in byte order (""  for the first), which is replaced.  1, or
	 * 0: none is left. */
	int (*ref_next)(struct mir_odb *, char name[MIR_REF_MAX], struct mir_oid *out);

	/* Objects for which 'live' says no may go, when the implementation sees fit; nobody writes
	 * meanwhile.  NULL: keeps all. */
	int (*sweep)(struct mir_odb *, bool (*live)(void *ctx, const struct mir_oid *), void *ctx);
};

struct mir_odb {			/* First member of the implementation's struct. */
	const struct mir_odb_ops *ops;
	struct mir_waitq changed;	/* Woken: somebody else changed references. */
};

#endif
