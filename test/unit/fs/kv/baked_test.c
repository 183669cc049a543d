/* SPDX-License-Identifier: ISC */
/* Baked files: a table as scripts/bake would write it, looked up and read. */
#include "fs/kv/baked.h"
#include "fs/kv/table.h"
#include "mir/err.h"
#include "test/unit/harness.h"

#define FILE(name, at, n) { .key = (name), .type = "text/plain", .etag = "\"e\"", .mtime = 7, \
	.size = (n), .data = kv_content + (at), .gzip_size = 2, .gzip = kv_content + 8 }

uint8_t kv_content[10] = "01234567gz";
const uint64_t kv_content_size = sizeof kv_content;
const struct kv_file kv_files[] = {
	FILE("a", 0, 3), FILE("a/b", 1, 3), FILE("ab", 2, 3), FILE("b", 8, 0), FILE("\xc3\xa4", 0, 8),
};
const uint64_t kv_file_count = sizeof kv_files / sizeof *kv_files;

static struct mir_kv *
opened(void)
{
	struct mir_kv *kv = NULL;

	CHECK_EQ(kv_baked_open(&kv), MIR_OK);
	return kv;
}

TEST(each_key_is_found)
{
	struct mir_kv *kv = opened();
	struct mir_kv_info info;

	for (unsigned i = 0; i < kv_file_count; i++) {
		const char *key = kv->ops->key(kv, i);

		CHECK_STR(key, kv_files[i].key);
		CHECK_EQ(mir_kv_stat(kv, key, strlen(key), &info), MIR_OK);
		CHECK_EQ(info.cookie, i);
		CHECK_EQ(info.size, kv_files[i].size);
		CHECK_EQ(info.mtime, 7);
		CHECK_EQ(info.encoded_size[MIR_KV_IDENTITY], info.size);
		CHECK_EQ(info.encoded_size[MIR_KV_GZIP], 2);
	}
	CHECK(!kv->ops->key(kv, (unsigned)kv_file_count));
}

TEST(other_keys_are_not)
{
	static const char *const absent[] = { "", "0", "A", "a/", "a/a", "a/b/", "abc", "aa", "c",
		"\xc3", "\xc3\xa5", "\xff" };
	struct mir_kv *kv = opened();
	struct mir_kv_info info;

	for (unsigned i = 0; i < sizeof absent / sizeof *absent; i++)
		CHECK_MSG(mir_kv_stat(kv, absent[i], strlen(absent[i]), &info) == MIR_ENOENT,
			  "'%s' is found", absent[i]);
	CHECK_EQ(mir_kv_stat(kv, "a\0b", 3, &info), MIR_ENOENT);
}

TEST(a_value_is_a_view_of_the_content)
{
	struct mir_kv *kv = opened();
	struct mir_kv_info info;
	struct mir_buf *b;

	CHECK_EQ(mir_kv_stat(kv, "ab", 2, &info), MIR_OK);
	CHECK_EQ(mir_kv_read(kv, &info, MIR_KV_IDENTITY, 1, 2, &b), MIR_OK);
	CHECK(b->data == kv_content + 3 && b->len == 2 && !b->next);
	CHECK_EQ(mir_buf_headroom(b), 0);
	mir_buf_free(b);
	CHECK_EQ(mir_kv_read(kv, &info, MIR_KV_GZIP, 0, 2, &b), MIR_OK);
	CHECK_MEM(b->data, "gz", 2);
	mir_buf_free(b);
}

TEST(nothing_beyond_a_value_is_read)
{
	static const struct { uint64_t offset; size_t len; int want; } reads[] = {
		{ 0, 3, MIR_OK }, { 3, 0, MIR_OK }, { 0, 4, MIR_EINVAL }, { 3, 1, MIR_EINVAL },
		{ 4, 0, MIR_EINVAL }, { 1, SIZE_MAX, MIR_EINVAL }, { UINT64_MAX, 2, MIR_EINVAL },
	};
	struct mir_kv *kv = opened();
	struct mir_kv_info info;
	struct mir_buf *b;

	CHECK_EQ(mir_kv_stat(kv, "a", 1, &info), MIR_OK);
	for (unsigned i = 0; i < sizeof reads / sizeof *reads; i++) {
		b = NULL;
		CHECK_EQ(mir_kv_read(kv, &info, MIR_KV_IDENTITY, reads[i].offset, reads[i].len, &b),
			 reads[i].want);
		mir_buf_free(b);
	}
}
