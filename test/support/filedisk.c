/* SPDX-License-Identifier: ISC */
/* Requests by pread and pwrite. */
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "mir/err.h"
#include "test/support/filedisk.h"

#define HOLE (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE)

static bool
is_zeros(const uint8_t *p, size_t len)
{
	return len == 0 || (p[0] == 0 && memcmp(p, p + 1, len - 1) == 0);
}

static int
piece(int fd, enum mir_block_op op, const struct mir_block_piece *p, off_t at)
{
	ssize_t n;

	if (op == MIR_BLOCK_READ)
		n = pread(fd, p->data, p->len, at);
	else if (is_zeros(p->data, p->len) && fallocate(fd, HOLE, at, p->len) == 0)
		n = p->len;
	else
		n = pwrite(fd, p->data, p->len, at);
	return n == (ssize_t)p->len ? MIR_OK : MIR_EIO;
}

static int
serve(struct mir_block *b, const struct mir_block_request *r)
{
	struct filedisk *d = (struct filedisk *)b;
	off_t at = (off_t)(r->sector * d->block.info.sector_size);
	int err = MIR_OK;

	if (r->op == MIR_BLOCK_DISCARD)
		return fallocate(d->fd, HOLE, at, (off_t)(r->count * d->block.info.sector_size)) ?
		       MIR_EIO : MIR_OK;
	for (unsigned i = 0; r->op != MIR_BLOCK_FLUSH && i < r->piece_count && !err; i++) {
		err = piece(d->fd, r->op, &r->pieces[i], at);
		at += r->pieces[i].len;
	}
	return err;
}

static int
submit(struct mir_block *b, struct mir_block_request *r)
{
	return mir_block_queue_add(&((struct filedisk *)b)->queue, r);
}

struct mir_block *
filedisk_open(struct filedisk *d, const char *path, uint32_t sector_size)
{
	static const struct mir_block_ops ops = { .name = "file", .submit = submit };
	struct stat s;
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &s))
		return NULL;
	*d = (struct filedisk){
		.block = { .ops = &ops, .info = { .present = true, .discard = true, .flush = true,
			.sectors = (uint64_t)s.st_size / sector_size, .sector_size = sector_size } },
		.fd = fd };
	mir_block_queue_init(&d->queue, &d->block, FILEDISK_DEPTH, serve);
	return &d->block;
}

void
filedisk_close(struct filedisk *d)
{
	close(d->fd);
}
