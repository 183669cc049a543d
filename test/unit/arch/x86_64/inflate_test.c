/* SPDX-License-Identifier: ISC */
/* The image's unpacker against zlib: stored, fixed and dynamic blocks, several of them, and the
 * longest and the farthest matches. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "arch/x86_64/inflate.h"
#include "test/unit/harness.h"

#define SIZE	200000

static uint8_t plain[SIZE], packed[SIZE + 1000], out[SIZE];
static uint16_t tables[2][INFLATE_TABLE];

static void
fill(void)
{
	uint32_t x = 1;

	for (unsigned i = 0; i < SIZE; i++) {
		x = x * 1664525 + 1013904223;
		plain[i] = i < 40000 ? (uint8_t)(x >> 24) : i < 80000 ? "code"[x >> 30] :
		    i < 100000 ? 7 : i < 140000 ? plain[i - 32768] : (uint8_t)(x >> 28);
	}
}

/* zlib's packing of so many bytes; its length. */
static size_t
pack(size_t size, int level, const char *strategy)
{
	char command[400], name[] = "/tmp/mir-inflate-XXXXXX";
	int fd = mkstemp(name);
	size_t n = 0;
	FILE *f = fdopen(fd, "w");

	if (!CHECK(f != NULL))
		return 0;
	fwrite(plain, 1, size, f);
	fclose(f);
	snprintf(command, sizeof command, "python3 -c 'import sys, zlib\n"
		 "c = zlib.compressobj(%d, 8, -15, 9, zlib.%s)\n"
		 "d = c.compress(open(\"%s\", \"rb\").read()) + c.flush()\n"
		 "sys.stdout.buffer.write(d)'", level, strategy, name);
	f = popen(command, "r");
	if (CHECK(f != NULL)) {
		n = fread(packed, 1, sizeof packed, f);
		CHECK_EQ(pclose(f), 0);
	}
	remove(name);
	return n;
}

static void
check(size_t size, int level, const char *strategy)
{
	size_t n = pack(size, level, strategy);

	memset(out, 0xaa, sizeof out);
	if (!CHECK(n > 0))
		return;
	CHECK_EQ(inflate(packed, out, tables) - packed, (long)n);
	CHECK(memcmp(out, plain, size) == 0);
	CHECK(size == SIZE || out[size] == 0xaa);
}

TEST(what_zlib_packs_comes_back)
{
	fill();
	check(SIZE, 9, "Z_DEFAULT_STRATEGY");
	check(SIZE, 1, "Z_DEFAULT_STRATEGY");
	check(SIZE, 9, "Z_HUFFMAN_ONLY");
	check(SIZE, 9, "Z_FIXED");
	check(SIZE, 0, "Z_DEFAULT_STRATEGY");
	check(1, 9, "Z_DEFAULT_STRATEGY");
	check(0, 9, "Z_DEFAULT_STRATEGY");
}
