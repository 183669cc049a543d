/* SPDX-License-Identifier: ISC */
/* What the log of a reference says of a step, in git's own words. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "drivers/hostgit/repo.h"
#include "mir/err.h"

static void
commit_words(const git_commit *c, const struct mir_oid *old, char *words, size_t size)
{
	unsigned parents = git_commit_parentcount(c);
	const char *text = git_commit_message(c);
	const char *how = parents > 1 ? " (merge)" : parents == 0 ? " (initial)" : "";
	int len = (int)strcspn(text ? text : "", "\n");
	char hex[GIT_OID_HEXSZ + 1];
	bool follows = old == NULL;

	for (unsigned i = 0; i < parents && old; i++)
		follows |= memcmp(git_commit_parent_id(c, i), old, sizeof *old) == 0;
	if (follows) {
		snprintf(words, size, "commit%s: %.*s", how, len, text ? text : "");
	} else {
		git_oid_tostr(hex, sizeof hex, git_commit_id(c));
		snprintf(words, size, "reset: moving to %s", hex);
	}
}

int
hostgit_reflog_words(struct hostgit_repo *r, const char *name, const struct mir_oid *old,
		     const struct mir_oid *new, git_signature **who, char *words, size_t size)
{
	git_object *o = NULL;
	int err;

	errno = 0;
	err = git_object_lookup(&o, r->git, (const git_oid *)new, GIT_OBJECT_ANY);
	if (err == GIT_ENOTFOUND)
		return hostgit_repo_refuse(r, MIR_EINVAL, "%s: its object isn't there", name);
	if (err)
		return hostgit_repo_error(r, err);
	if (git_object_type(o) == GIT_OBJECT_COMMIT) {
		commit_words((git_commit *)o, old, words, size);
		err = git_signature_dup(who, git_commit_committer((git_commit *)o));
	} else if (strncmp(name, "refs/heads/", 11) == 0) {
		err = hostgit_repo_refuse(r, MIR_EINVAL, "%s: a branch is a commit", name);
	} else {
		snprintf(words, size, "set by Mir");
		err = git_signature_now(who, "Mir", "mir@localhost");
	}
	git_object_free(o);
	return err == MIR_EINVAL ? err : err ? hostgit_repo_error(r, err) : MIR_OK;
}
