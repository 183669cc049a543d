/* SPDX-License-Identifier: ISC */
/* Open addresses, linear probing; the home of an entry follows from its tag alone, so that a
 * removal can close its gap. */
#include <stdlib.h>
#include <string.h>
#include "fs/store/log_index.h"
#include "lib/siphash.h"
#include "mir/err.h"
#include "mir/panic.h"

#define FIRST_SIZE 512u

/* How many of so many slots may be used. */
static uint32_t
most_of(uint32_t slots)
{
	return slots / 8 * 7;
}

int
log_index_open(struct log_index *x, size_t bytes, uint64_t key)
{
	size_t slots = bytes / sizeof *x->slots;

	MIR_ASSERT(slots >= 16 && slots <= UINT32_MAX);
	*x = (struct log_index){ .slots_max = (uint32_t)slots, .limit = most_of((uint32_t)slots),
				 .key = key };
	x->size = slots < FIRST_SIZE ? (uint32_t)slots : FIRST_SIZE;
	x->slots = calloc(x->size, sizeof *x->slots);
	return x->slots ? MIR_OK : MIR_ENOMEM;
}

void
log_index_close(struct log_index *x)
{
	free(x->slots);
	x->slots = NULL;
}

static uint32_t
tag_of(uint64_t slot)
{
	return (uint32_t)(slot >> 32);
}

static uint32_t
home_of(const struct log_index *x, uint32_t tag)
{
	return (uint32_t)((uint64_t)tag * x->size >> 32);
}

static uint32_t
next(const struct log_index *x, uint32_t i)
{
	return i + 1 == x->size ? 0 : i + 1;
}

/* Where that entry is, or the empty slot where the search ended. */
static uint32_t
seek(const struct log_index *x, uint32_t tag, uint32_t place)
{
	uint64_t want = (uint64_t)tag << 32 | place;
	uint32_t i = home_of(x, tag);

	while (x->slots[i] && x->slots[i] != want)
		i = next(x, i);
	return i;
}

unsigned
log_index_find(const struct log_index *x, uint32_t tag, uint32_t places[LOG_SAME])
{
	unsigned n = 0;

	for (uint32_t i = home_of(x, tag); x->slots[i] && n < LOG_SAME; i = next(x, i))
		if (tag_of(x->slots[i]) == tag)
			places[n++] = (uint32_t)x->slots[i];
	return n;
}

bool
log_index_has(const struct log_index *x, uint32_t tag, uint32_t place)
{
	return x->slots[seek(x, tag, place)] != 0;
}

/* Twice as many slots, or as many as there may be. */
static int
grow(struct log_index *x)
{
	struct log_index larger = *x;

	larger.size = x->size > x->slots_max / 2 ? x->slots_max : 2 * x->size;
	larger.slots = calloc(larger.size, sizeof *larger.slots);
	if (!larger.slots)
		return MIR_ENOMEM;
	for (uint32_t i = 0; i < x->size; i++)
		if (x->slots[i])
			larger.slots[seek(&larger, tag_of(x->slots[i]), (uint32_t)x->slots[i])] =
				x->slots[i];
	free(x->slots);
	*x = larger;
	return MIR_OK;
}

int
log_index_make_room(struct log_index *x)
{
	if (x->used < most_of(x->size))
		return MIR_OK;
	return x->size < x->slots_max ? grow(x) : MIR_ENOMEM;
}

bool
log_index_has_room(const struct log_index *x, uint32_t tag)
{
	uint32_t places[LOG_SAME];

	return x->used < most_of(x->size) && log_index_find(x, tag, places) < LOG_SAME;
}

int
log_index_add(struct log_index *x, uint32_t tag, uint32_t place)
{
	uint32_t i;

	if (log_index_make_room(x) || !log_index_has_room(x, tag))
		return MIR_ENOMEM;
	i = seek(x, tag, place);
	x->used += x->slots[i] == 0;
	x->slots[i] = (uint64_t)tag << 32 | place;
	return MIR_OK;
}

void
log_index_move(struct log_index *x, uint32_t tag, uint32_t from, uint32_t to)
{
	uint32_t i = seek(x, tag, from);

	if (x->slots[i])
		x->slots[i] = (uint64_t)tag << 32 | to;
}

/* Whether an entry with that home, which stands at 'at', may stand at 'gap', too. */
static bool
may_move(uint32_t home, uint32_t gap, uint32_t at)
{
	return gap <= at ? home <= gap || home > at : home <= gap && home > at;
}

void
log_index_remove(struct log_index *x, uint32_t tag, uint32_t place)
{
	uint32_t gap = seek(x, tag, place);

	if (!x->slots[gap])
		return;
	for (uint32_t i = next(x, gap); x->slots[i]; i = next(x, i)) {
		if (may_move(home_of(x, tag_of(x->slots[i])), gap, i)) {
			x->slots[gap] = x->slots[i];
			gap = i;
		}
	}
	x->slots[gap] = 0;
	x->used--;
}

uint32_t
log_index_tag(const struct log_index *x, const struct mir_oid *id)
{
	const uint64_t key[2] = { x->key, 0x6d69722d6c6f67 };
	uint64_t words[2];

	memcpy(words, id->bytes, sizeof words);
	return (uint32_t)siphash_words(key, words, 2);
}
