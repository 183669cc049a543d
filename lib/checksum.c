/* SPDX-License-Identifier: ISC */
/* The internet checksum, RFC 1071.
 *
 * The sum is taken 8 bytes at a time in memory order: one's complement addition does not care
 * for the word size or byte order, so one swap at the end is enough (RFC 1071 section 2). */
#include <stdbool.h>
#include "lib/checksum.h"

static inline uint64_t
add_carry(uint64_t a, uint64_t b)
{
	a += b;
	return a + (a < b);
}

static inline uint64_t
load64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof v);
	return v;
}

static inline uint16_t
fold(uint64_t sum)
{
	sum = (sum >> 32) + (uint32_t)sum;
	sum = (sum >> 32) + (uint32_t)sum;
	sum = (sum >> 16) + (sum & 0xffff);
	sum = (sum >> 16) + (sum & 0xffff);
	return (uint16_t)sum;
}

/* Fewer than 8 bytes, as if zeros followed. */
static uint64_t
load_tail(const uint8_t *p, size_t len)
{
	uint8_t pad[8] = { 0 };

	for (size_t i = 0; i < len; i++)
		pad[i] = p[i];
	return load64(pad);
}

/* Two sums side by side, so that their carries do not wait for each other. */
static uint16_t
sum_bytes(const uint8_t *p, size_t len)
{
	uint64_t a = 0, b = 0;

	for (; len >= 32; p += 32, len -= 32) {
		a = add_carry(a, load64(p));
		b = add_carry(b, load64(p + 8));
		a = add_carry(a, load64(p + 16));
		b = add_carry(b, load64(p + 24));
	}
	for (; len >= 8; p += 8, len -= 8)
		a = add_carry(a, load64(p));
	return fold(add_carry(add_carry(a, b), load_tail(p, len)));
}

void
checksum_add(struct checksum *c, const void *data, size_t len)
{
	uint16_t s = sum_bytes(data, len);

	if (c->odd)
		s = __builtin_bswap16(s);
	c->sum = fold((uint64_t)c->sum + s);
	c->odd ^= len & 1;
}

void
checksum_add_chain(struct checksum *c, const struct mir_buf *b)
{
	for (; b; b = b->next)
		checksum_add(c, b->data, b->len);
}

void
checksum_pseudo(struct checksum *c, const struct mir_addr *src, const struct mir_addr *dst,
		uint8_t protocol, uint32_t len)
{
	size_t skip = mir_addr_is_ipv4(src) && mir_addr_is_ipv4(dst) ? 12 : 0;
	const uint8_t tail[8] = {
		(uint8_t)(len >> 24), (uint8_t)(len >> 16), (uint8_t)(len >> 8), (uint8_t)len,
		[7] = protocol };

	checksum_add(c, src->bytes + skip, 16 - skip);
	checksum_add(c, dst->bytes + skip, 16 - skip);
	checksum_add(c, tail, sizeof tail);
}

uint16_t
checksum_finish(const struct checksum *c)
{
	uint16_t s = (uint16_t)~fold(c->sum);
	uint8_t bytes[2];

	memcpy(bytes, &s, sizeof bytes);
	return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

uint16_t
checksum(const void *data, size_t len)
{
	struct checksum c = { 0 };

	checksum_add(&c, data, len);
	return checksum_finish(&c);
}
