/* SPDX-License-Identifier: ISC */
/* Objects and references in a folder that git reads, packs and writes at the same time. */
/* sources: drivers/hostgit/[a-z]*.c unix/loop.c unix/entropy.c */
/* libs: -lgit2 -lz -lpthread */
#include "test/unit/drivers/hostgit/git.h"

#define MAIN "refs/heads/main"

GIT_TEST(a_new_folder_becomes_a_bare_repository)
{
	struct mir_oid got, one;

	if (!open_store())
		return;
	CHECK_EQ(odb->ops->ref_get(odb, MAIN, &got), MIR_ENOENT);
	shell("git -C $S fsck --strict && test $(git -C $S rev-parse --is-bare-repository) = true && "
	      "test $(git -C $S symbolic-ref HEAD) = refs/heads/main");
	one = make_commit(NULL, "one");
	CHECK_EQ(odb->ops->ref_set(odb, MAIN, NULL, &one), MIR_OK);
	CHECK_EQ(odb->ops->ref_get(odb, MAIN, &got), MIR_OK);
	CHECK_MEM(got.bytes, one.bytes, 20);
	shell("git -C $S fsck --strict --no-dangling | (! grep .)");
	shell("test \"$(git -C $S log --format=%s,%an)\" = 'says one,Mir'");
	shell("git clone -q $S copy && test $(cat copy/f) = one");
	close_store();
}

GIT_TEST(an_empty_folder_and_an_old_repository_are_taken)
{
	struct mir_oid got;

	shell("mkdir $S");
	if (!open_store())
		return;
	close_store();
	shell("rm -rf $S; git init -q -b none $S");
	if (!open_store())
		return;
	got = make_commit(NULL, "one");
	CHECK_EQ(odb->ops->ref_set(odb, "refs/tags/t", NULL, &got), MIR_OK);
	CHECK_EQ(odb->ops->ref_set(odb, "refs/heads/first", NULL, &got), MIR_OK);
	CHECK_EQ(odb->ops->ref_set(odb, "refs/heads/second", NULL, &got), MIR_OK);
	close_store();		/* HEAD was for nothing: now it is for the first branch. */
	shell("test $(git -C $S symbolic-ref HEAD) = refs/heads/first");
	shell("cd $S && git checkout -q -f -b other && echo x >f && git add f && git commit -q -m x");
	if (!open_store())
		return;
	CHECK_EQ(odb->ops->ref_get(odb, "refs/heads/other", &got), MIR_OK);
	shell("test $(git -C $S symbolic-ref HEAD) = refs/heads/other");
	close_store();
}

GIT_TEST(other_folders_are_refused)
{
	struct mir_odb *o = NULL;

	shell("mkdir $S && echo precious >$S/file");
	CHECK_EQ(hostgit_open_folder(store, &o), MIR_EINVAL);
	shell("test \"$(ls -A $S)\" = file");
	shell("rm -r $S; echo x >$S");
	CHECK(hostgit_open_folder(store, &o) < 0);
	shell("rm $S; ln -s store $S");
	CHECK(hostgit_open_folder(store, &o) < 0);
	shell("rm $S");
	strcat(store, "/not/there");
	CHECK(hostgit_open_folder(store, &o) < 0);
}

GIT_TEST(objects_of_all_kinds_and_sizes)
{
	static char big[300 * 1024];
	struct mir_object o;
	struct mir_oid id, zero = { { 0 } };

	if (!open_store())
		return;
	memset(big, 'x', sizeof big);
	for (size_t size = 0; size <= 200 * 1024; size = size * 3 + 1) {
		id = write_object(MIR_OBJECT_BLOB, big, size);
		CHECK_EQ(odb->ops->write(odb, &id, MIR_OBJECT_BLOB, big, size), MIR_OK);
		CHECK_EQ(odb->ops->stat(odb, &id, &o), MIR_OK);
		CHECK_EQ(o.size, size);
		if (!CHECK_EQ(odb->ops->read(odb, &id, &o), MIR_OK))
			continue;
		CHECK_EQ(o.kind, MIR_OBJECT_BLOB);
		CHECK_EQ(o.size, size);
		CHECK_MEM(o.data, big, size);
		free(o.data);
	}
	id = hash(MIR_OBJECT_BLOB, big, sizeof big);
	CHECK_EQ(odb->ops->write(odb, &id, MIR_OBJECT_BLOB, big, sizeof big), MIR_EMSGSIZE);
	shell("yes | head -c 300000 >big && git -C $S hash-object -w ../big >id && cp id $S/id");
	CHECK_EQ(odb->ops->read(odb, &id, &o), MIR_ENOENT);
	CHECK_EQ(odb->ops->write(odb, &zero, MIR_OBJECT_BLOB, "x", 1), MIR_EINVAL);
	CHECK_EQ(odb->ops->stat(odb, &zero, &o), MIR_ENOENT);
	id = make_commit(NULL, "x");
	CHECK_EQ(odb->ops->stat(odb, &id, &o), MIR_OK);
	CHECK_EQ(o.kind, MIR_OBJECT_COMMIT);
	close_store();
}

