/* SPDX-License-Identifier: ISC */
/* test/fuzz/fuzz.h - what a fuzzer has. */
#ifndef TEST_FUZZ_FUZZ_H
#define TEST_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* The fuzzer's own: one input.  Must leave nothing behind that the next one could feel. */
void fuzz_one(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* An input read as choices, front to back; behind its end come zeros. */
struct fuzz_bytes {
	const uint8_t *at;
	size_t left;
};

static inline uint8_t
fuzz_8(struct fuzz_bytes *b)
{
	if (b->left == 0)
		return 0;
	b->left--;
	return *b->at++;
}

static inline uint16_t
fuzz_16(struct fuzz_bytes *b)
{
	uint16_t high = fuzz_8(b);

	return (uint16_t)(high << 8 | fuzz_8(b));
}

static inline uint32_t
fuzz_32(struct fuzz_bytes *b)
{
	uint32_t high = fuzz_16(b);

	return high << 16 | fuzz_16(b);
}

#endif
