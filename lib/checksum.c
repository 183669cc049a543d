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

static inline uint16_t
fold(word sum)
{
	sum = (sum >> 32) + (uint32_t)sum;
	sum = (sum >> 32) + (uint32_t)sum;
	sum = (sum >> 16) + (sum & 0xffff);
	sum = (sum >> 16) + (sum & 0xffff);
	return (uint16_t)sum;
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

/* One instruction for 8 bytes: C has no words for a chain of carries. */
static inline word
add64(word sum, const uint8_t *p)
{
	__asm__("addq	(%1), %0\n\t"
		"adcq	8(%1), %0\n\t"
		"adcq	16(%1), %0\n\t"
		"adcq	24(%1), %0\n\t"
		"adcq	32(%1), %0\n\t"
		"adcq	40(%1), %0\n\t"
		"adcq	48(%1), %0\n\t"
		"adcq	56(%1), %0\n\t"
		"adcq	$0, %0"
		: "+r" (sum) : "r" (p), "m" (*(const uint8_t (*)[64])p) : "cc");
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

static word
sum_bytes(const uint8_t *p, size_t len)
{
	bool small = len < 8;
	word sum = 0;

	for (; len >= 128; p += 128, len -= 128)
		sum = add64(add64(sum, p), p + 64);
	if (len >= 64) {
		sum = add64(sum, p);
		p += 64;
		len -= 64;
	}
	if (len >= 32) {
		sum = add32(sum, p);
		p += 32;
		len -= 32;
	}
	for (; len >= 8; p += 8, len -= 8)
		sum = add_carry(sum, load64(p));
	if (len == 0)
		return sum;
	/* The last bytes with what is before them, which is shifted out. */
	return add_carry(sum, small ? load_tail(p, len) : load64(p + len - 8) >> (64 - 8 * len));
}

/* From an odd byte on the words are seen with their bytes swapped; turning the sum by 8 bits does
 * the same. */
void
checksum_add(struct checksum *c, const void *data, size_t len)
{
	word s = sum_bytes(data, len);

	if (c->odd)
		s = s << 8 | s >> 56;
	c->sum = add_carry(c->sum, s);
	c->odd ^= len & 1;
}

void
checksum_add_chain(struct checksum *c, const struct mir_buf *b)
{
	for (; b; b = b->next)
		checksum_add(c, b->data, b->len);
}

/* What is before the IPv4 address in the mapped form doesn't count. */
static word
sum_addresses(const struct mir_addr *src, const struct mir_addr *dst)
{
	const uint8_t *s = src->bytes, *d = dst->bytes;
	word sum = (word)load32(s + 12) + load32(d + 12);

	if (mir_addr_is_ipv4(src) && mir_addr_is_ipv4(dst))
		return sum;
	sum = add_carry(sum, (word)load32(s + 8) + load32(d + 8));
	return add_carry(add_carry(sum, load64(s)), load64(d));
}

void
checksum_pseudo(struct checksum *c, const struct mir_addr *src, const struct mir_addr *dst,
		uint8_t protocol, uint32_t len)
{
	word tail = (word)__builtin_bswap32(len) + __builtin_bswap32(protocol);

	c->sum = add_carry(add_carry(c->sum, tail), sum_addresses(src, dst));
}

uint16_t
checksum_finish(const struct checksum *c)
{
	return __builtin_bswap16((uint16_t)~fold(c->sum));
}

uint16_t
checksum(const void *data, size_t len)
{
	struct checksum c = { 0 };

	checksum_add(&c, data, len);
	return checksum_finish(&c);
}
