/* SPDX-License-Identifier: ISC */
/* All references as we know them: for walks in order, and to tell what others changed from what
 * we did ourselves. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "drivers/hostgit/repo.h"
#include "mir/err.h"
#include "unix/unix.h"

/* Where a name is, or would be. */
static size_t
place(const struct hostgit_table *t, const char *name)
{
	size_t low = 0, high = t->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(t->ref[mid].name, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool
is_at(const struct hostgit_table *t, size_t at, const char *name)
{
	return at < t->count && strcmp(t->ref[at].name, name) == 0;
}

static bool
insert(struct hostgit_table *t, size_t at, const char *name, const struct mir_oid *id)
{
	size_t room = t->room ? 2 * t->room : 16;
	struct hostgit_ref *more;

	if (t->count == t->room) {
		more = t->count < CONFIG_HOSTGIT_REFS ? realloc(t->ref, room * sizeof *more) : NULL;
		if (!more)
			return false;
		t->ref = more;
		t->room = room;
	}
	memmove(&t->ref[at + 1], &t->ref[at], (t->count - at) * sizeof *t->ref);
	strcpy(t->ref[at].name, name);
	t->ref[at].id = *id;
	t->count++;
	return true;
}

bool
hostgit_refs_note(struct hostgit_repo *r, const char *name, const struct mir_oid *id)
{
	struct hostgit_table *t = &r->refs;
	size_t at = place(t, name);

	if (!is_at(t, at, name))
		return id && insert(t, at, name, id);
	if (!id) {
		t->count--;
		memmove(&t->ref[at], &t->ref[at + 1], (t->count - at) * sizeof *t->ref);
		return true;
	}
	if (memcmp(&t->ref[at].id, id, sizeof *id) == 0)
		return false;
	t->ref[at].id = *id;
	return true;
}

bool
hostgit_refs_collide(const struct hostgit_repo *r, const char *name)
{
	const struct hostgit_table *t = &r->refs;
	char above[MIR_REF_MAX];
	size_t len = strlen(name), at;
	char *end;

	strcpy(above, name);
	while ((end = strrchr(above, '/'))) {
		*end = '\0';
		if (is_at(t, place(t, above), above))
			return true;
	}
	if (len + 2 > sizeof above)
		return false;
	memcpy(above, name, len);
	strcpy(above + len, "/");
	at = place(t, above);
	return at < t->count && strncmp(t->ref[at].name, above, len + 1) == 0;
}

struct gathering {
	struct hostgit_repo *repo;
	struct hostgit_table *to;
};

/* Adds one that git has; those that are broken, or too long for us, are left out. */
static int
gather(void *ctx, const char *name)
{
	struct gathering *g = ctx;
	struct hostgit_repo *r = g->repo;
	struct mir_oid id;
	size_t at;
	int err = hostgit_ref_get(r, name, &id);

	if (err) {
		r->refs_left_out++;
		return MIR_OK;
	}
	at = place(g->to, name);
	if (is_at(g->to, at, name) || insert(g->to, at, name, &id))
		return MIR_OK;
	return hostgit_repo_refuse(r, MIR_ENOMEM, "more than %u references", CONFIG_HOSTGIT_REFS);
}

/* A folder of references.  Links to folders are not followed: they could lead in circles. */
static int
gather_folder(struct gathering *g, const char *name)
{
	char path[PATH_MAX], below[MIR_REF_MAX];
	struct dirent *e;
	int err = MIR_OK;
	DIR *d;

	snprintf(path, sizeof path, "%s%s", g->repo->common, name);
	d = opendir(path);
	if (!d)
		return errno == ENOENT ? MIR_OK :
			hostgit_repo_refuse(g->repo, unix_error(errno), "%s: %s", path, strerror(errno));
	while (!err && (e = readdir(d))) {
		if (e->d_name[0] == '.' || hostgit_repo_is_lock(e->d_name))
			continue;
		if ((size_t)snprintf(below, sizeof below, "%s/%s", name, e->d_name) >= sizeof below)
			g->repo->refs_left_out++;
		else if (e->d_type == DT_DIR)
			err = gather_folder(g, below);
		else
			err = gather(g, below);
	}
	closedir(d);
	return err;
}

/* First what is loose: what "git pack-refs" moves meanwhile is then found packed. */
static int
read_all(struct hostgit_repo *r, struct hostgit_table *to)
{
	struct gathering g = { r, to };
	int err = gather_folder(&g, "refs");

	return err ? err : hostgit_packed_each(r, gather, &g);
}

static bool
same(const struct hostgit_table *a, const struct hostgit_table *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->ref[i].name, b->ref[i].name) != 0 ||
		    memcmp(&a->ref[i].id, &b->ref[i].id, sizeof a->ref[i].id) != 0)
			return false;
	return true;
}

static int
look_at_all(struct hostgit_repo *r)
{
	struct hostgit_table now = { NULL, 0, 0 };
	int err = hostgit_repo_plain(r, "packed-refs");

	if (!err)
		err = read_all(r, &now);
	if (err) {
		free(now.ref);
		return err;
	}
	if (!same(&r->refs, &now))
		r->changed = true;
	free(r->refs.ref);
	r->refs = now;
	return MIR_OK;
}

int
hostgit_refs_look(struct hostgit_repo *r, const char *name)
{
	struct mir_oid id;
	int err;

	if (!name)
		return look_at_all(r);
	err = hostgit_ref_get(r, name, &id);
	if (err && err != MIR_ENOENT)
		return err;
	if (hostgit_refs_note(r, name, err ? NULL : &id))
		r->changed = true;
	return MIR_OK;
}

int
hostgit_ref_next(struct hostgit_repo *r, char name[MIR_REF_MAX], struct mir_oid *out)
{
	struct hostgit_table *t = &r->refs;
	size_t at;
	int err = name[0] ? MIR_OK : look_at_all(r);

	if (err)
		return err;
	at = place(t, name);
	at += is_at(t, at, name);
	if (at == t->count)
		return 0;
	strcpy(name, t->ref[at].name);
	*out = t->ref[at].id;
	return 1;
}
