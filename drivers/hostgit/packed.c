/* SPDX-License-Identifier: ISC */
/* Takes a reference out of the file packed-refs, under that file's lock from before it is read:
 * what a "git pack-refs" wrote a moment ago must not be lost.
 *
 * A line is an id, a space and a name; behind an annotated tag's line comes one with '^' and the
 * id of what is tagged. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "drivers/hostgit/repo.h"
#include "mir/err.h"
#include "unix/unix.h"

/* The name in a line, whose end is cut off; NULL: it has none. */
static const char *
name_in(char *line, size_t len)
{
	if (len && line[len - 1] == '\n')
		line[--len] = '\0';
	return len > GIT_OID_HEXSZ + 1 && line[0] != '#' && line[0] != '^' ?
		line + GIT_OID_HEXSZ + 1 : NULL;
}

int
hostgit_packed_each(struct hostgit_repo *r, int (*visit)(void *ctx, const char *name), void *ctx)
{
	char path[PATH_MAX], *line = NULL;
	const char *name;
	size_t room = 0;
	int err = hostgit_repo_plain(r, "packed-refs");
	ssize_t n;
	FILE *in;

	if (err)
		return err;
	snprintf(path, sizeof path, "%spacked-refs", r->common);
	in = fopen(path, "re");
	if (!in)
		return errno == ENOENT ? MIR_OK :
			hostgit_repo_refuse(r, unix_error(errno), "%s: %s", path, strerror(errno));
	while (!err && (n = getline(&line, &room, in)) > 0) {
		name = name_in(line, (size_t)n);
		if (name)
			err = visit(ctx, name);
	}
	free(line);
	fclose(in);
	return err;
}

/* Copies all but the reference's lines.  1: it was there; 0; -1: the host refuses. */
static int
filter(FILE *in, FILE *out, const char *name)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	bool found = false, dropping = false;

	while ((n = getline(&line, &room, in)) > 0) {
		size_t len = (size_t)n - (line[n - 1] == '\n');

		if (line[0] != '^')
			dropping = len > GIT_OID_HEXSZ + 1 && line[0] != '#' &&
				   len - GIT_OID_HEXSZ - 1 == strlen(name) &&
				   memcmp(line + GIT_OID_HEXSZ + 1, name, strlen(name)) == 0;
		found |= dropping;
		if (!dropping && fwrite(line, 1, (size_t)n, out) != (size_t)n)
			break;
	}
	free(line);
	return ferror(in) || ferror(out) ? -1 : found;
}

static int
take_lock(struct hostgit_repo *r, const char *path)
{
	int fd = -1;

	for (int i = 0; i < HOSTGIT_LOCK_TRIES; i++) {
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		if (fd >= 0 || errno != EEXIST)
			break;
		hostgit_repo_wait(r, "packed-refs.lock", i);
	}
	return fd;
}

/* 1, 0 or -1, as filter; the lock is a whole and durable file then. */
static int
rewrite(const char *path, int lock, const char *name)
{
	FILE *in = fopen(path, "re"), *out = fdopen(lock, "w");
	int found = -1;

	if (!out) {
		close(lock);
	} else {
		found = in ? filter(in, out, name) : errno == ENOENT ? 0 : -1;
		if (fflush(out) || fsync(lock))
			found = -1;
		fclose(out);
	}
	if (in)
		fclose(in);
	return found;
}

int
hostgit_packed_remove(struct hostgit_repo *r, const char *name)
{
	char path[PATH_MAX], lock[PATH_MAX];
	int fd, found, err = hostgit_repo_plain(r, "packed-refs");

	if (err)
		return err;
	snprintf(path, sizeof path, "%spacked-refs", r->common);
	snprintf(lock, sizeof lock, "%spacked-refs.lock", r->common);
	if (access(path, F_OK))
		return MIR_OK;
	fd = take_lock(r, lock);
	if (fd < 0)
		return hostgit_repo_refuse(r, errno == EEXIST ? MIR_EIO : unix_error(errno),
					   "%s: %s", lock, strerror(errno));
	found = rewrite(path, fd, name);
	err = found < 0 || (found && rename(lock, path)) ? unix_error(errno) : MIR_OK;
	if (err)
		hostgit_repo_refuse(r, err, "%s: %s", path, strerror(errno));
	if (err || !found)
		unlink(lock);
	return err || !found ? err : hostgit_repo_sync(r, "");
}
