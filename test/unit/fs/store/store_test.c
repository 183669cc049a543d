/* SPDX-License-Identifier: ISC */
/* sources: fs/store/[a-z]*.c fs/mem/path.c */
/* fs/store: values by path on branches and tags, as mir/store.h says. */
#include "test/unit/fs/store/kit.h"

TEST(what_is_put_is_read_and_listed)
{
	begin();
	CHECK_STR(get("main", "a"), mir_err_name(MIR_ENOENT));
	CHECK_EQ(put("main", "a/b/c", "one"), MIR_OK);
	CHECK_EQ(put("main", "a/d", "two"), MIR_OK);
	CHECK_EQ(put("main", "a.x", ""), MIR_OK);
	CHECK_STR(get("main", "a/b/c"), "one");
	CHECK_STR(get("main", "a/d"), "two");
	CHECK_STR(get("main", "a.x"), "");
	CHECK_STR(get("main", "a/x"), mir_err_name(MIR_ENOENT));
	CHECK_STR(get("main", "a.x/x"), mir_err_name(MIR_ENOENT));
	CHECK_STR(get("main", "a"), mir_err_name(MIR_EINVAL));
	CHECK_STR(list("main", ""), "a.x,a/,");
	CHECK_STR(list("main", "a"), "b/,d,");
	CHECK_STR(list("main", "a/d"), mir_err_name(MIR_EINVAL));
	end();
}

TEST(a_value_and_a_folder_do_not_take_each_others_place)
{
	begin();
	CHECK_EQ(put("main", "a/b", "x"), MIR_OK);
	CHECK_EQ(put("main", "a", "x"), MIR_EINVAL);
	CHECK_EQ(put("main", "a/b/c", "x"), MIR_EINVAL);
	CHECK_EQ(put("main", "", "x"), MIR_EINVAL);
	end();
}

TEST(empty_folders_go)
{
	begin();
	CHECK_EQ(mir_store_remove(s, "main", "a", ""), MIR_ENOENT);
	CHECK_EQ(put("main", "a/b/c/d", "x"), MIR_OK);
	CHECK_EQ(put("main", "z", "x"), MIR_OK);
	CHECK_EQ(mir_store_remove(s, "main", "a/b/c/x", "no"), MIR_ENOENT);
	CHECK_EQ(mir_store_remove(s, "main", "a/b/c/d", "gone"), MIR_OK);
	CHECK_STR(list("main", ""), "z,");
	CHECK_EQ(put("main", "a", "now a value"), MIR_OK);
	CHECK_EQ(mir_store_remove(s, "main", "a", ""), MIR_OK);
	CHECK_EQ(mir_store_remove(s, "main", "z", ""), MIR_OK);
	CHECK_STR(list("main", ""), "");
	end();
}

TEST(several_changes_are_one_commit)
{
	const struct mir_store_change c[] = {
		{ "old/x", MIR_STORE_NONE, NULL, 0, NULL },
		{ "old", MIR_STORE_VALUE, "now a value", 11, NULL },
		{ "new/p", MIR_STORE_PROGRAM, "#!", 2, NULL },
		{ "new/l", MIR_STORE_LINK, "p", 1, NULL },
		{ "many", MIR_STORE_NONE, NULL, 0, NULL },
	};
	const struct mir_store_note note = { "all", "A <a@b>" };
	struct mir_store_commit info;
	struct mir_store_value v;
	struct mir_store_view view;
	struct mir_oid id, same;

	begin();
	CHECK_EQ(put("main", "old/x", "1"), MIR_OK);
	CHECK_EQ(put("main", "many/x/y", "1"), MIR_OK);
	CHECK_EQ(put("main", "many/z", "1"), MIR_OK);
	CHECK_EQ(mir_store_update(s, "main", c, 5, &note, &id), MIR_OK);
	CHECK_STR(list("main", ""), "new/,old,");
	CHECK_EQ(mir_store_commit_read(s, &id, &info), MIR_OK);
	CHECK_STR(info.author, "A <a@b>");
	CHECK_STR(info.message, "all\n");
	CHECK_EQ(info.parent_count, 1);
	CHECK_EQ(info.time, test_wall / MIR_SEC(1));
	CHECK_EQ(mir_store_view_commit(s, &id, &view), MIR_OK);
	CHECK_EQ(mir_store_stat(&view, "new/p", &v), MIR_OK);
	CHECK(v.mode == MIR_STORE_PROGRAM && v.size == 2);
	CHECK_EQ(mir_store_stat(&view, "new/l", &v), MIR_OK);
	CHECK(v.mode == MIR_STORE_LINK && v.size == 1);
	CHECK_EQ(mir_store_stat(&view, "", &v), MIR_OK);
	CHECK(v.mode == MIR_STORE_FOLDER && mir_oid_equal(&v.id, &info.tree));
	mir_store_view_close(&view);
	CHECK_EQ(mir_store_update(s, "main", c + 1, 3, &note, &same), MIR_OK);
	CHECK(mir_oid_equal(&id, &same));	/* Nothing differs: no commit. */
	end();
}

