/* SPDX-License-Identifier: ISC */
/* Opening, and the four operations by the host's calls. */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>
#include "drivers/hostblk/file.h"
#include "mir/err.h"
#include "mir/log.h"

#define HOLE	(FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE)

static int
refuse(int fd, const char *path, const char *why, int err)
{
	mir_error("hostblk", "%s: %s", path, why);
	if (fd >= 0)
		close(fd);
	return err;
}

static int
err_of(int code)
{
	switch (code) {
	case ENOENT: case ENOTDIR: return MIR_ENOENT;
	case EACCES: case EPERM: return MIR_EACCES;
	case ENOSPC: case EDQUOT: case EFBIG: return MIR_EFULL;
	case ENODEV: case ENXIO: return MIR_EGONE;
	default: return MIR_EIO;
	}
}

/* Bytes; 0 also for what is neither file nor block device. */
static uint64_t
size_of(int fd, bool *device)
{
	uint64_t bytes = 0;
	struct stat s;

	if (fstat(fd, &s))
		return 0;
	*device = S_ISBLK(s.st_mode);
	if (S_ISREG(s.st_mode))
		bytes = (uint64_t)s.st_size;
	else if (*device && ioctl(fd, BLKGETSIZE64, &bytes))
		bytes = 0;
	return bytes;
}

int
file_open(const char *path, struct mir_block_info *out)
{
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	bool writable = fd >= 0, device = false;
	uint64_t bytes;

	if (!writable && (errno == EACCES || errno == EPERM || errno == EROFS))
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return refuse(fd, path, strerror(errno), err_of(errno));
	bytes = size_of(fd, &device);
	if (bytes < FILE_SECTOR)
		return refuse(fd, path, "neither a file nor a block device of a sector at least",
			      MIR_EINVAL);
	if (flock(fd, (writable ? LOCK_EX : LOCK_SH) | LOCK_NB))
		return refuse(fd, path, "in use by another program", MIR_EACCES);
	*out = (struct mir_block_info){
		.sectors = bytes / FILE_SECTOR, .sector_size = FILE_SECTOR, .present = true,
		.read_only = !writable, .flush = true,
		/* Behind the end there is nothing to lose. */
		.discard = writable && !device &&
			   fallocate(fd, HOLE, (off_t)bytes, FILE_SECTOR) == 0 };
	return fd;
}

/* All pieces, with as many calls as the host wants. */
static int
transfer(int fd, const struct mir_block_request *r)
{
	struct iovec v[MIR_BLOCK_PIECES], *at = v, *end = v + r->piece_count;
	off_t offset = (off_t)(r->sector * FILE_SECTOR);
	ssize_t n;

	for (unsigned i = 0; i < r->piece_count; i++)
		v[i] = (struct iovec){ r->pieces[i].data, r->pieces[i].len };
	while (at < end) {
		n = r->op == MIR_BLOCK_READ ? preadv(fd, at, (int)(end - at), offset) :
					      pwritev(fd, at, (int)(end - at), offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)		/* 0: somebody cut the file. */
			return n ? err_of(errno) : MIR_EIO;
		offset += n;
		for (; at < end && (size_t)n >= at->iov_len; at++)
			n -= (ssize_t)at->iov_len;
		if (n) {
			at->iov_base = (char *)at->iov_base + n;
			at->iov_len -= (size_t)n;
		}
	}
	return MIR_OK;
}

static int
sync_data(int fd)
{
	return fdatasync(fd) ? err_of(errno) : MIR_OK;
}

int
file_do(int fd, const struct mir_block_request *r)
{
	int err;

	switch (r->op) {
	case MIR_BLOCK_READ:
		return transfer(fd, r);
	case MIR_BLOCK_WRITE:
		err = transfer(fd, r);
		return !err && r->durable ? sync_data(fd) : err;
	case MIR_BLOCK_FLUSH:
		return sync_data(fd);
	case MIR_BLOCK_DISCARD:
		return fallocate(fd, HOLE, (off_t)(r->sector * FILE_SECTOR),
				 (off_t)(r->count * FILE_SECTOR)) ? err_of(errno) : MIR_OK;
	}
	return MIR_EIO;
}
