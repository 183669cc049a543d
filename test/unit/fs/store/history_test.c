/* SPDX-License-Identifier: ISC */
/* sources: fs/store/[a-z]*.c fs/mem/path.c */
/* fs/store: history, differences, merges and what undoes a commit. */
#include "test/unit/fs/store/kit.h"

TEST(a_commit_is_undone_unless_others_built_on_it)
{
	const struct mir_store_note note = { "undo", NULL };
	char conflict[MIR_STORE_CONFLICT];
	struct mir_oid one, two;

	begin();
	CHECK_EQ(put("main", "f/a", "1"), MIR_OK);
	CHECK_EQ(mir_store_resolve(s, "main", &one), MIR_OK);
	CHECK_EQ(put("main", "f/a", "2"), MIR_OK);
	CHECK_EQ(mir_store_resolve(s, "main", &two), MIR_OK);
	CHECK_EQ(put("main", "b", "3"), MIR_OK);
	CHECK_EQ(mir_store_revert(s, "main", &one, &note, conflict, NULL), MIR_EEXIST);
	CHECK_STR(conflict, "f/a");
	CHECK_EQ(mir_store_revert(s, "main", &two, &note, conflict, NULL), MIR_OK);
	CHECK_STR(get("main", "f/a"), "1");
	CHECK_STR(get("main", "b"), "3");
	CHECK_EQ(mir_store_revert(s, "main", &one, &note, NULL, NULL), MIR_OK);
	CHECK_STR(list("main", ""), "b,");
	CHECK_EQ(mir_store_revert(s, "nowhere", &one, &note, NULL, NULL), MIR_ENOENT);
	end();
}

TEST(history_goes_back_newest_first_and_by_path)
{
	struct mir_oid id;

	begin();
	say("main", "a", "1");
	id = at("main");
	CHECK_EQ(mir_store_branch(s, "side", &id), MIR_OK);
	say("main", "b", "2");
	say("side", "a", "3");
	say("main", "b", "4");
	say("side", "c", "5");
	CHECK_EQ(merge("main", "side", NULL), MIR_OK);
	say("main", "f/x", "6");
	CHECK_STR(history("main", NULL), "6,merge,5,4,3,2,1,");
	CHECK_STR(history("main", ""), "6,merge,5,4,3,2,1,");
	CHECK_STR(history("main", "b"), "4,2,");
	CHECK_STR(history("main", "a"), "3,1,");
	CHECK_STR(history("main", "f"), "6,");
	CHECK_STR(history("main", "nothing"), "");
	CHECK_STR(history("side", NULL), "5,3,1,");
	CHECK_STR(history("none", NULL), mir_err_name(MIR_ENOENT));
	end();
}

TEST(history_of_commits_of_one_second_has_each_once)
{
	struct mir_oid id;
	const char *text;
	unsigned count = 0;

	begin();
	mir_store_put(s, "main", "r", "", 0, "r");
	for (unsigned i = 0; i < 10; i++) {
		id = at("main");
		CHECK_EQ(mir_store_branch(s, "side", &id), MIR_OK);
		for (unsigned k = 0; k < 5; k++) {
			char path[20];

			snprintf(path, sizeof path, "s%u%u", i, k);
			mir_store_put(s, "side", path, path, 3, "s");
		}
		mir_store_put(s, "main", "m", &i, sizeof i, "m");
		CHECK_EQ(merge("main", "side", NULL), MIR_OK);
		CHECK_EQ(mir_store_branch_remove(s, "side"), MIR_OK);
		test_wall -= MIR_SEC(1);
	}
	for (text = history("main", NULL); *text; text++)
		count += *text == ',';
	CHECK_EQ(count, 1 + 10 * 7);
	end();
}

/* "path old-mode new-mode;" of each. */
static int
note_delta(void *ctx, const struct mir_store_delta *d)
{
	char *text = ctx;

	sprintf(text + strlen(text), "%s%s%s,", d->old_mode ? "-" : "", d->new_mode ? "+" : "", d->path);
	return 0;
}

static int
stop(void *ctx, const struct mir_store_delta *d)
{
	(void)ctx;
	(void)d;
	return 7;
}

TEST(differences_are_told_by_path)
{
	const struct mir_store_change c[] = {
		{ "f/g/x", MIR_STORE_NONE, NULL, 0, NULL }, { "f/g", MIR_STORE_VALUE, "v", 1, NULL },
		{ "v", MIR_STORE_NONE, NULL, 0, NULL }, { "v/w", MIR_STORE_VALUE, "v", 1, NULL },
		{ "p", MIR_STORE_PROGRAM, "p", 1, NULL }, { "same/z", MIR_STORE_VALUE, "z", 1, NULL },
	};
	const struct mir_store_note note = { "", NULL };
	struct mir_oid one, two;
	char text[200] = "";

	begin();
	put("main", "f/g/x", "x");
	put("main", "p", "p");
	put("main", "same/y", "y");
	put("main", "v", "v");
	one = at("main");
	CHECK_EQ(mir_store_update(s, "main", c, 6, &note, &two), MIR_OK);
	CHECK_EQ(mir_store_diff(s, &one, &two, note_delta, text), MIR_OK);
	CHECK_STR(text, "+f/g,-f/g/x,-+p,+same/z,-v,+v/w,");
	text[0] = '\0';
	CHECK_EQ(mir_store_diff(s, NULL, &one, note_delta, text), MIR_OK);
	CHECK_STR(text, "+f/g/x,+p,+same/y,+v,");
	CHECK_EQ(mir_store_diff(s, &one, &two, stop, NULL), 7);
	CHECK_EQ(mir_store_diff(s, &one, &one, stop, NULL), 0);
	end();
}

