/* SPDX-License-Identifier: ISC */
/* The kv of baked files: a binary search, and views of the image's own pages. */
#include <string.h>
#include "fs/kv/baked.h"
#include "fs/kv/table.h"
#include "mir/err.h"

static struct mir_mem content;		/* Static memory: all of the baked bytes. */

static int
compare(const char *key, size_t len, const char *other)
{
	size_t n = strlen(other);
	int d = memcmp(key, other, len < n ? len : n);

	return d ? d : len < n ? -1 : len > n;
}

static int
baked_stat(struct mir_kv *kv, const char *key, size_t len, struct mir_kv_info *out)
{
	uint64_t low = 0, high = kv_file_count, mid;
	const struct kv_file *f;
	int d;

	(void)kv;
	while (low < high) {
		mid = (low + high) / 2;
		f = &kv_files[mid];
		d = compare(key, len, f->key);
		if (d == 0) {
			*out = (struct mir_kv_info){
				.size = f->size, .mtime = f->mtime, .type = f->type,
				.etag = f->etag, .cookie = mid,
				.encoded_size = { f->size, f->gzip_size } };
			return MIR_OK;
		}
		if (d < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return MIR_ENOENT;
}

static int
baked_read(struct mir_kv *kv, const struct mir_kv_info *info, enum mir_kv_encoding e,
	   uint64_t offset, size_t len, struct mir_buf **out)
{
	const struct kv_file *f = &kv_files[info->cookie];
	const uint8_t *data = e == MIR_KV_GZIP ? f->gzip : f->data;
	uint64_t size = e == MIR_KV_GZIP ? f->gzip_size : f->size;

	(void)kv;
	if (offset > size || len > size - offset)
		return MIR_EINVAL;
	*out = mir_buf_view(&content, data + offset, len);
	return *out ? MIR_OK : MIR_ENOMEM;
}

static const char *
baked_key(struct mir_kv *kv, unsigned n)
{
	(void)kv;
	return n < kv_file_count ? kv_files[n].key : NULL;
}

static const struct mir_kv_ops baked_ops = {
	.name = "baked", .stat = baked_stat, .read = baked_read, .key = baked_key,
};

int
kv_baked_open(struct mir_kv **out)
{
	static struct mir_kv kv = { &baked_ops };

	content.base = kv_content;
	content.size = (uint32_t)kv_content_size;
	*out = &kv;
	return MIR_OK;
}
