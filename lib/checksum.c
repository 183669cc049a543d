/* SPDX-License-Identifier: ISC */
/* The internet checksum, RFC 1071.
 *
 * The sum is taken 8 bytes at a time in memory order: one's complement addition does not care
 * for the word size or byte order, so one swap at the end is enough (RFC 1071 section 2). */
#include <stdbool.h>
#include <string.h>
#include "lib/checksum.h"

typedef uint64_t word;

static inline word
load64(const uint8_t *p)
{
	word v;

	memcpy(&v, p, sizeof v);
	return v;
}

static inline uint32_t
load32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof v);
	return v;
}

static inline word
add_carry(word a, word b)
{
	a += b;
	return a + (a < b);
}

/* Fewer than 8 bytes, as if zeros followed. */
static inline word
load_tail(const uint8_t *p, size_t len)
{
	word v = 0;

	if (len & 4) {
		v = load32(p);
		p += 4;
	}
	for (size_t i = len & 4; i < len; i++)
		v |= (word)*p++ << 8 * i;
	return v;
}

/* 'blocks' of 128 bytes, one instruction for 8 bytes: C has no words for a chain of carries.  What
 * counts the blocks leaves the carry alone. */
static inline word
add_blocks(word sum, const uint8_t *p, size_t blocks)
{
	__asm__ volatile("clc\n"
		"1:	adcq	(%1), %0\n\t"
		"adcq	8(%1), %0\n\t"
		"adcq	16(%1), %0\n\t"
		"adcq	24(%1), %0\n\t"
		"adcq	32(%1), %0\n\t"
		"adcq	40(%1), %0\n\t"
		"adcq	48(%1), %0\n\t"
		"adcq	56(%1), %0\n\t"
		"adcq	64(%1), %0\n\t"
		"adcq	72(%1), %0\n\t"
		"adcq	80(%1), %0\n\t"
		"adcq	88(%1), %0\n\t"
		"adcq	96(%1), %0\n\t"
		"adcq	104(%1), %0\n\t"
		"adcq	112(%1), %0\n\t"
		"adcq	120(%1), %0\n\t"
		"leaq	128(%1), %1\n\t"
		"decq	%2\n\t"
		"jnz	1b\n\t"
		"adcq	$0, %0"
		: "+r" (sum), "+r" (p), "+r" (blocks) : : "cc", "memory");
	return sum;
}

static inline word
add32(word sum, const uint8_t *p)
{
	__asm__("addq	(%1), %0\n\t"
		"adcq	8(%1), %0\n\t"
		"adcq	16(%1), %0\n\t"
		"adcq	24(%1), %0\n\t"
		"adcq	$0, %0"
		: "+r" (sum) : "r" (p), "m" (*(const uint8_t (*)[32])p) : "cc");
	return sum;
}

static inline __attribute__((always_inline)) word
sum_bytes(const uint8_t *p, size_t len)
{
	bool small = len < 8;
	word sum = 0;

	if (len >= 128) {
		sum = add_blocks(sum, p, len / 128);
		p += len & ~(size_t)127;
		len &= 127;
	}
	for (; len >= 32; p += 32, len -= 32)
		sum = add32(sum, p);
	for (; len >= 8; p += 8, len -= 8)
		sum = add_carry(sum, load64(p));
	if (len == 0)
		return sum;
	/* The last bytes with what is before them, which is shifted out. */
	return add_carry(sum, small ? load_tail(p, len) : load64(p + len - 8) >> (64 - 8 * len));
}

/* From an odd byte on the words are seen with their bytes swapped; turning the sum by 8 bits does
 * the same. */
static inline __attribute__((always_inline)) void
add_piece(struct checksum *c, const uint8_t *p, size_t len)
{
	word s = sum_bytes(p, len);

	if (c->odd)
		s = s << 8 | s >> 56;
	c->sum = add_carry(c->sum, s);
	c->odd ^= len & 1;
}

void
checksum_add(struct checksum *c, const void *data, size_t len)
{
	add_piece(c, data, len);
}

void
checksum_add_chain(struct checksum *c, const struct mir_buf *b)
{
	struct checksum sum = *c;

	for (; b; b = b->next)
		add_piece(&sum, b->data, b->len);
	*c = sum;
}

/* What stands before IPv4 addresses in the mapped form, 0xffff twice, adds nothing. */
void
checksum_pseudo(struct checksum *c, const struct mir_addr *src, const struct mir_addr *dst,
		uint8_t protocol, uint32_t len)
{
	word tail = (word)__builtin_bswap32(len) + __builtin_bswap32(protocol);

	__asm__("addq	(%1), %0\n\t"
		"adcq	8(%1), %0\n\t"
		"adcq	(%2), %0\n\t"
		"adcq	8(%2), %0\n\t"
		"adcq	%3, %0\n\t"
		"adcq	$0, %0"
		: "+r" (c->sum) : "r" (src), "r" (dst), "r" (tail), "m" (*src), "m" (*dst) : "cc");
}

uint16_t
checksum(const void *data, size_t len)
{
	struct checksum c = { 0 };

	checksum_add(&c, data, len);
	return checksum_finish(&c);
}