TEST(conditions_hold_or_nothing_changes)
{
	struct mir_oid none = { { 0 } }, other = { { 1 } };
	struct mir_store_change c[] = { { "b", MIR_STORE_VALUE, "2", 1, NULL },
					{ "a", MIR_STORE_VALUE, "1", 1, &none } };
	const struct mir_store_note note = { "", NULL };
	struct mir_store_value v;
	struct mir_store_view view;

	begin();
	CHECK_EQ(mir_store_update(s, "main", c, 2, &note, NULL), MIR_OK);
	CHECK_EQ(mir_store_update(s, "main", c, 2, &note, NULL), MIR_EEXIST);
	c[1].expect = &other;
	c[0].path = "c";
	CHECK_EQ(mir_store_update(s, "main", c, 2, &note, NULL), MIR_EEXIST);
	CHECK_STR(list("main", ""), "a,b,");
	CHECK_EQ(mir_store_view_open(s, "main", &view), MIR_OK);
	CHECK_EQ(mir_store_stat(&view, "a", &v), MIR_OK);
	mir_store_view_close(&view);
	c[1].expect = &v.id;
	c[1].mode = MIR_STORE_NONE;
	CHECK_EQ(mir_store_update(s, "main", c, 2, &note, NULL), MIR_OK);
	CHECK_STR(list("main", ""), "b,c,");
	end();
}

TEST(paths_that_make_no_sense_are_refused)
{
	static const char *const bad[] = {
		"/a", "a/", "a//b", "a/../b", ".", ".git", ".GIT/config", "a/.git", ".git ", ".gitmodules",
		"git~1", "GIT~2", "gi7eba~1", ".g\xe2\x80\x8cit", "\xef\xbb\xbf.git", "a\\.git", "\xff",
		".gitattributes",
	};
	static const char *const good[] = { "git", "gita", "a.git", "git/x", "a~1", "...", "graph-x~1" };
	static char deep[] = "a/b/c/d/e/f/g/h/i", data[CONFIG_STORE_VALUE_KIB * 1024 + 1];
	char text[302];

	begin();
	for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK_MSG(put("main", bad[i], "") == MIR_EINVAL, "%s", bad[i]);
	for (unsigned i = 0; i < sizeof good / sizeof *good; i++) {
		CHECK_MSG(put("main", good[i], "") == MIR_OK, "%s", good[i]);
		CHECK_EQ(mir_store_remove(s, "main", good[i], ""), MIR_OK);
	}
	memset(text, 'x', 301);
	text[301] = '\0';
	CHECK_EQ(put("main", text, ""), MIR_EMSGSIZE);
	text[100] = '/';
	text[300] = '\0';
	CHECK_EQ(put("main", text, ""), MIR_OK);
	CHECK_EQ(put("main", deep, ""), MIR_EMSGSIZE);
	CHECK_EQ(put("main", deep + 2, ""), MIR_OK);
	CHECK_EQ(mir_store_put(s, "main", "big", data, sizeof data, ""), MIR_EMSGSIZE);
	CHECK_EQ(mir_store_put(s, "main", "big", data, sizeof data - 1, ""), MIR_OK);
	end();
}

