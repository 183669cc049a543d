/* SPDX-License-Identifier: ISC */
/* Looks functions up in the image's table of names, which scripts/mksyms makes and describes. */
#include <stddef.h>
#include "mir/symbols.h"

#define NAME_MAX 64

/* Empty when the image has no names. */
extern const unsigned char mir_symbols[], mir_symbols_end[];

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

/* Reads one name over the one before; what does not fit is cut off. */
static const unsigned char *
read_name(const unsigned char *p, char name[NAME_MAX])
{
	size_t n = *p++;

	do {
		if (n < NAME_MAX - 1)
			name[n++] = (char)(*p & 0x7f);
	} while (!(*p++ & 0x80));
	name[n] = '\0';
	return p;
}

const char *
mir_symbol_find(uintptr_t addr, uintptr_t *start)
{
	static char name[NAME_MAX];
	const unsigned char *p = mir_symbols;
	uintptr_t at = 0, step;

	name[0] = '\0';
	while (p < mir_symbols_end) {
		p = read_number(p, &step);
		if (at + step > addr)
			break;
		at += step;
		p = read_name(p, name);
	}
	*start = at;
	return name[0] ? name : NULL;
}
