/* SPDX-License-Identifier: ISC */
/* Unpacks DEFLATE (RFC 1951) before anything else of the image is there.
 *
 * This and unpack.c may call nothing but each other, and have no canary yet.  The stream was made
 * with the image that holds it: what can't be in one stops the machine, and nothing more. */
#include <string.h>
#include "arch/x86_64/inflate.h"

#define INFLATE		__attribute__((no_stack_protector))
#define LITERALS	288
#define DISTANCES	32
#define END		256		/* The symbol that ends a block. */

struct input {
	const uint8_t *at;
	uint64_t bits;			/* Those read, 'have' of them not used yet. */
	unsigned have;
};

struct code {
	uint16_t *entry;		/* By the next bits: symbol << 4 | the bits that are its own. */
	unsigned mask;
};

/* At least 56 bits, which are more than a match needs. */
INFLATE static inline void
refill(struct input *in)
{
	uint64_t next;

	memcpy(&next, in->at, sizeof next);
	in->bits |= next << in->have;
	in->at += (63 - in->have) >> 3;
	in->have |= 56;
}

INFLATE static inline unsigned
take(struct input *in, unsigned count)
{
	unsigned value = (unsigned)in->bits & ((1u << count) - 1);

	in->bits >>= count;
	in->have -= count;
	return value;
}

INFLATE static inline unsigned
decode(struct input *in, const struct code *c)
{
	unsigned e = c->entry[in->bits & c->mask];

	take(in, e & 15);
	return e >> 4;
}

INFLATE static unsigned
reversed(unsigned code, unsigned bits)
{
	unsigned r = 0;

	for (; bits; bits--, code >>= 1)
		r = r << 1 | (code & 1);
	return r;
}

/* Section 3.2.2: codes of one length follow each other, and behind the last of them, doubled, come
 * the longer ones.  They are read from their high bit, all else from its low one. */
INFLATE static void
make_code(struct code *c, const uint8_t *length, unsigned symbols)
{
	unsigned count[INFLATE_BITS + 1], next[INFLATE_BITS + 1], longest = 1;

	for (unsigned i = 0; i <= INFLATE_BITS; i++)
		count[i] = 0;
	for (unsigned i = 0; i < symbols; i++)
		count[length[i]]++;
	next[1] = 0;
	for (unsigned i = 1; i < INFLATE_BITS; i++) {
		next[i + 1] = (next[i] + count[i]) << 1;
		if (count[i + 1])
			longest = i + 1;
	}
	c->mask = (1u << longest) - 1;
	for (unsigned i = 0; i < symbols; i++) {
		if (!length[i])
			continue;
		for (unsigned at = reversed(next[length[i]]++, length[i]); at <= c->mask;
		     at += 1u << length[i])
			c->entry[at] = (uint16_t)(i << 4 | length[i]);
	}
}

/* Section 3.2.7: the codes' lengths are packed by a code of their own. */
INFLATE static void
dynamic_codes(struct input *in, struct code *literals, struct code *distances)
{
	static const uint8_t order[19] = {
		16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15 };
	uint8_t length[LITERALS + DISTANCES + 138];
	unsigned literal_count = take(in, 5) + 257;
	unsigned all = literal_count + take(in, 5) + 1, given = take(in, 4) + 4;
	unsigned n = 0, symbol, repeat;
	uint8_t value;

	for (unsigned i = 0; i < sizeof order; i++) {
		refill(in);
		length[order[i]] = i < given ? (uint8_t)take(in, 3) : 0;
	}
	make_code(literals, length, sizeof order);
	while (n < all) {
		refill(in);
		symbol = decode(in, literals);
		value = symbol < 16 ? (uint8_t)symbol : symbol == 16 ? length[n - 1] : 0;
		repeat = symbol < 16 ? 1 : symbol == 16 ? take(in, 2) + 3 :
		    symbol == 17 ? take(in, 3) + 3 : take(in, 7) + 11;
		while (repeat--)
			length[n++] = value;
	}
	make_code(literals, length, literal_count);
	make_code(distances, length + literal_count, all - literal_count);
}

/* Section 3.2.6. */
INFLATE static void
fixed_codes(struct code *literals, struct code *distances)
{
	uint8_t length[LITERALS];

	for (unsigned i = 0; i < LITERALS; i++)
		length[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
	make_code(literals, length, LITERALS);
	for (unsigned i = 0; i < DISTANCES; i++)
		length[i] = 5;
	make_code(distances, length, DISTANCES);
}

/* What symbol 257 + n says; section 3.2.5, whose tables follow rules. */
INFLATE static unsigned
match_length(struct input *in, unsigned n)
{
	unsigned extra = (n >> 2) - 1;

	if (n < 8)
		return 3 + n;
	return n == 28 ? 258 : 3 + ((4 + (n & 3)) << extra) + take(in, extra);
}

INFLATE static unsigned
match_distance(struct input *in, unsigned n)
{
	unsigned extra = (n >> 1) - 1;

	return n < 4 ? 1 + n : 1 + ((2 + (n & 1)) << extra) + take(in, extra);
}

INFLATE static uint8_t *
coded_block(struct input *in, uint8_t *to, const struct code *literals,
	    const struct code *distances)
{
	unsigned symbol, length, distance;

	for (;;) {
		refill(in);
		symbol = decode(in, literals);
		if (symbol == END)
			return to;
		if (symbol < END) {
			*to++ = (uint8_t)symbol;
			continue;
		}
		length = match_length(in, symbol - 257);
		distance = match_distance(in, decode(in, distances));
		for (; length; length--, to++)
			*to = *(to - distance);
	}
}

/* Drops the rest of the byte, and takes back those behind it. */
INFLATE static void
back_to_byte(struct input *in)
{
	in->at -= in->have >> 3;
	in->bits = 0;
	in->have = 0;
}

INFLATE static uint8_t *
stored_block(struct input *in, uint8_t *to)
{
	unsigned length;

	back_to_byte(in);
	length = in->at[0] | (unsigned)in->at[1] << 8;
	for (in->at += 4; length; length--)
		*to++ = *in->at++;
	return to;
}

INFLATE const uint8_t *
inflate(const uint8_t *from, uint8_t *to, uint16_t tables[2][INFLATE_TABLE])
{
	struct input in = { from, 0, 0 };
	struct code literals = { tables[0], 0 }, distances = { tables[1], 0 };
	unsigned last, type;

	do {
		refill(&in);
		last = take(&in, 1);
		type = take(&in, 2);
		if (type == 0) {
			to = stored_block(&in, to);
			continue;
		}
		if (type == 1)
			fixed_codes(&literals, &distances);
		else
			dynamic_codes(&in, &literals, &distances);
		to = coded_block(&in, to, &literals, &distances);
	} while (!last);
	back_to_byte(&in);
	return in.at;
}
