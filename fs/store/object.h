/* SPDX-License-Identifier: ISC */
/* fs/store/object.h - git's objects as bytes: judge, read, build.  Pure.
 *
 * What a parser gives points into the bytes it was given.  Errors: MIR_EPROTO the bytes are no
 * such object. */
#ifndef FS_STORE_OBJECT_H
#define FS_STORE_OBJECT_H

#include "mir/store.h"

#define OID_HEX		(2 * MIR_OID_SIZE)	/* Digits, without a 0. */

/* An object's id. */
void object_id(enum mir_object_kind kind, const void *data, size_t size, struct mir_oid *out);

/* The whole object; trees with all entries and their order.  Anything is a blob. */
int object_check(enum mir_object_kind kind, const void *data, size_t size);

void oid_to_hex(const struct mir_oid *id, char to[OID_HEX + 1]);
/* The first OID_HEX characters of 'text'; false: not all are lower case digits. */
bool oid_from_hex(const char *text, struct mir_oid *out);

/* --- Trees. */

struct tree_entry {
	enum mir_store_mode mode;
	const char *name;
	size_t name_len;
	const uint8_t *id;
	size_t start, end;		/* Of the entry, from the tree's first byte on. */
};

/* The entry at '*at', which moves behind it.  1, or 0: none is left. */
int tree_next(const uint8_t *tree, size_t size, size_t *at, struct tree_entry *e);

/* The entry of that name.  1; 0: there is none, and e->start is where it would stand as one of
 * 'mode'. */
int tree_find(const uint8_t *tree, size_t size, const char *name, size_t len,
	      enum mir_store_mode mode, struct tree_entry *e);

/* git's order: as bytes, and a folder's name as if it ended in '/'.  < 0, 0, > 0. */
int tree_order(const char *a, size_t a_len, bool a_folder, const char *b, size_t b_len,
	       bool b_folder);

/* Bytes of an entry; writes them to 'to' if that isn't NULL. */
size_t tree_entry_build(uint8_t *to, enum mir_store_mode mode, const char *name, size_t len,
			const struct mir_oid *id);

/* --- Commits and tags. */

struct text {
	const char *at;
	size_t len;
};

struct commit {
	struct mir_oid tree, parents[MIR_STORE_PARENTS];
	unsigned parent_count;
	struct text author;		/* "Name <mail>". */
	uint64_t time;			/* The committer's; 0 where it makes no sense. */
	struct text message;
};

int commit_parse(const void *data, size_t size, struct commit *out);

/* Bytes of the commit, with author and committer in UTC; the author's time is the committer's.
 * Writes up to 'room' of them to 'to'.  A message gets a newline at its end. */
size_t commit_build(char *to, size_t room, const struct commit *c, struct text committer);

struct tag {
	struct mir_oid object;
	enum mir_object_kind kind;
};

int tag_parse(const void *data, size_t size, struct tag *out);
size_t tag_build(char *to, size_t room, const struct mir_oid *commit, const char *name,
		 struct text tagger, uint64_t time, struct text message);

/* "Name <mail>" as git wants it. */
bool identity_is_valid(const char *who);

#endif
