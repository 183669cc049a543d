/* SPDX-License-Identifier: ISC */
/* Open files: a large one that is sent stays open from one piece to the next, since to open it and
 * to find the place again takes longer the further that is. */
#include <string.h>
#include "fs/kvfs/impl.h"
#include "mir/err.h"

#define WORTH	(256u * 1024)		/* Bytes; smaller files are closed at once. */

/* NULL: one that may be used for something else, or none when all are busy. */
static struct kvfs_handle *
handle_for(struct kvfs *k, const struct kvfs_entry *e, enum mir_kv_encoding enc, bool *match)
{
	struct kvfs_handle *best = NULL;

	*match = false;
	for (struct kvfs_handle *h = k->handles; h < k->handles + CONFIG_KVFS_OPEN; h++) {
		*match = h->entry == e && h->encoding == enc && h->generation == e->generation &&
			 h->volumes == k->fs->volumes && !h->busy;
		if (*match)
			return h;
		if (!h->busy && (!best || !h->entry || (best->entry && h->used < best->used)))
			best = h;
	}
	return best;
}

static void
close_handle(struct kvfs_handle *h)
{
	if (h->entry)
		h->file->ops->close(h->file);
	h->entry = NULL;
}

void
kvfs_close_all(struct kvfs *k, struct kvfs_entry *e)
{
	for (struct kvfs_handle *h = k->handles; h < k->handles + CONFIG_KVFS_OPEN; h++)
		if (h->entry && !h->busy && (!e || h->entry == e))
			close_handle(h);
}

static int
open_entry(struct kvfs *k, struct kvfs_entry *e, enum mir_kv_encoding enc, struct mir_file **out)
{
	char path[KVFS_PATH];
	size_t len = strlen(e->key);

	memcpy(path, e->key, len);
	memcpy(path + len, enc == MIR_KV_GZIP ? ".gz" : "", enc == MIR_KV_GZIP ? 4 : 1);
	return k->fs->ops->open(k->fs, path, MIR_FS_READ, out);
}

/* All of [offset, offset + len), by as many calls as it takes. */
static int
read_all(struct mir_file *f, uint64_t offset, size_t len, struct mir_buf **out)
{
	struct mir_buf *all = NULL, *b;
	int n;

	for (; len; offset += (uint64_t)n, len -= (size_t)n) {
		n = f->ops->read(f, offset, len < 1u << 20 ? (uint32_t)len : 1u << 20, &b);
		if (n <= 0) {
			mir_buf_free(all);
			return n ? n : MIR_EIO;
		}
		mir_buf_append(&all, b);
	}
	*out = all;
	return MIR_OK;
}

int
kvfs_read(struct kvfs *k, struct kvfs_entry *e, enum mir_kv_encoding enc, uint64_t offset,
	  size_t len, struct mir_buf **out)
{
	uint64_t size = enc == MIR_KV_GZIP ? e->gzip.size : e->file.size;
	struct kvfs_handle *h, one;
	bool match, keep;
	int err = MIR_OK;

	h = handle_for(k, e, enc, &match);
	keep = h && size >= WORTH && offset + len < size;
	if (!match) {
		if (h && keep)
			close_handle(h);
		else
			h = &one;
		*h = (struct kvfs_handle){ .busy = true, .encoding = enc,
			.generation = e->generation, .volumes = k->fs->volumes };
		err = open_entry(k, e, enc, &h->file);
		if (!err)
			h->entry = e;
	}
	h->busy = true;
	if (!err)
		err = read_all(h->file, offset, len, out);
	h->busy = false;
	h->used = ++k->handle_clock;
	if (!keep || err || h == &one)
		close_handle(h);
	mir_wake(&k->worked);
	return err;
}