static void
fork_at_base(void)
{
	struct mir_oid id;

	say("main", "both", "0");
	say("main", "ours", "0");
	say("main", "theirs", "0");
	say("main", "gone", "0");
	say("main", "dir/x", "0");
	id = at("main");
	CHECK_EQ(mir_store_branch(s, "side", &id), MIR_OK);
}

static bool
is_at(const char *revision, const struct mir_oid *id)
{
	struct mir_oid is = at(revision);

	return mir_oid_equal(&is, id);
}

TEST(a_merge_takes_both_sides)
{
	struct mir_store_commit c;
	struct mir_oid id;

	begin();
	fork_at_base();
	CHECK_EQ(merge("main", "side", NULL), MIR_OK);	/* It is there already. */
	say("side", "theirs", "theirs");
	id = at("side");
	CHECK_EQ(merge("main", "side", NULL), MIR_OK);	/* Moves on. */
	CHECK(is_at("main", &id));
	say("main", "ours", "ours");
	say("main", "new/a", "a");
	mir_store_remove(s, "side", "gone", "gone");
	say("side", "new/b", "b");
	mir_store_remove(s, "side", "dir/x", "x");
	say("side", "dir", "now a value");
	say("main", "same", "same");
	say("side", "same", "same");
	CHECK_EQ(merge("main", "side", NULL), MIR_OK);
	CHECK_STR(list("main", ""), "both,dir,new/,ours,same,theirs,");
	CHECK_STR(list("main", "new"), "a,b,");
	CHECK_STR(get("main", "ours"), "ours");
	CHECK_STR(get("main", "theirs"), "theirs");
	CHECK_STR(get("main", "dir"), "now a value");
	id = at("main");
	CHECK_EQ(mir_store_commit_read(s, &id, &c), MIR_OK);
	CHECK_EQ(c.parent_count, 2);
	end();
}

TEST(a_conflict_is_named_or_settled_by_the_merger)
{
	const struct mir_store_note note = { "m", NULL };
	char conflict[MIR_STORE_CONFLICT];
	struct mir_oid before, theirs;

	begin();
	fork_at_base();
	say("main", "both", "1");
	say("side", "both", "2");
	say("main", "added", "1");
	say("side", "added", "2");
	say("main", "gone", "1");
	mir_store_remove(s, "side", "gone", "");
	before = at("main");
	theirs = at("side");
	CHECK_EQ(mir_store_merge(s, "main", &theirs, NULL, NULL, &note, conflict, NULL), MIR_EEXIST);
	CHECK_STR(conflict, "gone");
	CHECK(is_at("main", &before));
	CHECK_EQ(merge("main", "side", joined), MIR_OK);
	CHECK_STR(get("main", "both"), "0<1|2>");
	CHECK_STR(get("main", "added"), "none<1|2>");
	CHECK_STR(get("main", "gone"), "0<1|none>");
	end();
}

TEST(a_folder_against_a_value_is_a_conflict)
{
	begin();
	fork_at_base();
	say("main", "x", "a value");
	say("side", "x/y", "in a folder");
	CHECK_EQ(merge("main", "side", joined), MIR_EEXIST);
	CHECK_EQ(merge("side", "main", joined), MIR_EEXIST);
	CHECK_STR(get("main", "x"), "a value");
	end();
}

TEST(best_common_ancestors)
{
	struct mir_oid root, base, got, a, b;

	begin();
	say("main", "r", "r");
	root = at("main");
	fork_at_base();
	base = at("main");
	say("main", "a", "1");
	say("side", "b", "1");
	a = at("main");
	b = at("side");
	CHECK_EQ(mir_store_merge_base(s, &a, &b, &got), MIR_OK);
	CHECK(mir_oid_equal(&got, &base));
	CHECK_EQ(mir_store_merge_base(s, &a, &root, &got), MIR_OK);
	CHECK(mir_oid_equal(&got, &root));
	CHECK_EQ(mir_store_merge_base(s, &a, &a, &got), MIR_OK);
	CHECK(mir_oid_equal(&got, &a));
	CHECK_EQ(merge("main", "side", NULL), MIR_OK);
	say("side", "b", "2");
	base = b;
	b = at("side");
	a = at("main");
	CHECK_EQ(mir_store_merge_base(s, &a, &b, &got), MIR_OK);
	CHECK(mir_oid_equal(&got, &base));
	say("other", "o", "o");
	b = at("other");
	CHECK_EQ(mir_store_merge_base(s, &a, &b, &got), MIR_ENOENT);
	CHECK_EQ(merge("main", "other", NULL), MIR_OK);	/* Nothing in common: both. */
	CHECK_STR(get("main", "o"), "o");
	end();
}
