/* SPDX-License-Identifier: ISC */
/* Reading: long stretches straight into the caller's pages, short ones by way of the cache. */
#include <string.h>
#include "fs/fat/cache.h"
#include "fs/fat/file.h"
#include "mir/err.h"
#include "mir/page.h"

#define SHORT	MIR_PAGE_SIZE		/* Bytes; fewer are copied. */
#define LONGEST	(1u << 20)		/* Of one read. */

int
fat_locate(struct fat_node *n, uint32_t offset, uint32_t len, uint64_t *at, uint32_t *have)
{
	struct fat *v = n->v;
	uint32_t size = v->geo.cluster_size, into = offset % size, cluster, count;
	int r = fat_chain_run(v, &n->chain, offset / size, (into + len - 1) / size + 1, &cluster,
			      &count);

	if (r != 1)
		return r ? r : MIR_EPROTO;	/* The chain is shorter than the size says. */
	*at = fat_cluster_at(v, cluster) + into;
	*have = count * size - into < len ? count * size - into : len;
	return MIR_OK;
}

static int
read_short(struct fat *v, uint64_t at, uint32_t len, struct mir_buf **out)
{
	struct mir_buf *b = mir_buf_alloc(0, len);
	int err = b ? fat_cache_read(v, at, b->data, len) : MIR_ENOMEM;

	if (err)
		mir_buf_free(b);
	else
		mir_buf_append(out, b);
	return err;
}

/* Whole sectors, a page at a time; the last piece may be shorter. */
static int
add_pages(struct fat_io *io, uint64_t at, uint32_t len, struct mir_buf **out)
{
	struct mir_buf *b;
	uint32_t n;

	for (; len; at += n, len -= n) {
		n = len < MIR_PAGE_SIZE ? len : MIR_PAGE_SIZE;
		b = mir_buf_alloc(0, MIR_PAGE_SIZE);
		if (!b)
			return MIR_ENOMEM;
		b->len = n;
		mir_buf_append(out, b);
		fat_io_add(io, MIR_BLOCK_READ, at, b->data, n);
	}
	return MIR_OK;
}

/* Whole sectors around the bytes.  The views are of the bytes alone, before they are there. */
static int
read_long(struct fat_io *io, uint64_t at, uint32_t len, struct mir_buf **out)
{
	uint32_t unit = io->v->device_sector, before = (uint32_t)(at % unit);
	uint32_t whole = (before + len + unit - 1) / unit * unit;
	struct mir_buf *b = NULL;
	int err = add_pages(io, at - before, whole, &b);

	b = mir_buf_trim_front(b, before);
	if (b)
		mir_buf_trim_to(b, len);
	mir_buf_append(out, b);
	fat_stats.data_reads++;
	return err;
}

/* What the cache has is newer, and may be gone from there before the device has answered. */
static int
read_around(struct fat *v, uint64_t at, uint32_t len, struct mir_buf **out)
{
	struct mir_buf *b = NULL;
	struct fat_io io;
	int err, wrong;

	fat_io_begin(&io, v);
	err = read_long(&io, at, len, &b);
	wrong = fat_io_end(&io);
	for (struct mir_buf *p = b; p; at += p->len, p = p->next)
		fat_cache_overlay(v, at, p->data, p->len);
	mir_buf_append(out, b);
	return err ? err : wrong;
}

static int
read_run(struct fat_io *io, uint64_t at, uint32_t len, struct mir_buf **out)
{
	if (len < SHORT)
		return read_short(io->v, at, len, out);
	if (fat_cache_is_newer(io->v, at, len))
		return read_around(io->v, at, len, out);
	return read_long(io, at, len, out);
}

int
fat_read(struct fat_node *n, uint64_t offset, uint32_t len, struct fat_io *io,
	 struct mir_buf **out)
{
	uint32_t have, done = 0;
	uint64_t at;
	int err = MIR_OK;

	*out = NULL;
	if (offset >= n->size)
		return 0;
	len = len < LONGEST ? len : LONGEST;
	len = len < n->size - offset ? len : (uint32_t)(n->size - offset);
	while (done < len && !err) {
		err = fat_locate(n, (uint32_t)offset + done, len - done, &at, &have);
		if (err && done)		/* What can be read is. */
			return (int)done;
		if (!err)
			err = read_run(io, at, have, out);
		done += have;
	}
	return err ? err : (int)done;
}

int
fat_read_now(struct fat_node *n, uint64_t offset, uint32_t len, struct mir_buf **out)
{
	struct fat_io io;
	int got, err;

	fat_io_begin(&io, n->v);
	got = fat_read(n, offset, len, &io, out);
	err = fat_io_end(&io);
	if (got >= 0 && !err)
		return got;
	mir_buf_free(*out);
	*out = NULL;
	return err ? err : got;
}
