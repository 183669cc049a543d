/* SPDX-License-Identifier: ISC */
/* Head and index of an image: see the header for what they hold. */
#include <string.h>
#include "fs/kvimage/format.h"
#include "lib/le.h"
#include "mir/err.h"

#define VERSION		1u
#define SEALED		480u		/* Bytes of the head under its own hash. */
#define ETAG_MAX	64u
#define TYPE_MAX	100u
#define KEY_MAX		1024u

static void
hash_of(const uint8_t *data, size_t len, uint8_t out[SHA256_SIZE])
{
	struct sha256 s;

	sha256_init(&s);
	sha256_add(&s, data, len);
	sha256_end(&s, out);
}

static uint64_t
chunks(const struct kvimage_head *h)
{
	return h->content_size / h->chunk + (h->content_size % h->chunk != 0);
}

/* Within the disk, behind the head, and where a block of any disk begins. */
static bool
place_is_sound(uint64_t at, uint64_t size, uint64_t all)
{
	return at >= KVIMAGE_ALIGN && at % KVIMAGE_ALIGN == 0 && at <= all && size <= all - at;
}

int
kvimage_head_parse(const uint8_t b[KVIMAGE_HEAD], uint64_t size, struct kvimage_head *out)
{
	uint64_t all = le64(b + 16);

	*out = (struct kvimage_head){
		.chunk = le32(b + 12), .files = le32(b + 24), .index = le64(b + 32),
		.index_size = le64(b + 40), .content = le64(b + 48), .content_size = le64(b + 56) };
	if (memcmp(b, "MIRKVIMG", 8) || le32(b + 8) != VERSION)
		return MIR_EPROTO;
	hash_of(b, SEALED, out->hash);
	if (memcmp(out->hash, b + SEALED, SHA256_SIZE))
		return MIR_EPROTO;
	memcpy(out->index_hash, b + 64, SHA256_SIZE);
	if (all > size || out->chunk < KVIMAGE_ALIGN || out->chunk > KVIMAGE_CHUNK_MAX ||
	    (out->chunk & (out->chunk - 1)) || out->content_size % KVIMAGE_ALIGN ||
	    !place_is_sound(out->index, out->index_size, all) ||
	    !place_is_sound(out->content, out->content_size, all))
		return MIR_EPROTO;
	if (out->files > out->index_size / KVIMAGE_ROW)
		return MIR_EPROTO;
	return chunks(out) <= (out->index_size - (uint64_t)out->files * KVIMAGE_ROW) / SHA256_SIZE ?
	       MIR_OK : MIR_EPROTO;
}

static size_t
texts_at(const struct kvimage_head *h)
{
	return (size_t)(h->files * (uint64_t)KVIMAGE_ROW + chunks(h) * SHA256_SIZE);
}

const uint8_t *
kvimage_chunk_hash(const struct kvimage_head *h, const uint8_t *index, uint64_t n)
{
	return index + h->files * (size_t)KVIMAGE_ROW + n * SHA256_SIZE;
}

uint32_t
kvimage_chunk_size(const struct kvimage_head *h, uint64_t n)
{
	uint64_t left = h->content_size - n * h->chunk;

	return left < h->chunk ? (uint32_t)left : h->chunk;
}

struct kvimage_row
kvimage_row(const struct kvimage_head *h, const uint8_t *index, uint32_t n)
{
	const uint8_t *r = index + n * (size_t)KVIMAGE_ROW;
	const char *texts = (const char *)index + texts_at(h);

	return (struct kvimage_row){
		.key = texts + le32(r), .type = texts + le32(r + 4), .etag = texts + le32(r + 8),
		.mtime = le64(r + 16), .size = le64(r + 24), .data = le64(r + 32),
		.gzip_size = le64(r + 40), .gzip = le64(r + 48) };
}

/* Goes into a field of an HTTP answer: nothing that could end it. */
static bool
is_field(const char *s, size_t most)
{
	size_t len = 0;

	for (; s[len]; len++)
		if (len == most || s[len] < ' ' || s[len] > '~')
			return false;
	return len > 0;
}

static bool
is_etag(const char *s)
{
	size_t len = is_field(s, ETAG_MAX) ? strlen(s) : 0;

	return len > 2 && s[0] == '"' && strchr(s + 1, '"') == s + len - 1;
}

static bool
bytes_are_there(const struct kvimage_head *h, uint64_t at, uint64_t size)
{
	return at <= h->content_size && size <= h->content_size - at;
}

static bool
row_is_sound(const struct kvimage_head *h, const uint8_t *index, uint32_t n, const char *before)
{
	const uint8_t *r = index + n * (size_t)KVIMAGE_ROW;
	uint64_t room = h->index_size - texts_at(h);
	struct kvimage_row row;

	if (le32(r) >= room || le32(r + 4) >= room || le32(r + 8) >= room)
		return false;
	row = kvimage_row(h, index, n);
	return strnlen(row.key, KEY_MAX + 1) <= KEY_MAX && (!before || strcmp(before, row.key) < 0) &&
	       is_field(row.type, TYPE_MAX) && is_etag(row.etag) &&
	       bytes_are_there(h, row.data, row.size) && bytes_are_there(h, row.gzip, row.gzip_size);
}

int
kvimage_index_check(const struct kvimage_head *h, const uint8_t *index)
{
	uint8_t hash[SHA256_SIZE];
	const char *before = NULL;

	hash_of(index, (size_t)h->index_size, hash);
	if (memcmp(hash, h->index_hash, sizeof hash))
		return MIR_EPROTO;
	if (h->files && (texts_at(h) == h->index_size || index[h->index_size - 1]))
		return MIR_EPROTO;	/* The last text ends; so all do. */
	for (uint32_t n = 0; n < h->files; n++) {
		if (!row_is_sound(h, index, n, before))
			return MIR_EPROTO;
		before = kvimage_row(h, index, n).key;
	}
	return MIR_OK;
}

static int
compare(const char *key, size_t len, const char *other)
{
	size_t n = strlen(other);
	int d = memcmp(key, other, len < n ? len : n);

	return d ? d : len < n ? -1 : len > n;
}

bool
kvimage_find(const struct kvimage_head *h, const uint8_t *index, const char *key, size_t len,
	     uint32_t *out)
{
	uint32_t low = 0, high = h->files;
	int d;

	while (low < high) {
		*out = low + (high - low) / 2;
		d = compare(key, len, kvimage_row(h, index, *out).key);
		if (d == 0)
			return true;
		if (d < 0)
			high = *out;
		else
			low = *out + 1;
	}
	return false;
}
