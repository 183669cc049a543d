/* SPDX-License-Identifier: ISC */
/* The words that QEMU's microvm appends to the command line for each virtio-mmio device:
 * virtio_mmio.device=512@0xfeb00e00:12 (size, address, interrupt), as Linux reads them. */
#include <string.h>
#include "pc/pc.h"

static const char key[] = "virtio_mmio.device=";

/* A decimal or 0x-hexadecimal number; NULL when there is none or it is too large. */
static const char *
number(const char *at, uint64_t *out)
{
	unsigned base = at[0] == '0' && at[1] == 'x' ? 16 : 10, digit;
	const char *from = base == 16 ? at + 2 : at;
	uint64_t n = 0;

	for (at = from; ; at++) {
		if (*at >= '0' && *at <= '9')
			digit = (unsigned)(*at - '0');
		else if (base == 16 && *at >= 'a' && *at <= 'f')
			digit = (unsigned)(*at - 'a') + 10;
		else
			break;
		if (n > (UINT64_MAX - digit) / base)
			return NULL;
		n = n * base + digit;
	}
	*out = n;
	return at == from ? NULL : at;
}

static bool
parse_place(const char *word, size_t len, struct virtio_place *out)
{
	const char *at = word + sizeof key - 1;
	uint64_t gsi;

	if (len < sizeof key || memcmp(word, key, sizeof key - 1) != 0)
		return false;
	at = number(at, &out->size);
	if (!at || *at != '@')
		return false;
	at = number(at + 1, &out->base);
	if (!at || *at != ':')
		return false;
	at = number(at + 1, &gsi);
	if (at != word + len || gsi > 255)
		return false;
	out->gsi = (unsigned)gsi;
	return true;
}

/* Up to the space that ends the word, quotes heeded as the kernel's parser does. */
static size_t
word_length(const char *word)
{
	bool quoted = false;
	size_t n;

	for (n = 0; word[n] && (quoted || word[n] != ' '); n++)
		if (word[n] == '"')
			quoted = !quoted;
	return n;
}

unsigned
cmdline_split(const char *line, char *to, size_t size, struct virtio_place *places, unsigned max)
{
	struct virtio_place place;
	unsigned count = 0;
	size_t used = 0, n;

	for (; *line; line += n) {
		n = *line == ' ' ? 1 : word_length(line);
		if (count < max && parse_place(line, n, &place))
			places[count++] = place;
		else if (n < size - used) {
			memcpy(to + used, line, n);
			used += n;
		}
	}
	to[used] = '\0';
	return count;
}
