/* SPDX-License-Identifier: ISC */
/* Random changes, made to a volume and to a folder of the host alike: afterwards they must hold the
 * same. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "mir/err.h"
#include "test/fat/tree.h"

#define NAMES	24u
#define SIZE	40000u

static unsigned state;

static unsigned
below(unsigned n)
{
	state = state * 1103515245u + 12345u;
	return (state >> 8) % n;
}

/* Some names are there, others not; some in a folder; long and short ones. */
static void
pick(char path[200], unsigned which)
{
	static const char *const forms[] = { "churn/F%u.BIN", "churn/a long name, number %u", "churn/d/x%u",
					     "churn/\xd0\xb8\xd0\xbc\xd1\x8f %u.txt" };

	snprintf(path, 200, forms[which % 4], which);
}

static void
host_path(char to[600], const char *host, const char *path)
{
	snprintf(to, 600, "%s/%s", host, path);
}

static int
change_write(struct mir_fs *fs, const char *path, const char *there)
{
	static uint8_t bytes[SIZE];
	unsigned offset = below(SIZE), len = 1 + below(SIZE - 1), seed = below(251);
	struct mir_buf *b;
	struct mir_file *f;
	int fd, err;

	for (unsigned i = 0; i < len; i++)
		bytes[i] = (uint8_t)(seed + i * 7);
	err = fs->ops->open(fs, path, MIR_FS_WRITE | MIR_FS_CREATE, &f);
	if (err)
		return err;
	b = mir_buf_copy_in(bytes, len);
	err = f->ops->write(f, offset, b);
	f->ops->close(f);
	if (err) {
		mir_buf_free(b);
		return err;
	}
	fd = open(there, O_WRONLY | O_CREAT, 0666);
	if (fd < 0 || pwrite(fd, bytes, len, offset) != (ssize_t)len)
		err = MIR_EIO;
	close(fd);
	return err;
}

static int
change_truncate(struct mir_fs *fs, const char *path, const char *there)
{
	unsigned size = below(SIZE);
	struct mir_file *f;
	int err = fs->ops->open(fs, path, MIR_FS_WRITE, &f);

	if (err)
		return err;
	err = f->ops->truncate(f, size);
	f->ops->close(f);
	return err ? err : truncate(there, size) ? MIR_EIO : MIR_OK;
}

static int
step(struct mir_fs *fs, const char *host)
{
	char path[200], other[200], there[600], there_too[600];
	unsigned what = below(10);
	int err;

	pick(path, below(NAMES));
	pick(other, below(NAMES));
	host_path(there, host, path);
	host_path(there_too, host, other);
	if (what < 5)
		return change_write(fs, path, there);
	if (what < 7)
		return access(there, F_OK) ? MIR_OK : change_truncate(fs, path, there);
	if (what < 8) {
		err = fs->ops->remove(fs, path);
		if (access(there, F_OK))
			return err == MIR_ENOENT ? MIR_OK : MIR_EPROTO;
		return err ? err : unlink(there) ? MIR_EIO : MIR_OK;
	}
	if (what < 9) {
		err = below(2) ? mir_fs_replace(fs, path, other)
		    : fs->ops->rename(fs, path, other);
		if (access(there, F_OK))
			return err == MIR_ENOENT ? MIR_OK : MIR_EPROTO;
		return err ? err : rename(there, there_too) ? MIR_EIO : MIR_OK;
	}
	return fs->ops->sync(fs);
}

int
tree_churn(struct mir_fs *fs, const char *host, unsigned seed, unsigned count)
{
	char there[600];
	int err = fs->ops->mkdir(fs, "churn");

	if (!err)
		err = fs->ops->mkdir(fs, "churn/d");
	host_path(there, host, "churn");
	mkdir(there, 0777);
	host_path(there, host, "churn/d");
	mkdir(there, 0777);
	state = seed;
	for (unsigned i = 0; i < count && !err; i++) {
		err = step(fs, host);
		if (err)
			printf("# churn: step %u of seed %u: %s\n", i, seed, mir_err_name(err));
	}
	return err;
}
