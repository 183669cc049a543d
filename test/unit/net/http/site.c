/* SPDX-License-Identifier: ISC */
/* The HTTP tests' site. */
#include <string.h>
#include "mir/err.h"
#include "test/unit/net/http/site.h"

static uint8_t big[SITE_BIG];

static struct value {
	const char *key, *type, *etag;
	const uint8_t *data, *gzip;
	size_t size, gzip_size;
	struct mir_mem mem, gzip_mem;
} values[] = {
	{ .key = "index.html", .type = "text/html", .etag = "\"i1\"",
	  .data = (const uint8_t *)"hello", .size = 5,
	  .gzip = (const uint8_t *)"GZ!", .gzip_size = 3 },
	{ .key = "docs/index.html", .type = "text/html", .etag = "\"d1\"",
	  .data = (const uint8_t *)"docs", .size = 4 },
	{ .key = "a b.txt", .type = "text/plain", .etag = "\"s1\"",
	  .data = (const uint8_t *)"0123456789", .size = 10 },
	{ .key = "big.bin", .type = "application/octet-stream", .etag = "\"b1\"",
	  .data = big, .size = SITE_BIG },
	{ .key = "b %/\xc3\xa4/index.html", .type = "text/html", .etag = "\"u1\"",
	  .data = (const uint8_t *)"u", .size = 1 },
	{ .key = "broken", .type = "text/plain", .etag = "\"n1\"", .size = 100 },
	{ .key = "empty", .type = "text/plain", .etag = "\"e1\"",
	  .data = (const uint8_t *)"", .size = 0 },
};

static int
site_stat(struct mir_kv *kv, const char *key, size_t len, struct mir_kv_info *out)
{
	(void)kv;
	if (len == 4 && memcmp(key, "busy", 4) == 0)
		return MIR_ENOMEM;
	if (len == 4 && memcmp(key, "disk", 4) == 0)
		return MIR_EIO;
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		const struct value *v = &values[i];

		if (strlen(v->key) == len && memcmp(v->key, key, len) == 0) {
			*out = (struct mir_kv_info){ .size = v->size, .mtime = 784111777,
				.type = v->type, .etag = v->etag, .cookie = i,
				.encoded_size = { v->size, v->gzip_size } };
			return MIR_OK;
		}
	}
	return MIR_ENOENT;
}

static int
site_read(struct mir_kv *kv, const struct mir_kv_info *info, enum mir_kv_encoding e,
	  uint64_t offset, size_t len, struct mir_buf **out)
{
	struct value *v = &values[info->cookie];
	const uint8_t *data = e == MIR_KV_GZIP ? v->gzip : v->data;

	(void)kv;
	if (!data)
		return MIR_EIO;
	*out = mir_buf_view(e == MIR_KV_GZIP ? &v->gzip_mem : &v->mem, data + offset, len);
	return *out ? MIR_OK : MIR_ENOMEM;
}

static const struct mir_kv_ops site_ops = { .name = "site", .stat = site_stat,
	.read = site_read };

struct mir_kv *
site_open(void)
{
	static struct mir_kv kv = { &site_ops };

	for (size_t i = 0; i < SITE_BIG; i++)
		big[i] = (uint8_t)(i * 7);
	return &kv;
}
