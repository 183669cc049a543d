/* SPDX-License-Identifier: ISC */
/* What the log of a reference says of a step, in git's own words. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "drivers/hostgit/repo.h"
#include "mir/err.h"

static void
signature_of(const char *at, size_t len, git_signature **out)
{
	char *line = strndup(at, len);

	if (line && git_signature_from_buffer(out, line))
		*out = NULL;
	free(line);
}

/* What we need of a commit's bytes, behind which a 0 stands. */
struct commit {
	struct mir_oid parents[16];
	unsigned parent_count;
	git_signature *committer;
	const char *text;
};

static int
parse_commit(const char *at, struct commit *c)
{
	const char *end;

	for (c->text = ""; *at; at = end + 1) {
		end = strchr(at, '\n');
		if (!end)
			break;
		if (strncmp(at, "parent ", 7) == 0 && c->parent_count < 16 && end - at >= 47 &&
		    !git_oid_fromstrn((git_oid *)&c->parents[c->parent_count], at + 7, 40))
			c->parent_count++;
		else if (strncmp(at, "committer ", 10) == 0 && !c->committer)
			signature_of(at + 10, (size_t)(end - at - 10), &c->committer);
		if (end == at) {
			c->text = end + 1;
			break;
		}
	}
	return c->committer ? MIR_OK : MIR_EPROTO;
}

static void
commit_words(const struct commit *c, const struct mir_oid *old, const struct mir_oid *new,
	     char *words, size_t size)
{
	const char *how = c->parent_count > 1 ? " (merge)" : c->parent_count ? "" : " (initial)";
	int len = (int)strcspn(c->text, "\n");
	char hex[GIT_OID_HEXSZ + 1];
	bool follows = old == NULL;

	for (unsigned i = 0; i < c->parent_count && old; i++)
		follows |= memcmp(&c->parents[i], old, sizeof *old) == 0;
	if (follows) {
		snprintf(words, size, "commit%s: %.*s", how, len, c->text);
	} else {
		git_oid_tostr(hex, sizeof hex, (const git_oid *)new);
		snprintf(words, size, "reset: moving to %s", hex);
	}
}

static int
of_commit(struct hostgit_repo *r, const struct mir_oid *old, const struct mir_oid *new,
	  const struct mir_object *o, git_signature **who, char *words, size_t size)
{
	char *text = malloc(o->size + 1);
	struct commit c = { .parent_count = 0 };
	int err;

	if (!text)
		return hostgit_repo_refuse(r, MIR_ENOMEM, "no memory for a commit");
	memcpy(text, o->data, o->size);
	text[o->size] = '\0';
	err = parse_commit(text, &c);
	if (err)
		hostgit_repo_refuse(r, MIR_EINVAL, "a commit without a committer");
	else
		commit_words(&c, old, new, words, size);
	*who = c.committer;
	free(text);
	return err ? MIR_EINVAL : MIR_OK;
}

int
hostgit_reflog_words(struct hostgit_repo *r, const char *name, const struct mir_oid *old,
		     const struct mir_oid *new, git_signature **who, char *words, size_t size)
{
	bool branch = strncmp(name, "refs/heads/", 11) == 0;
	struct mir_object o;
	int err = hostgit_object_stat(r, new, &o);

	if (err == MIR_ENOENT)
		return hostgit_repo_refuse(r, MIR_EINVAL, "%s: its object isn't there", name);
	if (err)
		return err;
	if (o.kind != MIR_OBJECT_COMMIT) {
		snprintf(words, size, "set by Mir");
		return branch ? hostgit_repo_refuse(r, MIR_EINVAL, "%s: a branch is a commit", name) :
				git_signature_now(who, "Mir", "mir@localhost") ? MIR_ENOMEM : MIR_OK;
	}
	err = hostgit_object_read(r, new, &o);
	if (err)
		return err;
	err = of_commit(r, old, new, &o, who, words, size);
	free(o.data);
	return err;
}
