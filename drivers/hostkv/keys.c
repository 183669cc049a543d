/* SPDX-License-Identifier: ISC */
/* Walks a folder.  As scripts/bake does, it does not follow links to folders; what can't be read
 * is left out. */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "drivers/hostkv/folder.h"
#include "drivers/hostkv/keys.h"

#define KEYS	100000			/* More are left out. */
#define DEPTH	64			/* Folders in one another, each with a descriptor. */

static struct {
	char **key;
	unsigned count, room;
} all;

static void
add(const char *path)
{
	unsigned room = all.room ? 2 * all.room : 64;
	char **more;

	if (all.count == KEYS)
		return;
	if (all.count == all.room) {
		more = realloc(all.key, room * sizeof *more);
		if (!more)
			return;
		all.key = more;
		all.room = room;
	}
	all.key[all.count] = strdup(path);
	all.count += all.key[all.count] != NULL;
}

/* The folder 'fd', which is closed.  'path' is its path with a '/' behind it, 'len' bytes, and has
 * room for those of its files. */
static void
walk(const char *root, int fd, char path[PATH_MAX], size_t len, unsigned depth)
{
	DIR *d = fdopendir(fd);
	struct hostkv_id id;
	struct dirent *e;
	struct stat s;
	int file;

	if (!d) {
		close(fd);
		return;
	}
	while ((e = readdir(d))) {
		size_t n = strlen(e->d_name);

		if (e->d_name[0] == '.' || len + n + 2 > PATH_MAX ||
		    fstatat(fd, e->d_name, &s, AT_SYMLINK_NOFOLLOW))
			continue;
		memcpy(path + len, e->d_name, n + 1);
		if (S_ISDIR(s.st_mode) && depth < DEPTH) {
			file = openat(fd, e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
			path[len + n] = '/';
			if (file >= 0)
				walk(root, file, path, len + n + 1, depth + 1);
		} else if (S_ISREG(s.st_mode)) {
			add(path);
		} else if (S_ISLNK(s.st_mode)) {
			file = hostkv_file_open(root, path, len + n, &id);
			if (file < 0)
				continue;
			close(file);
			add(path);
		}
	}
	closedir(d);
}

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void
hostkv_keys_forget(void)
{
	while (all.count)
		free(all.key[--all.count]);
	free(all.key);
	all.key = NULL;
	all.room = 0;
}

const char *
hostkv_key(const char *folder, unsigned n)
{
	char path[PATH_MAX];
	int fd;

	if (n == 0) {
		hostkv_keys_forget();
		fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd >= 0)
			walk(folder, fd, path, 0, 0);
		if (all.count)
			qsort(all.key, all.count, sizeof *all.key, by_bytes);
	}
	return n < all.count ? all.key[n] : NULL;
}
