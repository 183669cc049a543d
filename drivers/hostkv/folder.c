/* SPDX-License-Identifier: ISC */
/* Opens files below a folder.  The folder itself is looked up each time: one that was moved away
 * and replaced, as generators of sites do, is the new one at once. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "drivers/hostkv/folder.h"
#include "lib/sitekey.h"
#include "mir/err.h"

static int
err_of(int code)
{
	switch (code) {
	case ENOENT: case ENOTDIR: case ENAMETOOLONG: case ELOOP:
	case EXDEV:			/* Leads out of the folder. */
	case ENXIO:			/* A socket. */
		return MIR_ENOENT;
	case EACCES: case EPERM:
		return MIR_EACCES;
	case EMFILE: case ENFILE: case ENOMEM:
		return MIR_ENOMEM;
	case EAGAIN: case EINTR:
		return MIR_EAGAIN;
	default:
		return MIR_EIO;
	}
}

int
hostkv_file_id(int fd, struct hostkv_id *out)
{
	struct stat s;

	if (fstat(fd, &s))
		return MIR_EIO;
	*out = (struct hostkv_id){
		.device = s.st_dev, .inode = s.st_ino, .size = (uint64_t)s.st_size,
		.modified = s.st_mtim.tv_sec * 1000000000 + s.st_mtim.tv_nsec,
		.changed = s.st_ctim.tv_sec * 1000000000 + s.st_ctim.tv_nsec };
	return S_ISREG(s.st_mode) ? MIR_OK : MIR_ENOENT;
}

bool
hostkv_same_id(const struct hostkv_id *a, const struct hostkv_id *b)
{
	return a->device == b->device && a->inode == b->inode && a->size == b->size &&
	       a->modified == b->modified && a->changed == b->changed;
}

/* Not waiting for the other end of a FIFO.  A name that changes while it is looked up makes
 * the host give EAGAIN: once more, then. */
static int
open_below(int folder, const char *path)
{
	struct open_how how = {
		.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS };
	int fd = -1;

	for (int tries = 0; tries < 8 && fd < 0; tries++) {
		fd = (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
		if (fd < 0 && errno != EAGAIN && errno != EINTR)
			break;
	}
	return fd < 0 ? err_of(errno) : fd;
}

int
hostkv_file_open(const char *folder, const char *key, size_t key_len, struct hostkv_id *out)
{
	char path[PATH_MAX];
	int base, fd, err;

	if (key_len >= sizeof path || !sitekey_is_valid(key, key_len))
		return MIR_ENOENT;
	memcpy(path, key, key_len);
	path[key_len] = '\0';
	base = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (base < 0)
		return err_of(errno);
	fd = open_below(base, path);
	close(base);
	if (fd < 0)
		return fd;
	err = hostkv_file_id(fd, out);
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}
