/* SPDX-License-Identifier: ISC */
/* sources: fs/store/[a-z]*.c fs/mem/path.c */
/* fs/store: watches, and garbage collection. */
#include "test/unit/fs/store/kit.h"

static unsigned told;
static struct mir_oid told_to;

static void
watcher(void *arg)
{
	struct mir_store_watch w;
	struct mir_oid from, to;

	CHECK_EQ(mir_store_watch(s, "main", arg, &w), MIR_OK);
	while (mir_store_watch_next(&w, mir_deadline(mir_now(), MIR_SEC(10)), &from, &to) == MIR_OK) {
		CHECK(!mir_oid_equal(&from, &to));
		told++;
		told_to = to;
	}
	mir_store_unwatch(&w);
}

TEST(who_watches_is_told_of_the_path_alone)
{
	struct mir_odb *same = odb;
	struct mir_store *other;
	struct mir_oid id;

	begin();
	same = odb;
	told = 0;
	mir_spawn("watcher", watcher, "a");
	test_run_for(MIR_MS(1));
	put("main", "b", "1");
	test_run_for(MIR_MS(1));
	CHECK_EQ(told, 0);
	put("main", "a/x", "1");
	test_run_for(MIR_MS(1));
	CHECK_EQ(told, 1);
	put("side", "a/x", "2");
	test_run_for(MIR_MS(1));
	CHECK_EQ(told, 1);
	CHECK_EQ(store_open(same, mir_clock, &other), MIR_OK);
	CHECK_EQ(mir_store_put(other, "main", "a/y", "3", 1, ""), MIR_OK);
	test_run_for(MIR_MS(1));
	CHECK_EQ(told, 1);
	mir_wake(&odb->changed);	/* Now the backend has noticed. */
	test_run_for(MIR_MS(1));
	CHECK_EQ(told, 2);
	id = at("main");
	CHECK(mir_oid_equal(&told_to, &id));
	CHECK_EQ(mir_store_branch_remove(s, "main"), MIR_OK);
	test_run_for(MIR_SEC(30));
	CHECK_EQ(told, 3);
	CHECK(mir_oid_is_zero(&told_to));
	store_close(other);
	end();
}

static void
collector(void *arg)
{
	CHECK_EQ(mir_store_gc(s), MIR_OK);
	*(bool *)arg = true;
}

TEST(what_nothing_reaches_is_collected_and_all_else_stays)
{
	const struct mir_store_note note = { "kept", NULL };
	struct mir_store_view view;
	struct mir_object o;
	struct mir_store_value v;
	struct mir_oid old, tagged;
	bool done = false;

	begin();
	put("old", "f/a", "old");
	put("main", "f/a", "main");
	put("viewed", "f/a", "viewed");
	put("tagged", "f/a", "tagged");
	old = at("old");
	tagged = at("tagged");
	CHECK_EQ(mir_store_tag(s, "t", &tagged, &note), MIR_OK);
	CHECK_EQ(mir_store_view_open(s, "viewed", &view), MIR_OK);
	CHECK_EQ(mir_store_branch_remove(s, "old"), MIR_OK);
	CHECK_EQ(mir_store_branch_remove(s, "viewed"), MIR_OK);
	CHECK_EQ(mir_store_branch_remove(s, "tagged"), MIR_OK);
	mir_spawn("collector", collector, &done);
	test_run_for(MIR_MS(1));
	CHECK(done);
	CHECK_EQ(odb->ops->stat(odb, &old, &o), MIR_ENOENT);
	CHECK_STR(get("main", "f/a"), "main");
	CHECK_STR(get("tags/t", "f/a"), "tagged");
	CHECK_EQ(mir_store_get(&view, "f/a", &v), MIR_OK);
	CHECK_STR(v.data, "viewed");
	mir_store_value_free(&v);
	mir_store_view_close(&view);
	CHECK_EQ(put("old", "f/a", "old"), MIR_OK);	/* It can come again. */
	CHECK_STR(get("old", "f/a"), "old");
	end();
}

static void
writer_and_collector(void *arg)
{
	for (unsigned i = 0; i < 10; i++) {
		CHECK_EQ(mir_store_gc(s), MIR_OK);
		mir_yield();
	}
	(void)arg;
	running--;
}

TEST(collecting_and_writing_wait_for_each_other)
{
	struct mir_odb_ops slow;
	char path[32];

	begin();
	slow = slow_real = *odb->ops;
	slow.read = slow_read;
	slow.ref_get = slow_ref_get;
	slow.ref_set = slow_ref_set;
	odb->ops = &slow;
	running = 6;
	for (uintptr_t i = 0; i < 4; i++)
		mir_spawn("writer", writer, (void *)i);
	mir_spawn("collector", writer_and_collector, NULL);
	mir_spawn("collector", writer_and_collector, NULL);
	test_run_for(MIR_SEC(1));
	CHECK_EQ(running, 0);
	odb->ops = &slow_real;
	for (unsigned n = 0; n < 4; n++)
		for (unsigned i = 0; i < 20; i++) {
			snprintf(path, sizeof path, "t%u/%u", n, i);
			CHECK_STR(get("main", path), path);
		}
	end();
}
