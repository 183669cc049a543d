/* SPDX-License-Identifier: ISC */
/* sources: fs/kv/baked.c */
/* The baked table: any key and any range, against a search from end to end.
 *
 * The table itself is no foreign input: scripts/bake writes it and the build links it in. */
#include "fs/kv/baked.h"
#include "fs/kv/table.h"
#include "mir/err.h"
#include "test/fuzz/fuzz.h"
#include "test/unit/harness.h"

#define FILE(name, at, n, z) { .key = (name), .type = "text/plain", .etag = "\"e\"", .mtime = 7, \
	.size = (n), .data = kv_content + (at), .gzip_size = (z), .gzip = kv_content + 40 }

uint8_t kv_content[64] = "0123456789abcdefghijklmnopqrstuvwxyz";
const uint64_t kv_content_size = sizeof kv_content;
const struct kv_file kv_files[] = {	/* Some are the beginning of others; some are not ASCII. */
	FILE("", 0, 1, 0), FILE("\x01", 0, 9, 3), FILE("a", 0, 3, 1), FILE("a b", 1, 3, 0),
	FILE("a/b", 1, 3, 24), FILE("aa", 5, 59, 0), FILE("aaa", 2, 3, 0), FILE("b", 8, 0, 0),
	FILE("index.html", 9, 9, 9), FILE("z", 63, 1, 0), FILE("\x7f", 10, 10, 0),
	FILE("\xc3\xa4", 0, 8, 0), FILE("\xff", 30, 2, 0), FILE("\xff\xff", 0, 64, 0),
};
const uint64_t kv_file_count = sizeof kv_files / sizeof *kv_files;

static const struct kv_file *
find(const uint8_t *key, size_t len)
{
	for (unsigned i = 0; i < kv_file_count; i++)
		if (strlen(kv_files[i].key) == len && memcmp(kv_files[i].key, key, len) == 0)
			return &kv_files[i];
	return NULL;
}

static void
read_range(struct mir_kv *kv, const struct mir_kv_info *info, const struct kv_file *f,
	   struct fuzz_bytes *in)
{
	enum mir_kv_encoding e = fuzz_8(in) & 1 ? MIR_KV_GZIP : MIR_KV_IDENTITY;
	uint64_t offset = fuzz_8(in), len = fuzz_8(in), size = info->encoded_size[e];
	const uint8_t *data = e == MIR_KV_GZIP ? f->gzip : f->data;
	struct mir_buf *b;

	if (offset == 255)
		offset = UINT64_MAX - len;
	if (mir_kv_read(kv, info, e, offset, len, &b)) {
		CHECK(offset > size || len > size - offset);
		return;
	}
	CHECK(offset + len <= size && mir_buf_len(b) == len);
	CHECK_MEM(b->data, data + offset, len);
	mir_buf_free(b);
}

/* Three bytes choose a range; the rest is the key. */
void
fuzz_one(const uint8_t *data, size_t len)
{
	struct fuzz_bytes in = { data, len };
	const uint8_t *key = len < 3 ? data : data + 3;
	size_t key_len = len < 3 ? 0 : len - 3;
	const struct kv_file *f = find(key, key_len);
	struct mir_kv_info info;
	struct mir_kv *kv;

	CHECK_EQ(kv_baked_open(&kv), MIR_OK);
	CHECK_EQ(mir_kv_stat(kv, (const char *)key, key_len, &info), f ? MIR_OK : MIR_ENOENT);
	if (!f)
		return;
	CHECK(info.size == f->size && info.encoded_size[MIR_KV_GZIP] == f->gzip_size);
	CHECK_STR(kv->ops->key(kv, (unsigned)(f - kv_files)), f->key);
	read_range(kv, &info, f, &in);
}
