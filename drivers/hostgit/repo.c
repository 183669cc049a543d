/* SPDX-License-Identifier: ISC */
/* Opens a repository, or makes one of a folder that has nothing in it. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "drivers/hostgit/repo.h"
#include "mir/err.h"
#include "unix/unix.h"

#define UNFINISHED "mir-unfinished"

int
hostgit_repo_refuse(struct hostgit_repo *r, int err, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(r->why, sizeof r->why, fmt, args);
	va_end(args);
	return err;
}

/* libgit2 keeps no errno, but ends its words with the host's. */
static int
host_error(const char *words, int number)
{
	static const int told[] = { ENOSPC, EDQUOT, EACCES, EPERM, EROFS, EMFILE, ENFILE, ENOMEM,
				    EFBIG, EIO };

	for (size_t i = 0; i < sizeof told / sizeof *told; i++)
		if (strstr(words, strerror(told[i])))
			return unix_error(told[i]);
	return number == ENOSPC || number == EDQUOT ? MIR_EFULL : MIR_EIO;
}

int
hostgit_repo_error(struct hostgit_repo *r, int code)
{
	int number = errno;
	const git_error *e = git_error_last();
	const char *words = e && e->message ? e->message : "no reason given";

	snprintf(r->why, sizeof r->why, "%s", words);
	switch (code) {
	case GIT_ENOTFOUND: return MIR_ENOENT;
	case GIT_EEXISTS: case GIT_EMODIFIED: case GIT_EDIRECTORY: return MIR_EEXIST;
	case GIT_EINVALIDSPEC: return MIR_EINVAL;
	case GIT_ELOCKED: return MIR_EAGAIN;
	case GIT_EOWNER: return MIR_EACCES;
	case GIT_EMISMATCH: return MIR_EPROTO;
	default: break;
	}
	switch (e ? e->klass : GIT_ERROR_NONE) {
	case GIT_ERROR_NOMEMORY: return MIR_ENOMEM;
	case GIT_ERROR_REFERENCE: case GIT_ERROR_ZLIB: case GIT_ERROR_ODB: case GIT_ERROR_OBJECT:
	case GIT_ERROR_INVALID:
		return strstr(words, strerror(ENOSPC)) ? MIR_EFULL : MIR_EPROTO;
	default: return host_error(words, number);
	}
}

bool
hostgit_repo_is_lock(const char *name)
{
	size_t len = strlen(name);

	return len >= 5 && strcmp(name + len - 5, ".lock") == 0;
}

static void
break_lock(struct hostgit_repo *r, const char *path)
{
	char all[PATH_MAX];
	struct stat s;

	snprintf(all, sizeof all, "%s%s", r->common, path);
	if (lstat(all, &s) || s.st_mtim.tv_sec > r->opened.tv_sec ||
	    (s.st_mtim.tv_sec == r->opened.tv_sec && s.st_mtim.tv_nsec >= r->opened.tv_nsec))
		return;
	r->locks_broken += !unlink(all);
}

void
hostgit_repo_wait(struct hostgit_repo *r, const char *path, int tries)
{
	r->lock_waits++;
	if (tries == HOSTGIT_LOCK_TRIES / 5)
		break_lock(r, path);
	usleep(1000000 / HOSTGIT_LOCK_TRIES);
}

int
hostgit_repo_plain(struct hostgit_repo *r, const char *path)
{
	char all[PATH_MAX];
	struct stat s;

	snprintf(all, sizeof all, "%s%s", r->common, path);
	if (stat(all, &s))
		return errno == ELOOP ? hostgit_repo_refuse(r, MIR_EPROTO, "%s: a loop of links", all) :
					MIR_OK;
	return S_ISREG(s.st_mode) || S_ISDIR(s.st_mode) ? MIR_OK :
		hostgit_repo_refuse(r, MIR_EPROTO, "%s: not a file", all);
}