TEST(branches_and_tags)
{
	const struct mir_store_note note = { "the first", NULL };
	static const char *const bad[] = { "", ".a", "a..b", "a/", "/a", "a.lock", "a b", "a~", "a^", "a:b",
					   "a?", "a*", "a[", "a\\", "a@{b", "-a", "a.", "\xc3\xa4", "a//b" };
	struct mir_oid one, two, id;
	char name[MIR_REF_MAX] = "", long_name[200];

	begin();
	CHECK_EQ(put("main", "a", "1"), MIR_OK);
	CHECK_EQ(mir_store_resolve(s, "main", &one), MIR_OK);
	CHECK_EQ(mir_store_branch(s, "dev/x", &one), MIR_OK);
	CHECK_EQ(mir_store_branch(s, "dev/x", &one), MIR_EEXIST);
	CHECK_EQ(mir_store_branch(s, "dev", &one), MIR_EINVAL);
	CHECK_EQ(mir_store_branch(s, "dev/x/y", &one), MIR_EINVAL);
	CHECK_EQ(mir_store_tag(s, "light", &one, NULL), MIR_OK);
	CHECK_EQ(mir_store_tag(s, "v1", &one, &note), MIR_OK);
	CHECK_EQ(mir_store_tag(s, "v1", &one, &note), MIR_EEXIST);
	CHECK_EQ(put("dev/x", "a", "2"), MIR_OK);
	CHECK_EQ(mir_store_resolve(s, "dev/x", &two), MIR_OK);
	CHECK_STR(get("main", "a"), "1");
	CHECK_STR(get("dev/x", "a"), "2");
	CHECK_STR(get("refs/heads/dev/x", "a"), "2");
	CHECK_STR(get("tags/v1", "a"), "1");
	CHECK_STR(get("tags/light", "a"), "1");
	CHECK_EQ(mir_store_ref_next(s, name, &id), 1);
	CHECK_STR(name, "heads/dev/x");
	CHECK_EQ(mir_store_ref_next(s, name, &id), 1);
	CHECK_STR(name, "heads/main");
	CHECK_EQ(mir_store_ref_next(s, name, &id), 1);
	CHECK_STR(name, "tags/light");
	CHECK_EQ(mir_store_ref_next(s, name, &id), 1);
	CHECK_EQ(mir_store_ref_next(s, name, &id), 0);
	CHECK_EQ(mir_store_branch_move(s, "main", &two, &one), MIR_EEXIST);
	CHECK_EQ(mir_store_branch_move(s, "main", &one, &two), MIR_OK);
	CHECK_STR(get("main", "a"), "2");
	id = (struct mir_oid){ { 7 } };
	CHECK_EQ(mir_store_branch(s, "nowhere", &id), MIR_ENOENT);
	CHECK_EQ(mir_store_branch_remove(s, "dev/x"), MIR_OK);
	CHECK_EQ(mir_store_branch_remove(s, "dev/x"), MIR_ENOENT);
	CHECK_EQ(mir_store_tag_remove(s, "v1"), MIR_OK);
	CHECK_STR(get("tags/v1", "a"), mir_err_name(MIR_ENOENT));
	for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK_MSG(mir_store_branch(s, bad[i], &one) == MIR_EINVAL, "%s", bad[i]);
	memset(long_name, 'b', sizeof long_name);
	long_name[MIR_REF_MAX - sizeof "refs/heads/"] = '\0';
	CHECK_EQ(mir_store_branch(s, long_name, &one), MIR_OK);
	end();
}

TEST(a_view_does_not_change)
{
	struct mir_store_view view;
	struct mir_store_value v;

	begin();
	CHECK_EQ(put("main", "a", "1"), MIR_OK);
	CHECK_EQ(mir_store_view_open(s, "main", &view), MIR_OK);
	CHECK_EQ(put("main", "a", "2"), MIR_OK);
	CHECK_EQ(mir_store_branch_remove(s, "main"), MIR_OK);
	CHECK_EQ(mir_store_get(&view, "a", &v), MIR_OK);
	CHECK_STR(v.data, "1");
	mir_store_value_free(&v);
	mir_store_view_close(&view);
	end();
}

TEST(an_update_reads_its_path_and_no_more)
{
	uint64_t before;
	char path[40];

	begin();
	for (unsigned i = 0; i < 300; i++) {
		snprintf(path, sizeof path, "a/b%u/c/d/%u", i % 10, i);
		CHECK_EQ(put("main", path, path), MIR_OK);
	}
	cache_clear(s);
	before = store_stats.objects_read;
	CHECK_EQ(put("main", "a/b1/c/d/new", "x"), MIR_OK);
	CHECK_EQ(store_stats.objects_read - before, 1 + 5);	/* The commit, five folders. */
	before = store_stats.objects_read;
	CHECK_EQ(put("main", "a/b1/c/d/newer", "x"), MIR_OK);
	CHECK_EQ(store_stats.objects_read - before, 0);
	CHECK(s->cached <= CONFIG_STORE_CACHE_KIB * 1024);
	end();
}

/* A backend that somebody else writes to, too. */
static int (*real_ref_set)(struct mir_odb *, const char *, const struct mir_oid *,
			   const struct mir_oid *);
static unsigned interruptions;

