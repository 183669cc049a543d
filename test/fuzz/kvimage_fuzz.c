/* SPDX-License-Identifier: ISC */
/* sources: fs/kvimage/format.c */
/* Images for a kv: a head and an index from anywhere, whose hashes are right when the first byte
 * says so.  What is accepted leads to nothing outside of the index and the content.
 *
 * After that byte: 64 bytes of the head, and the index. */
#include <stdlib.h>
#include "fs/kvimage/format.h"
#include "mir/err.h"
#include "test/fuzz/fuzz.h"
#include "test/unit/harness.h"

#define HEAD_INPUT 64u

static void
hash(const uint8_t *data, size_t len, uint8_t *out)
{
	struct sha256 s;

	sha256_init(&s);
	sha256_add(&s, data, len);
	sha256_end(&s, out);
}

static void
check_row(const struct kvimage_head *h, const uint8_t *index, uint32_t n)
{
	struct kvimage_row r = kvimage_row(h, index, n);
	uint32_t found;

	CHECK(kvimage_find(h, index, r.key, strlen(r.key), &found) && found == n);
	CHECK(r.data <= h->content_size && r.size <= h->content_size - r.data);
	CHECK(r.gzip <= h->content_size && r.gzip_size <= h->content_size - r.gzip);
	CHECK(strlen(r.etag) >= 3 && strpbrk(r.etag, "\r\n") == NULL);
	CHECK(strlen(r.type) >= 1 && strpbrk(r.type, "\r\n") == NULL);
	if (r.size) {
		uint64_t chunk = (r.data + r.size - 1) / h->chunk;
		const uint8_t *sum = kvimage_chunk_hash(h, index, chunk);

		CHECK(sum >= index && sum + SHA256_SIZE <= index + h->index_size);
		CHECK(kvimage_chunk_size(h, chunk) > 0);
		CHECK(h->content + chunk * h->chunk + kvimage_chunk_size(h, chunk) <=
		      h->content + h->content_size);
	}
}

void
fuzz_one(const uint8_t *data, size_t len)
{
	uint8_t head[KVIMAGE_HEAD] = { 0 }, *index;
	struct kvimage_head h;
	uint32_t found;
	size_t rest;

	if (len < 1 + HEAD_INPUT)
		return;
	rest = len - 1 - HEAD_INPUT;
	index = malloc(rest ? rest : 1);	/* To the byte: the sanitizer sees what is behind. */
	memcpy(head, data + 1, HEAD_INPUT);
	memcpy(index, data + 1 + HEAD_INPUT, rest);
	hash(index, rest, head + 64);
	if (data[0] & 1)
		hash(head, 480, head + 480);
	if (kvimage_head_parse(head, UINT64_MAX / 4, &h) == MIR_OK && h.index_size == rest &&
	    kvimage_index_check(&h, index) == MIR_OK) {
		for (uint32_t n = 0; n < h.files; n++)
			check_row(&h, index, n);
		kvimage_find(&h, index, "a", 1, &found);
		kvimage_find(&h, index, "", 0, &found);
	}
	free(index);
}
