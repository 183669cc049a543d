/* SPDX-License-Identifier: ISC */
/* The kv in memory: values are copied in, in a list that is sorted by key. */
#include <string.h>
#include "fs/mem/mem.h"
#include "fs/mem/path.h"
#include "lib/siphash.h"
#include "mir/err.h"
#include "mir/format.h"
#include "mir/page.h"
#include "mir/pool.h"

#define KEY_MAX		255u
#define ETAG		19		/* Sixteen digits, two quotes, 0. */

struct entry {
	struct entry *next;
	struct mir_buf *value;		/* NULL: empty. */
	uint64_t size, mtime, serial;
	char etag[ETAG];
	char key[KEY_MAX + 1];
};

struct kv_mem {
	struct mir_kv_rw kv;		/* First. */
	struct mir_clock *clock;
	struct entry *first;
	uint64_t bytes, serial;
};

static struct mir_pool entries = MIR_POOL(struct entry, "kv_mem values", CONFIG_KV_MEM_VALUES);

/* The link to the first entry whose key is not before 'key'. */
static struct entry **
place(struct kv_mem *kv, const char *key)
{
	struct entry **link = &kv->first;

	while (*link && strcmp((*link)->key, key) < 0)
		link = &(*link)->next;
	return link;
}

static bool
copy_key(char to[KEY_MAX + 1], const char *key, size_t len)
{
	if (len == 0 || len > KEY_MAX || memchr(key, '\0', len))
		return false;
	memcpy(to, key, len);
	to[len] = '\0';
	return path_is_valid(to);
}

static struct entry *
lookup(struct kv_mem *kv, const char *key, size_t len)
{
	char copy[KEY_MAX + 1];
	struct entry *e;

	if (!copy_key(copy, key, len))
		return NULL;
	e = *place(kv, copy);
	return e && strcmp(e->key, copy) == 0 ? e : NULL;
}

static int
mem_stat(struct mir_kv *kv, const char *key, size_t len, struct mir_kv_info *out)
{
	const struct entry *e = lookup((struct kv_mem *)kv, key, len);

	if (!e)
		return MIR_ENOENT;
	*out = (struct mir_kv_info){
		.size = e->size, .mtime = e->mtime, .type = "application/octet-stream",
		.etag = e->etag, .cookie = e->serial, .encoded_size = { e->size } };
	return MIR_OK;
}

/* By the cookie: what was looked at may have been replaced or removed. */
static int
mem_read(struct mir_kv *base, const struct mir_kv_info *info, enum mir_kv_encoding e,
	 uint64_t offset, size_t len, struct mir_buf **out)
{
	const struct entry *at = ((struct kv_mem *)base)->first;

	while (at && at->serial != info->cookie)
		at = at->next;
	if (!at)
		return MIR_ENOENT;
	if (e != MIR_KV_IDENTITY || offset > at->size || len > at->size - offset)
		return MIR_EINVAL;
	*out = len ? mir_buf_clone(at->value, (size_t)offset, len) : mir_buf_alloc(0, 0);
	return *out ? MIR_OK : MIR_ENOMEM;
}

static const char *
mem_key(struct mir_kv *kv, unsigned n)
{
	const struct entry *e = ((struct kv_mem *)kv)->first;

	for (; e && n; n--)
		e = e->next;
	return e ? e->key : NULL;
}

/* Packs the bytes, so that a view of a few does not hold a page. */
static int
copy_value(const struct mir_buf *from, size_t len, struct mir_buf **out)
{
	struct mir_buf *b;
	size_t n;

	*out = NULL;
	for (size_t at = 0; at < len; at += n) {
		n = len - at < MIR_PAGE_SIZE ? len - at : MIR_PAGE_SIZE;
		b = mir_buf_alloc(0, n);
		if (!b) {
			mir_buf_free(*out);
			return MIR_ENOMEM;
		}
		mir_buf_copy_out(from, at, b->data, n);
		mir_buf_append(out, b);
	}
	return MIR_OK;
}

static uint64_t
hash_of(const struct mir_buf *b)
{
	static const uint8_t key[SIPHASH_KEY] = "mir's kv in mem";
	uint64_t parts[2] = { 0, 0 };

	for (; b; b = b->next) {
		parts[1] = siphash(key, b->data, b->len);
		parts[0] = siphash(key, parts, sizeof parts);
	}
	return parts[0];
}

static void
fill(struct kv_mem *kv, struct entry *e, struct mir_buf *value, size_t size)
{
	mir_buf_free(e->value);
	kv->bytes = kv->bytes - e->size + size;
	e->value = value;
	e->size = size;
	e->serial = ++kv->serial;
	e->mtime = mir_clock_wall(kv->clock) / MIR_SEC(1);
	mir_snprintf(e->etag, sizeof e->etag, "\"%016llx\"", (unsigned long long)hash_of(value));
}

static struct entry *
add(struct kv_mem *kv, const char *key)
{
	struct entry **link = place(kv, key), *e = mir_pool_get(&entries);

	if (!e)
		return NULL;
	memcpy(e->key, key, strlen(key) + 1);
	e->next = *link;
	*link = e;
	return e;
}

static int
mem_put(struct mir_kv_rw *base, const char *key, size_t len, struct mir_buf *value)
{
	struct kv_mem *kv = (struct kv_mem *)base;
	struct entry *e = lookup(kv, key, len);
	uint64_t others = kv->bytes - (e ? e->size : 0);
	size_t size = mir_buf_len(value);
	char copy[KEY_MAX + 1];
	struct mir_buf *packed;

	if (!copy_key(copy, key, len))
		return MIR_EINVAL;
	if (size > CONFIG_KV_MEM_KIB * 1024ull)
		return MIR_EMSGSIZE;
	if (size > CONFIG_KV_MEM_KIB * 1024ull - others)
		return MIR_EFULL;
	if (copy_value(value, size, &packed))
		return MIR_ENOMEM;
	e = e ? e : add(kv, copy);
	if (!e) {
		mir_buf_free(packed);
		return MIR_EFULL;
	}
	fill(kv, e, packed, size);
	mir_buf_free(value);
	return MIR_OK;
}

static int
mem_remove(struct mir_kv_rw *base, const char *key, size_t len)
{
	struct kv_mem *kv = (struct kv_mem *)base;
	struct entry *e = lookup(kv, key, len);

	if (!e)
		return MIR_ENOENT;
	*place(kv, e->key) = e->next;
	kv->bytes -= e->size;
	mir_buf_free(e->value);
	mir_pool_put(&entries, e);
	return MIR_OK;
}

void
kv_mem_clear(struct mir_kv_rw *base)
{
	struct kv_mem *kv = (struct kv_mem *)base;

	while (kv->first)
		mem_remove(base, kv->first->key, strlen(kv->first->key));
}

int
kv_mem_open(struct mir_clock *clock, struct mir_kv_rw **out)
{
	static const struct mir_kv_ops read = {
		.name = "memory", .stat = mem_stat, .read = mem_read, .key = mem_key };
	static const struct mir_kv_rw_ops write = { .put = mem_put, .remove = mem_remove };
	static struct kv_mem kv = { .kv = { { &read }, &write } };

	kv.clock = clock;
	*out = &kv.kv;
	return MIR_OK;
}