static int
interrupted_ref_set(struct mir_odb *o, const char *name, const struct mir_oid *old,
		    const struct mir_oid *new)
{
	char path[20];
	const struct mir_store_change c = { path, MIR_STORE_VALUE, "theirs", 6, NULL };
	struct mir_odb_ops ops = *o->ops;
	const struct mir_odb_ops *was = o->ops;
	const struct mir_store_note note = { "theirs", NULL };
	struct mir_store *other;

	if (interruptions) {
		snprintf(path, sizeof path, "theirs%u", interruptions--);
		ops.ref_set = real_ref_set;
		o->ops = &ops;
		CHECK_EQ(store_open(o, mir_clock, &other), MIR_OK);
		CHECK_EQ(mir_store_update(other, "main", &c, 1, &note, NULL), MIR_OK);
		store_close(other);
		o->ops = was;
	}
	return real_ref_set(o, name, old, new);
}

TEST(an_update_is_made_again_when_the_branch_moved)
{
	struct mir_odb_ops ops;

	begin();
	CHECK_EQ(put("main", "a", "1"), MIR_OK);
	ops = *odb->ops;
	real_ref_set = ops.ref_set;
	ops.ref_set = interrupted_ref_set;
	odb->ops = &ops;
	interruptions = 2;
	CHECK_EQ(put("main", "ours", "ours"), MIR_OK);
	CHECK_STR(list("main", ""), "a,ours,theirs1,theirs2,");
	interruptions = 100;
	CHECK_EQ(put("main", "never", "x"), MIR_EAGAIN);
	interruptions = 0;
	end();
}

TEST(tasks_at_the_same_time_lose_nothing)
{
	struct mir_odb_ops slow;
	char path[32];

	begin();
	slow = slow_real = *odb->ops;
	slow.read = slow_read;
	slow.ref_get = slow_ref_get;
	slow.ref_set = slow_ref_set;
	odb->ops = &slow;
	running = 8;
	for (uintptr_t i = 0; i < 8; i++)
		mir_spawn("writer", writer, (void *)i);
	test_run_for(MIR_SEC(1));
	CHECK_EQ(running, 0);
	odb->ops = &slow_real;
	for (unsigned n = 0; n < 8; n++)
		for (unsigned i = 0; i < 20; i++) {
			snprintf(path, sizeof path, "t%u/%u", n, i);
			CHECK_STR(get("main", path), path);
		}
	end();
}

/* A disk whose flush takes a while, also for several at the same time. */
static int
flushed_ref_set(struct mir_odb *o, const char *name, const struct mir_oid *old,
		const struct mir_oid *new)
{
	int err = slow_real.ref_set(o, name, old, new);

	mir_sleep(MIR_MS(10));
	return err;
}

TEST(tasks_that_change_one_branch_wait_for_the_disk_together)
{
	struct mir_odb_ops slow;
	uint64_t before = store_stats.retries;
	mir_ns start;

	begin();
	slow = slow_real = *odb->ops;
	slow.ref_set = flushed_ref_set;
	odb->ops = &slow;
	running = 8;
	start = mir_now();
	for (uintptr_t i = 0; i < 8; i++)
		mir_spawn("writer", writer, (void *)i);
	while (running && mir_now() - start < MIR_SEC(10))
		test_run_for(MIR_MS(1));
	CHECK_EQ(running, 0);
	/* 160 commits: 20 waits, not 160. */
	CHECK_MSG(mir_now() - start < MIR_MS(220), "%llu ms", (unsigned long long)(mir_now() - start) / 1000000);
	CHECK_EQ(store_stats.retries, before);
	odb->ops = &slow_real;
	end();
}

TEST(damage_is_told)
{
	struct mir_oid id, wrong;
	uint64_t before = store_stats.damaged;
	char junk[] = "tree x";

	begin();
	CHECK_EQ(put("main", "a", "1"), MIR_OK);
	memset(&wrong, 9, sizeof wrong);
	CHECK_EQ(odb->ops->write(odb, &wrong, MIR_OBJECT_COMMIT, junk, sizeof junk), MIR_OK);
	CHECK_EQ(mir_store_resolve(s, "main", &id), MIR_OK);
	CHECK_EQ(odb->ops->ref_set(odb, "refs/heads/main", &id, &wrong), MIR_OK);
	CHECK_STR(get("main", "a"), mir_err_name(MIR_EPROTO));
	CHECK_EQ(put("main", "a", "1"), MIR_EPROTO);
	CHECK(store_stats.damaged > before);
	end();
}
