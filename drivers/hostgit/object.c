/* SPDX-License-Identifier: ISC */
/* Objects: loose when we write them, loose or packed when we read. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "drivers/hostgit/loose.h"
#include "drivers/hostgit/repo.h"
#include "mir/err.h"

#define WRITE_TRIES 4
#define LIMIT (CONFIG_HOSTGIT_OBJECT_KIB * (size_t)1024)

_Static_assert(sizeof(git_oid) == sizeof(struct mir_oid), "git's ids are SHA-1");
_Static_assert((int)GIT_OBJECT_COMMIT == (int)MIR_OBJECT_COMMIT &&
	       (int)GIT_OBJECT_TAG == (int)MIR_OBJECT_TAG, "the kinds are numbered as git does");

/* "objects/ab" or "objects/ab/cdef...", below the repository. */
static void
loose_path(const struct mir_oid *id, char path[64], bool file)
{
	char hex[GIT_OID_HEXSZ + 1];

	git_oid_tostr(hex, sizeof hex, (const git_oid *)id);
	snprintf(path, 64, file ? "objects/%.2s/%s" : "objects/%.2s", hex, hex + 2);
}

/* From a pack, or wherever else git finds it. */
static int
packed_head(struct hostgit_repo *r, const struct mir_oid *id, struct mir_object *out)
{
	git_object_t kind;
	size_t size;
	int err;

	errno = 0;
	err = git_odb_read_header(&size, &kind, r->objects, (const git_oid *)id);
	if (err)
		return hostgit_repo_error(r, err);
	if (kind < GIT_OBJECT_COMMIT || kind > GIT_OBJECT_TAG)
		return hostgit_repo_refuse(r, MIR_EPROTO, "an object of an unknown kind");
	if (size > LIMIT)
		return hostgit_repo_refuse(r, MIR_EMSGSIZE, "an object of %zu bytes", size);
	out->kind = (enum mir_object_kind)kind;
	out->size = size;
	return MIR_OK;
}

static int
packed_body(struct hostgit_repo *r, const struct mir_oid *id, struct mir_object *out)
{
	git_odb_object *o = NULL;
	int err;

	errno = 0;
	err = git_odb_read(&o, r->objects, (const git_oid *)id);
	if (err)
		return hostgit_repo_error(r, err);
	if (git_odb_object_size(o) != out->size || (int)git_odb_object_type(o) != (int)out->kind) {
		err = hostgit_repo_refuse(r, MIR_EPROTO, "an object isn't what its head says");
	} else {
		out->data = malloc(out->size ? out->size : 1);
		if (out->data)
			memcpy(out->data, git_odb_object_data(o), out->size);
		else
			err = hostgit_repo_refuse(r, MIR_ENOMEM, "no memory for an object");
	}
	git_odb_object_free(o);
	return err;
}

static int
loose(struct hostgit_repo *r, const struct mir_oid *id, bool head, struct mir_object *out)
{
	char path[64], all[PATH_MAX];
	int err;

	loose_path(id, path, true);
	snprintf(all, sizeof all, "%s%s", r->common, path);
	err = hostgit_loose_read(all, id, LIMIT, head, out);
	return err ? hostgit_repo_refuse(r, err, "%s", all) : MIR_OK;
}

/* "git gc" may put a loose object into a pack, or replace a pack, at any moment: then it is
 * looked for once more. */
static int
find(struct hostgit_repo *r, const struct mir_oid *id, bool head, struct mir_object *out)
{
	int err = MIR_ENOENT;

	for (int tries = 0; tries < 2; tries++) {
		err = loose(r, id, head, out);
		if (err != MIR_ENOENT)
			return err;
		err = packed_head(r, id, out);
		if (!err && !head)
			err = packed_body(r, id, out);
		if (!err || err == MIR_EMSGSIZE || git_odb_refresh(r->objects))
			return err;
	}
	return err;
}

int
hostgit_object_stat(struct hostgit_repo *r, const struct mir_oid *id, struct mir_object *out)
{
	return find(r, id, true, out);
}

int
hostgit_object_read(struct hostgit_repo *r, const struct mir_oid *id, struct mir_object *out)
{
	return find(r, id, false, out);
}

/* A loose object that is there but can't be read, as after a crash of another program, would be
 * taken for written. */
static void
mend(struct hostgit_repo *r, const struct mir_oid *id)
{
	char path[64], all[PATH_MAX];
	struct mir_object o;
	int err = loose(r, id, false, &o);

	if (!err)
		free(o.data);
	if (err != MIR_EPROTO)
		return;
	loose_path(id, path, true);
	snprintf(all, sizeof all, "%s%s", r->common, path);
	r->mended += !unlink(all);
}

/* "git gc" removes folders of objects that it has emptied: one may go just before ours gets its
 * name. */
static int
write_loose(struct hostgit_repo *r, git_oid *got, enum mir_object_kind kind, const void *data,
	    size_t size)
{
	int err = MIR_EIO, code;

	for (int tries = 0; tries < WRITE_TRIES && err == MIR_EIO; tries++) {
		errno = 0;
		code = git_odb_write(got, r->objects, data, size, (git_object_t)kind);
		err = code ? hostgit_repo_error(r, code) : MIR_OK;
	}
	return err;
}

int
hostgit_object_write(struct hostgit_repo *r, const struct mir_oid *id,
		     enum mir_object_kind kind, const void *data, size_t size)
{
	char path[64], all[PATH_MAX];
	bool fresh;
	git_oid got;
	int err;

	if (size > LIMIT)
		return hostgit_repo_refuse(r, MIR_EMSGSIZE, "an object of %zu bytes", size);
	loose_path(id, path, false);
	snprintf(all, sizeof all, "%s%s", r->common, path);
	fresh = access(all, F_OK) != 0;
	mend(r, id);
	err = write_loose(r, &got, kind, data, size);
	if (err)
		return err;
	if (memcmp(&got, id, sizeof got) != 0)
		return hostgit_repo_refuse(r, MIR_EINVAL, "an object whose id isn't its hash");
	return fresh ? hostgit_repo_sync(r, "objects") : MIR_OK;
}
