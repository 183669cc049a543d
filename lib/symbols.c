/* SPDX-License-Identifier: ISC */
/* Looks functions up in the image's table of names, which scripts/mksyms makes and describes. */
#include <stddef.h>
#include "mir/symbols.h"

#define NAME_MAX 64
#define PAIRS	256			/* Bytes at the table's start: what codes 128.. stand for. */

/* Empty when the image has no names. */
extern const unsigned char mir_symbols[], mir_symbols_end[];

struct name {
	char text[NAME_MAX];
	size_t len;
};

static const unsigned char *
read_number(const unsigned char *p, uintptr_t *n)
{
	unsigned shift = 0;

	*n = 0;
	do {
		*n |= (uintptr_t)(*p & 0x7f) << shift;
		shift += 7;
	} while (*p++ & 0x80);
	return p;
}

/* Codes stand for pairs of characters and of codes; nested at most as deep as a name is long. */
static void
append(struct name *name, unsigned char c)
{
	if (c >= 128) {
		append(name, mir_symbols[2 * (c - 128)]);
		append(name, mir_symbols[2 * (c - 128) + 1]);
	} else if (name->len < NAME_MAX - 1) {
		name->text[name->len++] = (char)c;
	}
}

/* Reads one name over the one before; what does not fit is cut off. */
static const unsigned char *
read_name(const unsigned char *p, struct name *name)
{
	unsigned kept = *p >> 4, count = *p & 15;

	p++;
	name->len = kept;
	while (count--)
		append(name, *p++);
	name->text[name->len] = '\0';
	return p;
}

const char *
mir_symbol_find(uintptr_t addr, uintptr_t *start)
{
	static struct name name;
	const unsigned char *p = mir_symbols + PAIRS;
	uintptr_t at = 0, step;

	name.len = 0;
	while (p < mir_symbols_end) {
		p = read_number(p, &step);
		if (at + step > addr)
			break;
		at += step;
		p = read_name(p, &name);
	}
	*start = at;
	return name.len ? name.text : NULL;
}