int
hostgit_repo_sync(struct hostgit_repo *r, const char *folder)
{
	char all[PATH_MAX];
	int fd, bad;

	snprintf(all, sizeof all, "%s%s", r->common, folder);
	fd = open(all, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? MIR_OK :	/* Somebody removed it when it was empty. */
			hostgit_repo_refuse(r, unix_error(errno), "%s: %s", all, strerror(errno));
	bad = fsync(fd);
	close(fd);
	return bad ? hostgit_repo_refuse(r, unix_error(errno), "%s: %s", all, strerror(errno)) : MIR_OK;
}

/* Whether the folder may become a repository.  MIR_EEXIST: it has something in it. */
static int
is_empty(struct hostgit_repo *r, const char *folder)
{
	DIR *d = opendir(folder);
	struct dirent *e;
	int err = MIR_OK;

	if (!d)
		return errno == ENOENT ? MIR_OK :
			hostgit_repo_refuse(r, unix_error(errno), "%s: %s", folder, strerror(errno));
	while ((e = readdir(d)))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			err = MIR_EEXIST;
	closedir(d);
	return err;
}

/* The file that is there while a repository is being made: what is found with it was not finished. */
static int
mark(struct hostgit_repo *r, const char *folder, bool on)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof path, "%s/" UNFINISHED, folder);
	if (on && mkdir(folder, 0777) && errno != EEXIST)
		return hostgit_repo_refuse(r, unix_error(errno), "%s: %s", folder, strerror(errno));
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0 || syncfs(fd) || (!on && unlink(path))) {
		hostgit_repo_refuse(r, unix_error(errno), "%s: %s", path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return unix_error(errno);
	}
	close(fd);
	return MIR_OK;
}

static int
init(struct hostgit_repo *r, const char *folder)
{
	git_repository_init_options o = {
		.version = GIT_REPOSITORY_INIT_OPTIONS_VERSION, .initial_head = "main",
		.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_MKDIR };
	git_config *config = NULL;
	int err;

	errno = 0;
	err = git_repository_init_ext(&r->git, folder, &o);
	if (!err)
		err = git_repository_config(&config, r->git);
	/* Where a branch was is worth knowing here, too, where nobody works by hand. */
	if (!err)
		err = git_config_set_bool(config, "core.logAllRefUpdates", 1);
	git_config_free(config);
	return err ? hostgit_repo_error(r, err) : MIR_OK;
}

void
hostgit_repo_head(struct hostgit_repo *r, const char *name)
{
	git_reference *head = NULL;

	if (strncmp(name, "refs/heads/", 11) != 0 || git_repository_head_unborn(r->git) != 1)
		return;
	git_reference_symbolic_create(&head, r->git, "HEAD", name, 1, NULL);
	git_reference_free(head);
}

static int
make(struct hostgit_repo *r, const char *folder)
{
	int err = mark(r, folder, true);

	if (!err)
		err = init(r, folder);
	return err ? err : mark(r, folder, false);
}

static bool
is_unfinished(const char *folder)
{
	char path[PATH_MAX];

	snprintf(path, sizeof path, "%s/" UNFINISHED, folder);
	return access(path, F_OK) == 0;
}

static int
open_or_make(struct hostgit_repo *r, const char *folder)
{
	int err, code;

	if (is_unfinished(folder))
		return make(r, folder);
	errno = 0;
	code = git_repository_open_ext(&r->git, folder, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL);
	if (!code)
		return MIR_OK;
	if (code != GIT_ENOTFOUND)
		return hostgit_repo_error(r, code);
	err = is_empty(r, folder);
	if (err == MIR_EEXIST)
		return hostgit_repo_refuse(r, MIR_EINVAL, "the folder '%s' is neither empty nor a git "
					   "repository: name another one, or make it one by "
					   "\"git init '%s'\"", folder, folder);
	return err ? err : make(r, folder);
}

int
hostgit_repo_open(struct hostgit_repo *r, const char *folder)
{
	int err;

	clock_gettime(CLOCK_REALTIME_COARSE, &r->opened);	/* As files' times. */
	git_libgit2_init();
	git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
	git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, (ssize_t)CONFIG_HOSTGIT_CACHE_KIB * 1024);
	err = open_or_make(r, folder);
	if (!err) {
		r->common = git_repository_commondir(r->git);
		errno = 0;
		err = git_repository_odb(&r->objects, r->git);
		err = err ? hostgit_repo_error(r, err) : hostgit_refs_look(r, NULL);
	}
	r->changed = false;
	if (err)
		hostgit_repo_close(r);
	return err;
}

void
hostgit_repo_close(struct hostgit_repo *r)
{
	git_odb_free(r->objects);
	git_repository_free(r->git);
	free(r->refs.ref);
	r->objects = NULL;
	r->git = NULL;
	r->refs = (struct hostgit_table){ NULL, 0, 0 };
	git_libgit2_shutdown();
}
