/* SPDX-License-Identifier: ISC */
/* Trees: entries "mode name", a zero byte, 20 bytes of id, in git's order. */
#include <string.h>
#include "fs/store/object.h"
#include "mir/err.h"

#define MODE_DIGITS 6u

/* Octal digits up to a space, and one of git's five modes; bytes used, 0: it is none. */
static size_t
parse_mode(const uint8_t *p, size_t len, enum mir_store_mode *out)
{
	unsigned mode = 0;
	size_t i = 0;

	for (; i < len && i < MODE_DIGITS && p[i] >= '0' && p[i] <= '7'; i++)
		mode = mode << 3 | (unsigned)(p[i] - '0');
	if (i == len || p[i] != ' ' || p[0] == '0')
		return 0;
	*out = (enum mir_store_mode)mode;
	switch (*out) {
	case MIR_STORE_FOLDER:
	case MIR_STORE_VALUE:
	case MIR_STORE_PROGRAM:
	case MIR_STORE_LINK:
	case MIR_STORE_MODULE:
		return i + 1;
	default:
		return 0;
	}
}

static bool
name_is_valid(const char *name, size_t len)
{
	if (len == 0 || len >= MIR_STORE_NAME || memchr(name, '/', len))
		return false;
	return !(name[0] == '.' && (len == 1 || (len == 2 && name[1] == '.')));
}

int
tree_next(const uint8_t *tree, size_t size, size_t *at, struct tree_entry *e)
{
	const uint8_t *p, *end;
	size_t left = size - *at, head;

	if (!left)
		return 0;
	p = tree + *at;
	head = parse_mode(p, left, &e->mode);
	end = head ? memchr(p + head, '\0', left - head) : NULL;
	if (!end || left - (size_t)(end - p) - 1 < MIR_OID_SIZE)
		return MIR_EPROTO;
	e->name = (const char *)p + head;
	e->name_len = (size_t)(end - p) - head;
	e->id = end + 1;
	e->start = *at;
	e->end = *at + (size_t)(end - p) + 1 + MIR_OID_SIZE;
	if (!name_is_valid(e->name, e->name_len))
		return MIR_EPROTO;
	*at = e->end;
	return 1;
}

int
tree_order(const char *a, size_t a_len, bool a_folder, const char *b, size_t b_len, bool b_folder)
{
	size_t both = a_len < b_len ? a_len : b_len;
	int order = memcmp(a, b, both);
	unsigned char x, y;

	if (order)
		return order;
	x = both < a_len ? (unsigned char)a[both] : a_folder ? '/' : '\0';
	y = both < b_len ? (unsigned char)b[both] : b_folder ? '/' : '\0';
	return x - y;
}

int
tree_find(const uint8_t *tree, size_t size, const char *name, size_t len, enum mir_store_mode mode,
	  struct tree_entry *e)
{
	size_t at = 0, place = size;
	int n;

	while ((n = tree_next(tree, size, &at, e)) > 0) {
		if (e->name_len == len && memcmp(e->name, name, len) == 0)
			return 1;
		if (place == size && tree_order(e->name, e->name_len, e->mode == MIR_STORE_FOLDER,
						name, len, mode == MIR_STORE_FOLDER) > 0)
			place = e->start;
		/* Behind the place of a folder of that name there is none of any kind. */
		if (tree_order(e->name, e->name_len, e->mode == MIR_STORE_FOLDER, name, len, true)
		    > 0)
			break;
	}
	e->start = e->end = place;
	return n < 0 ? n : 0;
}

size_t
tree_entry_build(uint8_t *to, enum mir_store_mode mode, const char *name, size_t len,
		 const struct mir_oid *id)
{
	size_t digits = mode == MIR_STORE_FOLDER ? 5 : MODE_DIGITS, at;

	if (to) {
		for (at = 0; at < digits; at++)
			to[at] = (uint8_t)('0' + ((unsigned)mode >> 3 * (digits - 1 - at) & 7));
		to[at++] = ' ';
		memcpy(to + at, name, len);
		to[at + len] = '\0';
		memcpy(to + at + len + 1, id, sizeof *id);
	}
	return digits + 1 + len + 1 + sizeof *id;
}