GIT_TEST(references_are_compared_and_set)
{
	struct mir_oid one, two, got;

	if (!open_store())
		return;
	one = make_commit(NULL, "one");
	two = make_commit(&one, "two");
	CHECK_EQ(odb->ops->ref_set(odb, MAIN, &one, &two), MIR_EEXIST);
	CHECK_EQ(odb->ops->ref_set(odb, MAIN, NULL, &one), MIR_OK);
	CHECK_EQ(odb->ops->ref_set(odb, MAIN, NULL, &two), MIR_EEXIST);
	CHECK_EQ(odb->ops->ref_set(odb, MAIN, &two, &one), MIR_EEXIST);
	CHECK_EQ(odb->ops->ref_set(odb, MAIN, &one, &two), MIR_OK);
	shell("test \"$(git -C $S reflog show --format='%gs' main)\" = "
	      "\"$(printf 'commit: says two\\ncommit (initial): says one')\"");
	CHECK_EQ(odb->ops->ref_set(odb, MAIN, &two, &one), MIR_OK);
	shell("git -C $S reflog show main | head -1 | grep 'reset: moving to'");
	CHECK_EQ(odb->ops->ref_set(odb, "refs/heads/main/x", NULL, &one), MIR_EEXIST);
	CHECK_EQ(odb->ops->ref_set(odb, MAIN, &two, NULL), MIR_EEXIST);
	CHECK_EQ(odb->ops->ref_set(odb, MAIN, &one, NULL), MIR_OK);
	CHECK_EQ(odb->ops->ref_get(odb, MAIN, &got), MIR_ENOENT);
	CHECK_EQ(odb->ops->ref_set(odb, "refs/heads/main/x", NULL, &one), MIR_OK);
	CHECK_EQ(odb->ops->ref_set(odb, MAIN, NULL, &one), MIR_EEXIST);
	shell("git -C $S pack-refs --all && test ! -e $S/refs/heads/main");
	CHECK_EQ(odb->ops->ref_set(odb, MAIN, NULL, &one), MIR_EEXIST);
	CHECK_EQ(odb->ops->ref_set(odb, "refs/heads/main/x", &one, &two), MIR_OK);
	CHECK_EQ(odb->ops->ref_set(odb, "refs/heads/main/x", &two, NULL), MIR_OK);
	CHECK_EQ(odb->ops->ref_get(odb, "refs/heads/main/x", &got), MIR_ENOENT);
	CHECK_EQ(odb->ops->ref_set(odb, MAIN, NULL, &two), MIR_OK);
	shell("git -C $S fsck --strict && test $(git -C $S for-each-ref | wc -l) = 1");
	close_store();
}

