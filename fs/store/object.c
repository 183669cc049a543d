/* SPDX-License-Identifier: ISC */
/* Objects of every kind: names, and whether bytes are what they should be. */
#include <string.h>
#include "fs/store/object.h"
#include "lib/sha1.h"
#include "mir/err.h"
#include "mir/format.h"

void
object_id(enum mir_object_kind kind, const void *data, size_t size, struct mir_oid *out)
{
	static const char *const names[] = {
		[MIR_OBJECT_COMMIT] = "commit", [MIR_OBJECT_TREE] = "tree",
		[MIR_OBJECT_BLOB] = "blob", [MIR_OBJECT_TAG] = "tag",
	};
	struct sha1 s;
	char head[32];
	int len = mir_snprintf(head, sizeof head, "%s %zu", names[kind], size);

	sha1_init(&s);
	sha1_add(&s, head, (size_t)len + 1);
	sha1_add(&s, data, size);
	sha1_end(&s, out->bytes);
}

/* Entries in strict order: what is sorted so has no name twice, but for a folder and a value of
 * one name with others between them, of which tree_find gives the first. */
static int
tree_check(const uint8_t *tree, size_t size)
{
	struct tree_entry e, last = { .name = NULL };
	size_t at = 0;
	int n;

	while ((n = tree_next(tree, size, &at, &e)) > 0) {
		if (last.name && (tree_order(last.name, last.name_len,
					     last.mode == MIR_STORE_FOLDER, e.name, e.name_len,
					     e.mode == MIR_STORE_FOLDER) >= 0
				  || (last.name_len == e.name_len
				      && memcmp(last.name, e.name, e.name_len) == 0)))
			return MIR_EPROTO;
		last = e;
	}
	return n;
}

int
object_check(enum mir_object_kind kind, const void *data, size_t size)
{
	struct commit c;
	struct tag t;

	switch (kind) {
	case MIR_OBJECT_BLOB:
		return MIR_OK;
	case MIR_OBJECT_TREE:
		return tree_check(data, size);
	case MIR_OBJECT_COMMIT:
		return commit_parse(data, size, &c);
	case MIR_OBJECT_TAG:
		return tag_parse(data, size, &t);
	}
	return MIR_EPROTO;
}

void
oid_to_hex(const struct mir_oid *id, char to[OID_HEX + 1])
{
	static const char digits[] = "0123456789abcdef";

	for (unsigned i = 0; i < MIR_OID_SIZE; i++) {
		to[2 * i] = digits[id->bytes[i] >> 4];
		to[2 * i + 1] = digits[id->bytes[i] & 15];
	}
	to[OID_HEX] = '\0';
}

static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
oid_from_hex(const char *text, struct mir_oid *out)
{
	int high, low;

	for (unsigned i = 0; i < MIR_OID_SIZE; i++) {
		high = digit(text[2 * i]);
		low = high < 0 ? -1 : digit(text[2 * i + 1]);
		if (low < 0)
			return false;
		out->bytes[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}
