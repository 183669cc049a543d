/* SPDX-License-Identifier: ISC */
/* lib/checksum: against a plain 16-bit loop, pieces of odd lengths, both pseudo headers. */
#include <string.h>
#include "lib/checksum.h"
#include "test/unit/harness.h"

/* RFC 1071's definition, word by word. */
static uint16_t
by_words(const uint8_t *p, size_t len)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < len; i++)
		sum += i % 2 ? p[i] : (uint32_t)p[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static void
fill(uint8_t *p, size_t len, uint32_t seed)
{
	for (size_t i = 0; i < len; i++) {
		seed = seed * 1664525 + 1013904223;
		p[i] = (uint8_t)(seed >> 24);
	}
}

TEST(checksum_rfc1071_example)
{
	static const uint8_t bytes[] = { 0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7 };

	CHECK_EQ(checksum(bytes, sizeof bytes), (uint16_t)~0xddf2);
}

TEST(checksum_every_length_and_alignment)
{
	uint8_t bytes[300];

	fill(bytes, sizeof bytes, 1);
	for (size_t at = 0; at < 9; at++)
		for (size_t len = 0; len + at <= sizeof bytes; len++)
			CHECK_EQ(checksum(bytes + at, len), by_words(bytes + at, len));
}

TEST(checksum_all_ones_carries)
{
	uint8_t bytes[4096];

	memset(bytes, 0xff, sizeof bytes);
	for (size_t len = sizeof bytes - 40; len <= sizeof bytes; len++)
		CHECK_EQ(checksum(bytes, len), by_words(bytes, len));
}

TEST(checksum_pieces_of_odd_lengths)
{
	uint8_t bytes[257];
	struct checksum c;

	fill(bytes, sizeof bytes, 7);
	for (size_t a = 0; a < 40; a++)
		for (size_t b = a; b < 80; b++) {
			c = (struct checksum){ 0 };
			checksum_add(&c, bytes, a);
			checksum_add(&c, bytes + a, b - a);
			checksum_add(&c, bytes + b, sizeof bytes - b);
			CHECK_EQ(checksum_finish(&c), by_words(bytes, sizeof bytes));
		}
}

TEST(checksum_chain)
{
	uint8_t bytes[100];
	struct mir_mem mem = { .size = sizeof bytes, .base = bytes };
	struct mir_buf c = { .mem = &mem, .data = bytes + 20, .len = 80 };
	struct mir_buf b = { .next = &c, .mem = &mem, .data = bytes + 13, .len = 7 };
	struct mir_buf a = { .next = &b, .mem = &mem, .data = bytes, .len = 13 };
	struct checksum sum = { 0 };

	fill(bytes, sizeof bytes, 3);
	checksum_add_chain(&sum, &a);
	CHECK_EQ(checksum_finish(&sum), by_words(bytes, sizeof bytes));
}

TEST(checksum_pseudo_headers)
{
	struct mir_addr a4 = { { [10] = 0xff, 0xff, 10, 0, 0, 1 } };
	struct mir_addr b4 = { { [10] = 0xff, 0xff, 10, 0, 0, 2 } };
	struct mir_addr a6 = { { 0xfe, 0x80, [15] = 1 } };
	struct mir_addr b6 = { { 0xfe, 0x80, [15] = 2 } };
	static const uint8_t p4[] = { 10, 0, 0, 1, 10, 0, 0, 2, 0, 6, 0x12, 0x34 };
	uint8_t p6[40] = { 0xfe, 0x80, [15] = 1, 0xfe, 0x80, [31] = 2,
			   0, 1, 0x12, 0x34, 0, 0, 0, 6 };
	struct checksum c4 = { 0 }, c6 = { 0 };

	checksum_pseudo(&c4, &a4, &b4, 6, 0x1234);
	CHECK_EQ(checksum_finish(&c4), by_words(p4, sizeof p4));
	checksum_pseudo(&c6, &a6, &b6, 6, 0x11234);
	CHECK_EQ(checksum_finish(&c6), by_words(p6, sizeof p6));
}

TEST(checksum_verifies_to_zero)
{
	uint8_t bytes[64];
	uint16_t sum;

	fill(bytes, sizeof bytes, 9);
	bytes[10] = bytes[11] = 0;
	sum = checksum(bytes, sizeof bytes);
	bytes[10] = (uint8_t)(sum >> 8);
	bytes[11] = (uint8_t)sum;
	CHECK_EQ(checksum(bytes, sizeof bytes), 0);
	bytes[20] ^= 1;
	CHECK(checksum(bytes, sizeof bytes) != 0);
}
