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
#define SMALL	512u
#define LARGE	4096u

unsigned file_sector_size;

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
	case EOPNOTSUPP: return MIR_ENOSYS;
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

/* Bytes of a sector, and what the host writes at once. */
static void
read_sizes(int fd, bool device, struct mir_block_info *info)
{
	int logical = 0;
	unsigned physical = 0;
	struct stat s;

	info->sector_size = file_sector_size ? file_sector_size : SMALL;
	if (device) {
		if (ioctl(fd, BLKSSZGET, &logical) == 0 && logical > (int)info->sector_size)
			info->sector_size = LARGE;
		if (ioctl(fd, BLKPBSZGET, &physical) == 0)
			info->physical_size = physical;
	} else if (fstat(fd, &s) == 0) {
		info->physical_size = (uint32_t)s.st_blksize;
	}
	if (info->physical_size < info->sector_size || info->physical_size & (info->physical_size - 1))
		info->physical_size = info->sector_size;
}

bool
file_resized(int fd, struct mir_block_info *info)
{
	bool device = false;
	uint64_t sectors = size_of(fd, &device) / info->sector_size;

	if (sectors == info->sectors)
		return false;
	info->sectors = sectors;
	return true;
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
	*out = (struct mir_block_info){ .present = true, .read_only = !writable, .flush = true };
	read_sizes(fd, device, out);
	if (bytes < out->sector_size)
		return refuse(fd, path, "neither a file nor a block device of a sector at least",
			      MIR_EINVAL);
	if (flock(fd, (writable ? LOCK_EX : LOCK_SH) | LOCK_NB))
		return refuse(fd, path, "in use by another program", MIR_EACCES);
	out->sectors = bytes / out->sector_size;
	/* Behind a file's end there is nothing to lose; a device shows with the first discard. */
	out->discard = writable && (device || fallocate(fd, HOLE, (off_t)bytes, SMALL) == 0);
	return fd;
}

/* All pieces, with as many calls as the host wants. */
static int
transfer(int fd, unsigned sector_size, const struct mir_block_request *r)
{
	struct iovec v[MIR_BLOCK_PIECES], *at = v, *end = v + r->piece_count;
	off_t offset = (off_t)(r->sector * sector_size);
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
file_do(int fd, unsigned sector_size, const struct mir_block_request *r)
{
	int err;

	switch (r->op) {
	case MIR_BLOCK_READ:
		return transfer(fd, sector_size, r);
	case MIR_BLOCK_WRITE:
		err = transfer(fd, sector_size, r);
		return !err && r->durable ? sync_data(fd) : err;
	case MIR_BLOCK_FLUSH:
		return sync_data(fd);
	case MIR_BLOCK_DISCARD:
		return fallocate(fd, HOLE, (off_t)(r->sector * sector_size),
				 (off_t)(r->count * sector_size)) ? err_of(errno) : MIR_OK;
	}
	return MIR_EIO;
}
