/* SPDX-License-Identifier: ISC */
/* The references: all in memory, and all in each segment's first record. */
#include <stdlib.h>
#include <string.h>
#include "fs/store/log_state.h"
#include "lib/bytes.h"
#include "mir/err.h"

#define START_FIXED 8u			/* Numbers of segments and references. */
#define START_REF (MIR_OID_SIZE + 1u)	/* Before a name. */

/* The first one that isn't before 'name'. */
static uint32_t
place_of(const struct store_log *l, const char *name)
{
	uint32_t low = 0, high = l->ref_count;

	while (low < high) {
		uint32_t middle = (low + high) / 2;

		if (strcmp(l->refs[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct log_ref *
log_ref_find(struct store_log *l, const char *name)
{
	uint32_t i = place_of(l, name);

	return i < l->ref_count && strcmp(l->refs[i].name, name) == 0 ? &l->refs[i] : NULL;
}

static uint32_t
bitmap_bytes(const struct store_log *l)
{
	return (l->super.segments + 7) / 8;
}

static size_t
start_size_with(const struct store_log *l, uint32_t refs)
{
	return START_FIXED + bitmap_bytes(l) + (size_t)refs * (START_REF + MIR_REF_MAX);
}

/* Those that are gone for sure. */
static void
forget_removed(struct store_log *l)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < l->ref_count; i++)
		if (l->refs[i].there || l->refs[i].taken_there || l->refs[i].stable_there)
			l->refs[n++] = l->refs[i];
	l->ref_count = n;
}

struct log_ref *
log_ref_make(struct store_log *l, const char *name)
{
	uint32_t i;

	forget_removed(l);
	if (l->ref_count == l->ref_max ||
	    start_size_with(l, l->ref_count + 1) > l->super.segment_bytes / 4)
		return NULL;
	i = place_of(l, name);
	memmove(&l->refs[i + 1], &l->refs[i], (l->ref_count - i) * sizeof *l->refs);
	l->ref_count++;
	l->refs[i] = (struct log_ref){ .there = false };
	memcpy(l->refs[i].name, name, strlen(name));
	return &l->refs[i];
}

/* git-check-ref-format (1), as far as it guards what reads names: the store above knows the rest. */
bool
log_ref_name_is_valid(const char *name, size_t len)
{
	if (len == 0 || len >= MIR_REF_MAX || name[0] == '/' || name[len - 1] == '/')
		return false;
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)name[i] <= ' ' || strchr("~^:?*[\\\x7f", name[i]))
			return false;
		if (i && name[i - 1] == name[i] && (name[i] == '/' || name[i] == '.'))
			return false;
	}
	return true;
}

size_t
log_start_size(const struct store_log *l)
{
	size_t size = START_FIXED + bitmap_bytes(l);

	for (uint32_t i = 0; i < l->ref_count; i++)
		if (l->refs[i].there)
			size += START_REF + strlen(l->refs[i].name);
	return size;
}

void
log_start_build(const struct store_log *l, uint8_t *to)
{
	uint8_t *bits = to + START_FIXED, *at = bits + bitmap_bytes(l);
	uint32_t count = 0;

	memset(bits, 0, bitmap_bytes(l));
	for (uint32_t i = 0; i < l->super.segments; i++)
		if (l->segments[i].use == LOG_USED || l->segments[i].use == LOG_DAMAGED)
			bits[i / 8] |= (uint8_t)(1u << i % 8);
	for (uint32_t i = 0; i < l->ref_count; i++) {
		const struct log_ref *ref = &l->refs[i];
		size_t len = strlen(ref->name);

		if (!ref->there)
			continue;
		memcpy(at, ref->value.bytes, MIR_OID_SIZE);
		at[MIR_OID_SIZE] = (uint8_t)len;
		memcpy(at + START_REF, ref->name, len);
		at += START_REF + len;
		count++;
	}
	put32(to, l->super.segments);
	put32(to + 4, count);
}

static int
parse_ref(struct store_log *l, const uint8_t *at, size_t left, size_t *used)
{
	char name[MIR_REF_MAX] = "";
	struct log_ref *ref;
	size_t len;

	if (left < START_REF || left - START_REF < at[MIR_OID_SIZE])
		return MIR_EPROTO;
	len = at[MIR_OID_SIZE];
	if (!log_ref_name_is_valid((const char *)at + START_REF, len))
		return MIR_EPROTO;
	memcpy(name, at + START_REF, len);
	if (log_ref_find(l, name))
		return MIR_EPROTO;
	ref = log_ref_make(l, name);
	if (!ref)
		return MIR_ENOMEM;
	ref->there = true;
	memcpy(ref->value.bytes, at, MIR_OID_SIZE);
	*used = START_REF + len;
	return MIR_OK;
}

int
log_start_parse(struct store_log *l, const uint8_t *data, size_t len)
{
	size_t at = START_FIXED + bitmap_bytes(l), used = 0;
	uint32_t count;
	int err = MIR_OK;

	if (len < at || get32(data) != l->super.segments)
		return MIR_EPROTO;
	count = get32(data + 4);
	for (uint32_t i = 0; i < l->super.segments; i++)
		l->segments[i].use = data[START_FIXED + i / 8] >> i % 8 & 1 ? LOG_USED : LOG_UNUSED;
	for (; !err && count; count--, at += used)
		err = parse_ref(l, data + at, len - at, &used);
	return err;
}

void
log_refs_take(struct store_log *l)
{
	for (uint32_t i = 0; i < l->ref_count; i++) {
		l->refs[i].taken = l->refs[i].value;
		l->refs[i].taken_there = l->refs[i].there;
	}
}

/* One that was made in the meantime has 'taken_there' false, as it was. */
void
log_refs_keep(struct store_log *l)
{
	for (uint32_t i = 0; i < l->ref_count; i++) {
		l->refs[i].stable = l->refs[i].taken;
		l->refs[i].stable_there = l->refs[i].taken_there;
	}
}

void
log_refs_revert(struct store_log *l)
{
	for (uint32_t i = 0; i < l->ref_count; i++) {
		l->refs[i].value = l->refs[i].stable;
		l->refs[i].there = l->refs[i].stable_there;
	}
}
