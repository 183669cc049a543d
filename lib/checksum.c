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

/* The whole words of 'len' bytes, an instruction for each: C has no words for a chain of carries.  The
 * first round enters the chain so far before its end (at 2) as it has words left over; the
 * instructions there are of 4 bytes, half of a word.  The subtraction that leads there leaves no
 * carry, and what counts the rounds leaves it alone. */
static inline word
add_words(word sum, const uint8_t *p, size_t len)
{
	size_t first = len & 0x78, rounds = len / 128;
	const void *entry;

	p += first;
	__asm__ volatile("leaq	2f(%%rip), %3\n\t"
		"subq	%4, %3\n\t"
		"jmp	*%3\n"
		"1:\n\t"
		"adcq	-128(%1), %0\n\t"
		"adcq	-120(%1), %0\n\t"
		"adcq	-112(%1), %0\n\t"
		"adcq	-104(%1), %0\n\t"
		"adcq	-96(%1), %0\n\t"
		"adcq	-88(%1), %0\n\t"
		"adcq	-80(%1), %0\n\t"
		"adcq	-72(%1), %0\n\t"
		"adcq	-64(%1), %0\n\t"
		"adcq	-56(%1), %0\n\t"
		"adcq	-48(%1), %0\n\t"
		"adcq	-40(%1), %0\n\t"
		"adcq	-32(%1), %0\n\t"
		"adcq	-24(%1), %0\n\t"
		"adcq	-16(%1), %0\n\t"
		"adcq	-8(%1), %0\n\t"
		"2:	leaq	128(%1), %1\n\t"
		"decq	%2\n\t"
		"jns	1b\n\t"
		"adcq	$0, %0"
		: "+a" (sum), "+S" (p), "+r" (rounds), "=&r" (entry) : "r" (first / 2) : "cc", "memory");
	return sum;
}

static inline __attribute__((always_inline)) word
add_bytes(word sum, const uint8_t *p, size_t len)
{
	sum = add_words(sum, p, len);
	if (!(len & 7))
		return sum;
	/* The last bytes with what is before them, which is shifted out. */
	return add_carry(sum, len < 8 ? load_tail(p, len) : load64(p + len - 8) >> (-8 * len & 63));
}

/* From an odd byte on the words are seen with their bytes swapped; turning the sum by 8 bits does
 * the same. */
static __attribute__((noinline)) void
add_odd(struct checksum *c, const uint8_t *p, size_t len)
{
	word sum = add_bytes(c->sum >> 8 | c->sum << 56, p, len);

	c->sum = sum << 8 | sum >> 56;
}

uint64_t
checksum_sum(uint64_t sum, const void *data, size_t len)
{
	return add_bytes(sum, data, len);
}

void
checksum_add(struct checksum *c, const void *data, size_t len)
{
	if (c->odd)
		add_odd(c, data, len);
	else
		c->sum = add_bytes(c->sum, data, len);
	c->odd ^= len & 1;
}

void
checksum_add_chain(struct checksum *c, const struct mir_buf *b)
{
	word sum = c->sum;
	size_t len = c->odd;

	for (; b && !(len & 1); b = b->next) {
		len = b->len;
		sum = add_bytes(sum, b->data, len);
	}
	c->sum = sum;
	c->odd = len & 1;
	for (; b; b = b->next)
		checksum_add(c, b->data, b->len);
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
