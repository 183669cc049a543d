/* SPDX-License-Identifier: ISC */
/* References, set under git's own locks: who holds refs/heads/main.lock may look at, and then
 * change, refs/heads/main. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "drivers/hostgit/repo.h"
#include "mir/err.h"

static int
check_name(struct hostgit_repo *r, const char *name)
{
	int valid = 0;

	if (strnlen(name, MIR_REF_MAX) == MIR_REF_MAX || strncmp(name, "refs/", 5) != 0 ||
	    git_reference_name_is_valid(&valid, name) || !valid)
		return hostgit_repo_refuse(r, MIR_EINVAL, "not a reference's name");
	return hostgit_repo_plain(r, name);
}

int
hostgit_ref_get(struct hostgit_repo *r, const char *name, struct mir_oid *out)
{
	int err = check_name(r, name);

	if (err)
		return err;
	errno = 0;
	err = git_reference_name_to_id((git_oid *)out, r->git, name);
	return err ? hostgit_repo_error(r, err) : MIR_OK;
}

/* MIR_OK: the reference, whose lock is held, is 'old'. */
static int
is_old(struct hostgit_repo *r, const char *name, const struct mir_oid *old)
{
	git_reference *ref = NULL;
	int err;

	errno = 0;
	err = git_reference_lookup(&ref, r->git, name);
	if (err == GIT_ENOTFOUND)
		return old ? hostgit_repo_refuse(r, MIR_EEXIST, "%s is gone", name) : MIR_OK;
	if (err)
		return hostgit_repo_error(r, err);
	if (git_reference_type(ref) != GIT_REFERENCE_DIRECT)
		err = hostgit_repo_refuse(r, MIR_EPROTO, "%s stands for another reference", name);
	else if (!old || memcmp(git_reference_target(ref), old, sizeof *old) != 0)
		err = hostgit_repo_refuse(r, MIR_EEXIST, "%s has changed", name);
	git_reference_free(ref);
	return err;
}

static int
lock(struct hostgit_repo *r, git_transaction *t, const char *name)
{
	char path[MIR_REF_MAX + 8];
	int err;

	snprintf(path, sizeof path, "%s.lock", name);
	for (int i = 0; i < HOSTGIT_LOCK_TRIES; i++) {
		errno = 0;
		err = git_transaction_lock_ref(t, name);
		if (err != GIT_ELOCKED)
			return err ? hostgit_repo_error(r, err) : MIR_OK;
		hostgit_repo_wait(r, path, i);
	}
	return hostgit_repo_refuse(r, MIR_EIO, "%s%s.lock is in the way: of a git that works, or died "
				   "(then remove it)", r->common, name);
}

static int
prepare(struct hostgit_repo *r, git_transaction *t, const char *name, const struct mir_oid *old,
	const struct mir_oid *new)
{
	git_signature *who = NULL;
	char words[400];
	int err;

	if (!new) {
		err = hostgit_packed_remove(r, name);
		if (err)
			return err;
		errno = 0;
		err = git_transaction_remove(t, name);
		if (!err)	/* In the way of a branch "x/y" where there was an "x". */
			err = git_reflog_delete(r->git, name);
		return err ? hostgit_repo_error(r, err) : MIR_OK;
	}
	err = hostgit_reflog_words(r, name, old, new, &who, words, sizeof words);
	if (err)
		return err;
	errno = 0;
	err = git_transaction_set_target(t, name, (const git_oid *)new, who, words);
	git_signature_free(who);
	return err ? hostgit_repo_error(r, err) : MIR_OK;
}

/* The folders on the way to a reference that came or went. */
static int
sync_folders(struct hostgit_repo *r, const char *name)
{
	char folder[MIR_REF_MAX];
	char *end;
	int err = MIR_OK;

	strcpy(folder, name);
	while (!err && (end = strrchr(folder, '/'))) {
		*end = '\0';
		err = hostgit_repo_sync(r, folder);
	}
	return err;
}

static int
set_locked(struct hostgit_repo *r, git_transaction *t, const char *name,
	   const struct mir_oid *old, const struct mir_oid *new)
{
	int err = is_old(r, name, old);

	if (!err && (old || new))
		err = prepare(r, t, name, old, new);
	if (err || (!old && !new))
		return err;
	errno = 0;
	err = git_transaction_commit(t);
	if (err)
		return hostgit_repo_error(r, err);
	hostgit_refs_note(r, name, new);
	if (!old)
		hostgit_repo_head(r, name);
	return old && new ? MIR_OK : sync_folders(r, name);
}

int
hostgit_ref_set(struct hostgit_repo *r, const char *name, const struct mir_oid *old,
		const struct mir_oid *new)
{
	git_transaction *t = NULL;
	int err = check_name(r, name);

	if (!err && !old && hostgit_refs_collide(r, name))
		err = hostgit_repo_refuse(r, MIR_EEXIST, "%s: there is a reference above or below", name);
	if (err)
		return err;
	errno = 0;
	err = git_transaction_new(&t, r->git);
	if (err)
		return hostgit_repo_error(r, err);
	err = lock(r, t, name);
	if (!err)
		err = set_locked(r, t, name, old, new);
	git_transaction_free(t);
	return err;
}
