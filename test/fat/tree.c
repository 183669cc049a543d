/* SPDX-License-Identifier: ISC */
/* Copies trees of files. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "mir/err.h"
#include "test/fat/tree.h"

#define STEP 65536u

static uint8_t bytes[STEP];

static int
said(const char *what, const char *path, int err)
{
	if (err)
		printf("# %s %s: %s\n", what, path, mir_err_name(err));
	return err;
}

static int
write_at(struct mir_file *f, uint64_t at, const void *data, size_t len)
{
	struct mir_buf *b = mir_buf_copy_in(data, len);
	int err = b ? f->ops->write(f, at, b) : MIR_ENOMEM;

	if (err)
		mir_buf_free(b);
	return err;
}

/* Data by pieces of one size, with a shorter one now and then, so that all paths are used. */
static int
copy_data(int fd, struct mir_file *f, off_t at, off_t end)
{
	static unsigned turn;
	int err = MIR_OK;

	while (at < end && !err) {
		size_t len = turn++ % 3 == 2 ? 777 : STEP;
		ssize_t n = pread(fd, bytes, (off_t)len < end - at ? len : (size_t)(end - at), at);

		if (n <= 0)
			return MIR_EIO;
		err = write_at(f, (uint64_t)at, bytes, (size_t)n);
		at += n;
	}
	return err;
}

static int
copy_in(int fd, struct mir_file *f, off_t size)
{
	off_t data = 0, hole;
	int err = f->ops->truncate(f, 0);

	while (!err && (data = lseek(fd, data, SEEK_DATA)) >= 0 && data < size) {
		hole = lseek(fd, data, SEEK_HOLE);
		err = copy_data(fd, f, data, hole);
		data = hole;
	}
	return err ? err : f->ops->truncate(f, (uint64_t)size);
}

int
tree_put(struct mir_fs *fs, const char *host, const char *path)
{
	struct mir_file *f;
	struct stat s;
	int fd = open(host, O_RDONLY), err;

	if (fd < 0 || fstat(fd, &s))
		return said("put", host, MIR_ENOENT);
	err = fs->ops->open(fs, path, MIR_FS_WRITE | MIR_FS_CREATE, &f);
	if (!err) {
		err = copy_in(fd, f, s.st_size);
		f->ops->close(f);
	}
	close(fd);
	if (!err)
		err = mir_fs_set_mtime(fs, path, (uint64_t)s.st_mtime);
	return said("put", path, err);
}

static bool
is_zeros(const uint8_t *p, size_t len)
{
	return p[0] == 0 && memcmp(p, p + 1, len - 1) == 0;
}

static int
copy_out(struct mir_file *f, int fd)
{
	struct mir_buf *b;
	uint64_t at = 0;
	int n;

	while ((n = f->ops->read(f, at, STEP, &b)) > 0) {
		mir_buf_copy_out(b, 0, bytes, (size_t)n);
		mir_buf_free(b);
		if (!is_zeros(bytes, (size_t)n) && pwrite(fd, bytes, (size_t)n, (off_t)at) != n)
			return MIR_EIO;
		at += (uint64_t)n;
	}
	return n ? n : ftruncate(fd, (off_t)at) ? MIR_EIO : MIR_OK;
}

int
tree_get(struct mir_fs *fs, const char *path, const char *host)
{
	struct mir_fs_info info;
	struct mir_file *f;
	int fd = open(host, O_RDWR | O_CREAT | O_TRUNC, 0666), err;

	if (fd < 0)
		return said("get", host, MIR_EACCES);
	err = fs->ops->open(fs, path, MIR_FS_READ, &f);
	if (!err) {
		err = copy_out(f, fd);
		if (!err)
			err = f->ops->stat(f, &info);
		f->ops->close(f);
	}
	if (!err)
		futimens(fd, (struct timespec[2]){ { .tv_sec = (time_t)info.mtime },
						   { .tv_sec = (time_t)info.mtime } });
	close(fd);
	return said("get", path, err);
}

static int
store(struct mir_fs *fs, const char *host, const char *path)
{
	DIR *d = opendir(host);
	char from[4096], to[4096];
	struct dirent *e;
	struct stat s;
	int err = MIR_OK;

	if (!d)
		return said("store", host, MIR_ENOENT);
	while (!err && (e = readdir(d))) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		snprintf(from, sizeof from, "%s/%s", host, e->d_name);
		snprintf(to, sizeof to, "%s%s%s", path, *path ? "/" : "", e->d_name);
		if (stat(from, &s) || !S_ISDIR(s.st_mode)) {
			err = tree_put(fs, from, to);
			continue;
		}
		err = fs->ops->mkdir(fs, to);
		if (err == MIR_EEXIST)
			err = MIR_OK;
		err = said("mkdir", to, err);
		if (!err)
			err = store(fs, from, to);
	}
	closedir(d);
	return err;
}

int
tree_store(struct mir_fs *fs, const char *host)
{
	return store(fs, host, "");
}

static int
fetch(struct mir_fs *fs, const char *path, const char *host)
{
	char from[4096], to[4096];
	struct mir_fs_entry e;
	uint64_t at = 0;
	int got;

	if (mkdir(host, 0777) && errno != EEXIST)
		return said("fetch", host, MIR_EACCES);
	while ((got = fs->ops->list(fs, path, &at, &e)) > 0) {
		snprintf(from, sizeof from, "%s%s%s", path, *path ? "/" : "", e.name);
		snprintf(to, sizeof to, "%s/%s", host, e.name);
		got = e.info.folder ? fetch(fs, from, to) : tree_get(fs, from, to);
		if (got)
			return got;
	}
	return said("list", path, got);
}

int
tree_fetch(struct mir_fs *fs, const char *host)
{
	return fetch(fs, "", host);
}

static void
many_name(char to[100], const char *folder, unsigned n)
{
	snprintf(to, 100, "%s/file number %u.txt", folder, n);
}

int
tree_many(struct mir_fs *fs, const char *folder, unsigned count)
{
	struct mir_file *f;
	char path[100];
	int err = fs->ops->mkdir(fs, folder);

	for (unsigned n = 0; n < count && !err; n++) {
		many_name(path, folder, n);
		err = fs->ops->open(fs, path, MIR_FS_WRITE | MIR_FS_CREATE | MIR_FS_EXCLUSIVE, &f);
		if (err)
			break;
		err = write_at(f, 0, path, strlen(path));
		f->ops->close(f);
	}
	return said("many", folder, err);
}

int
tree_check_many(struct mir_fs *fs, const char *folder, unsigned count)
{
	char path[100], text[100];
	struct mir_fs_entry e;
	struct mir_file *f;
	struct mir_buf *b;
	uint64_t at = 0;
	unsigned n = 0, number;
	int err = MIR_OK, got;

	for (; !err && (got = fs->ops->list(fs, folder, &at, &e)) > 0; n++) {
		if (sscanf(e.name, "file number %u.txt", &number) != 1 || number >= count)
			return said("name", e.name, MIR_EPROTO);
		many_name(path, folder, number);
		err = fs->ops->open(fs, path, MIR_FS_READ, &f);
		if (err)
			break;
		got = f->ops->read(f, 0, sizeof text, &b);
		f->ops->close(f);
		if (got != (int)strlen(path) || mir_buf_copy_out(b, 0, text, sizeof text) != strlen(path)
		    || memcmp(text, path, strlen(path)))
			err = MIR_EPROTO;
		if (got > 0)
			mir_buf_free(b);
	}
	return said("check-many", folder, err ? err : n == count ? MIR_OK : MIR_ENOENT);
}
