/* SPDX-License-Identifier: ISC */
/* Eight bytes at a time, by eight tables that are made on first use. */
#include <string.h>
#include "lib/crc32c.h"

#define POLYNOMIAL 0x82f63b78u		/* Bits reversed. */

/* tables[k][b]: what the byte b does to the CRC when k bytes come behind it. */
static uint32_t tables[8][256];

static void
make_tables(void)
{
	for (uint32_t b = 0; b < 256; b++) {
		uint32_t crc = b;

		for (unsigned bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? POLYNOMIAL : 0);
		tables[0][b] = crc;
	}
	for (unsigned k = 1; k < 8; k++)
		for (uint32_t b = 0; b < 256; b++)
			tables[k][b] = tables[k - 1][b] >> 8 ^ tables[0][tables[k - 1][b] & 0xff];
}

static uint32_t
eight(uint64_t v)
{
	uint32_t crc = 0;

	for (unsigned i = 0; i < 8; i++, v >>= 8)
		crc ^= tables[7 - i][v & 0xff];
	return crc;
}

uint32_t
crc32c(uint32_t crc, const void *data, size_t len)
{
	const uint8_t *at = data;
	uint64_t word;

	if (!tables[0][1])
		make_tables();
	crc = ~crc;
	for (; len >= 8; at += 8, len -= 8) {
		memcpy(&word, at, 8);		/* The processor's order: little-endian. */
		crc = eight(word ^ crc);
	}
	for (; len; at++, len--)
		crc = crc >> 8 ^ tables[0][(crc ^ *at) & 0xff];
	return ~crc;
}
