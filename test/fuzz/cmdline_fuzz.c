/* SPDX-License-Identifier: ISC */
/* sources: pc/cmdline.c */
/* The line that QEMU's microvm writes: places of devices are taken out, the rest stays. */
#include <stdlib.h>
#include "pc/pc.h"
#include "test/fuzz/fuzz.h"
#include "test/unit/harness.h"

#define PLACES 4

/* What is left is part of the line, in its order. */
static bool
is_subsequence(const char *part, const char *whole)
{
	for (; *whole && *part; whole++)
		part += *part == *whole;
	return !*part;
}

/* The first byte is the size of the room for what is left. */
void
fuzz_one(const uint8_t *data, size_t len)
{
	struct virtio_place places[PLACES], again[PLACES];
	size_t size = len && data[0] ? data[0] : 1, text = len ? len - 1 : 0;
	char *line = malloc(text + 1), *to = malloc(size), *rest = malloc(text + 1);
	unsigned n;

	memcpy(line, data + !!len, text);
	line[text] = '\0';
	n = cmdline_split(line, to, size, places, PLACES);
	CHECK(n <= PLACES && strlen(to) < size);
	CHECK(is_subsequence(to, line));
	for (unsigned i = 0; i < n; i++)
		CHECK(places[i].gsi <= 255);
	/* With enough room nothing is cut, and no place is left in the rest. */
	CHECK_EQ(cmdline_split(line, rest, text + 1, again, PLACES), n);
	if (n < PLACES)
		CHECK_EQ(cmdline_split(rest, to, size, again, PLACES), 0);
	free(line);
	free(to);
	free(rest);
}