GIT_TEST(names_and_objects_that_a_reference_cannot_have)
{
	static const char *const names[] = {
		"", "main", "HEAD", "refs/", "refs/heads/", "refs/heads/a..b", "refs/heads/x.lock",
		"refs/heads/../../HEAD", "refs/heads/a b", "refs//x", "/refs/heads/x", "refs/heads/a\n",
		"refs/heads/.x",
	};
	struct mir_oid one, blob, none = { { 7 } };
	char longest[MIR_REF_MAX + 1];

	if (!open_store())
		return;
	one = make_commit(NULL, "one");
	blob = write_object(MIR_OBJECT_BLOB, "x", 1);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		CHECK_MSG(odb->ops->ref_set(odb, names[i], NULL, &one) == MIR_EINVAL, "%s", names[i]);
	memset(longest, 'x', sizeof longest);
	memcpy(longest, "refs/heads/", 11);
	longest[MIR_REF_MAX] = '\0';
	CHECK_EQ(odb->ops->ref_set(odb, longest, NULL, &one), MIR_EINVAL);
	longest[MIR_REF_MAX - 1] = '\0';
	CHECK_EQ(odb->ops->ref_set(odb, longest, NULL, &one), MIR_OK);
	CHECK_EQ(odb->ops->ref_set(odb, MAIN, NULL, &blob), MIR_EINVAL);
	CHECK_EQ(odb->ops->ref_set(odb, MAIN, NULL, &none), MIR_EINVAL);
	CHECK_EQ(odb->ops->ref_set(odb, "refs/tags/x", NULL, &blob), MIR_OK);
	shell("git -C $S fsck --strict");
	close_store();
}

GIT_TEST(references_in_order_loose_and_packed)
{
	static const char *const names[] = {
		"refs/heads/a", "refs/heads/a-b", "refs/heads/a/b", "refs/heads/main",
		"refs/notes/commits", "refs/tags/v1", "refs/tags/v10", "refs/tags/v2" };
	char name[MIR_REF_MAX] = "";
	struct mir_oid one, got;
	unsigned n = 0;

	if (!open_store())
		return;
	one = make_commit(NULL, "one");
	for (size_t i = 8; i-- > 0;)
		if (i != 2)
			CHECK_EQ(odb->ops->ref_set(odb, names[i], NULL, &one), MIR_OK);
	shell("git -C $S pack-refs --all && git -C $S tag v2 main -f -a -m x");
	shell("git -C $S symbolic-ref refs/heads/loop refs/heads/loop && "
	      "git -C $S symbolic-ref refs/heads/to refs/heads/a && echo rubbish >$S/refs/heads/bad");
	while (odb->ops->ref_next(odb, name, &got) == 1) {
		if (n == 2)
			n++;
		if (strcmp(name, "refs/heads/to") == 0)
			CHECK_EQ(n, 4);
		else if (n < 8)
			CHECK_STR(name, names[n++]);
	}
	CHECK_EQ(n, 8);
	CHECK_EQ(odb->ops->ref_get(odb, "refs/heads/to", &got), MIR_OK);
	CHECK_MEM(got.bytes, one.bytes, 20);
	CHECK_EQ(odb->ops->ref_set(odb, "refs/heads/to", &one, NULL), MIR_EPROTO);
	CHECK_EQ(odb->ops->ref_get(odb, "refs/heads/loop", &got), MIR_EPROTO);
	CHECK_EQ(odb->ops->ref_get(odb, "refs/heads/bad", &got), MIR_EPROTO);
	CHECK_EQ(odb->ops->ref_set(odb, "refs/heads/bad", NULL, &one), MIR_EPROTO);
	CHECK_EQ(odb->ops->ref_set(odb, "refs/heads/a", &one, NULL), MIR_OK);
	shell("rm $S/refs/heads/bad; ! git -C $S show-ref -q refs/heads/a && test $(git -C $S show-ref | wc -l) = 6");
	close_store();
}

GIT_TEST(more_references_than_configured)
{
	char name[MIR_REF_MAX] = "";
	struct mir_oid one, got;

	if (!open_store())
		return;
	one = make_commit(NULL, "one");
	CHECK_EQ(odb->ops->ref_set(odb, MAIN, NULL, &one), MIR_OK);
	shell("for i in $(seq 200); do git -C $S update-ref refs/tags/$i main; done");
	CHECK_EQ(odb->ops->ref_next(odb, name, &got), MIR_ENOMEM);
	CHECK_EQ(odb->ops->ref_get(odb, "refs/tags/200", &got), MIR_OK);
	shell("for i in $(seq 190); do git -C $S update-ref -d refs/tags/$i; done");
	CHECK_EQ(odb->ops->ref_next(odb, name, &got), 1);
	CHECK_STR(name, MAIN);
	close_store();
}
