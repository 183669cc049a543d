/* SPDX-License-Identifier: ISC */
/* What a file's bytes say: the ETag, and whether another file is its gzip variant (RFC 1952). */
#include <string.h>
#include "fs/kvfs/impl.h"
#include "lib/crc32.h"
#include "lib/le.h"
#include "lib/sha256.h"
#include "mir/err.h"
#include "mir/format.h"
#include "mir/stats.h"
#include "mir/task.h"

#define STEP		65536u		/* Bytes read at a time. */
#define GZIP_MIN	18u		/* Bytes of an empty one: head and trailer. */

static uint64_t hashed, unhashed;
MIR_COUNTER(kvfs_hashed, &hashed, "files read to learn their hash");
MIR_COUNTER(kvfs_unhashed, &unhashed, "files too large for that, known by size and time");

static void
etag_of(struct sha256 *s, char to[KVFS_ETAG])
{
	uint8_t sum[SHA256_SIZE];

	sha256_end(s, sum);
	to[0] = '"';
	for (unsigned i = 0; i < 10; i++)
		mir_snprintf(to + 1 + 2 * i, 3, "%02x", sum[i]);
	memcpy(to + 21, "\"", 2);
}

static int
pass(struct mir_file *f, uint64_t size, struct sha256 *s, uint32_t *crc)
{
	struct mir_buf *b;
	uint64_t at = 0;
	int n;

	do {
		n = f->ops->read(f, at, STEP, &b);
		if (n <= 0)
			return n ? n : at == size ? MIR_OK : MIR_EIO;
		for (const struct mir_buf *p = b; p; p = p->next) {
			sha256_add(s, p->data, p->len);
			*crc = crc32_add(*crc, p->data, p->len);
		}
		mir_buf_free(b);
		at += (uint64_t)n;
		mir_yield();
	} while (at <= size);
	return MIR_EIO;			/* It grew. */
}

int
kvfs_digest(struct kvfs *k, const char *path, const struct kvfs_file *f, struct kvfs_digest *out)
{
	struct mir_file *file;
	struct sha256 s;
	int err;

	*out = (struct kvfs_digest){ 0 };
	if (f->size > CONFIG_KVFS_HASH_KIB * 1024ull) {
		unhashed++;
		mir_snprintf(out->etag, sizeof out->etag, "\"%llx-%llx-%llx\"",
			     (unsigned long long)f->size, (unsigned long long)f->mtime,
			     (unsigned long long)k->fs->volumes);
		return MIR_OK;
	}
	hashed++;
	err = k->fs->ops->open(k->fs, path, MIR_FS_READ, &file);
	if (err)
		return err;
	sha256_init(&s);
	err = pass(file, f->size, &s, &out->crc);
	file->ops->close(file);
	etag_of(&s, out->etag);
	out->has_crc = !err;
	return err;
}

static int
read_part(struct mir_file *f, uint64_t offset, uint8_t *to, uint32_t len)
{
	struct mir_buf *b = NULL;
	int n = f->ops->read(f, offset, len, &b);

	if (n < 0)
		return n;
	if (n > 0)
		mir_buf_copy_out(b, 0, to, len);
	mir_buf_free(b);
	return (uint32_t)n == len ? MIR_OK : MIR_EIO;
}

int
kvfs_is_variant(struct kvfs *k, const char *path, uint64_t gzip_size, uint64_t size, uint32_t crc,
		bool *out)
{
	struct mir_file *f;
	uint8_t head[4], tail[8];
	int err;

	*out = false;
	if (gzip_size < GZIP_MIN || gzip_size >= size)
		return MIR_OK;
	err = k->fs->ops->open(k->fs, path, MIR_FS_READ, &f);
	if (err)
		return err;
	err = read_part(f, 0, head, sizeof head);
	if (!err)
		err = read_part(f, gzip_size - sizeof tail, tail, sizeof tail);
	f->ops->close(f);
	*out = !err && head[0] == 0x1f && head[1] == 0x8b && head[2] == 8 && le32(tail) == crc &&
	       le32(tail + 4) == (uint32_t)size;
	return err;
}
