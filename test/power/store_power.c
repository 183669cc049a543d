/* SPDX-License-Identifier: ISC */
/* sources: fs/store/[a-z]*.c fs/mem/path.c test/power/graph.c */
/* libs: -lz */
/* The store on a disk whose power is cut: several tasks commit on branches of theirs and on a
 * common one, merge, tag and collect garbage, on a disk that is small enough for segments to be
 * moved all the time.  Whatever a call had promised at a cut is there, and all that references
 * reach is whole; then the store is used again, and cut again. */
#include <stdio.h>
#include <stdlib.h>
#include "fs/store/log_state.h"
#include "fs/store/store.h"
#include "mir/err.h"
#include "test/power/graph.h"
#include "test/support/crashdisk.h"
#include "test/unit/harness.h"

#define TASKS	5
#define OPS	100			/* Of a task. */
#define CUTS_OF_ONE 200			/* Of one recorded workload. */
#define LOOK_BACK 8

struct note {				/* A call that was made, and what it promised. */
	char ref[40];
	bool there;			/* The reference, after it. */
	struct mir_oid id;
	uint64_t begun, ended;		/* Events; ended 0: it failed, or goes on. */
};

struct life {				/* From one opening to the next cut. */
	struct note notes[TASKS * OPS];
	unsigned count, running;
	const char *name;
	struct crashdisk *disk;
	uint64_t cut;
};

static const struct store_log_limits limits = { 64, 16, 24 };
static struct mir_odb *odb;
static struct mir_store *store;
static struct life first, second, *life;
static unsigned cuts_made, fscks, full, collected;

/* --- The workload. */

static struct note *
begin(const char *ref, bool there)
{
	struct note *n = &life->notes[life->count++];

	*n = (struct note){ .there = there, .begun = crashdisk_now(life->disk) };
	snprintf(n->ref, sizeof n->ref, "%s", ref);
	return n;
}

static void
end(struct note *n, int err)
{
	if (!err)
		n->ended = crashdisk_now(life->disk);
	if (err == MIR_EFULL) {
		full++;
		collected += mir_store_gc(store) == MIR_OK;
	}
	CHECK_MSG(!err || err == MIR_EFULL || err == MIR_EAGAIN, "%s: %s", n->ref,
		  mir_err_name(err));
}

static size_t
some_size(void)
{
	switch (test_random() % 16) {
	case 0:
		return test_random() % 20000;
	case 1: case 2:
		return test_random() % 3000;
	default:
		return test_random() % 200;
	}
}

static void
put(const char *branch)
{
	uint8_t *data = calloc(1, 20000);	/* The task's own: the call may block. */
	struct mir_store_change c = { .mode = MIR_STORE_VALUE, .data = data };
	struct mir_store_note text = { branch, NULL };
	char path[40], ref[40];
	struct note *n;

	for (unsigned i = 0; i < 64; i++)
		data[i] = (uint8_t)test_random();
	snprintf(path, sizeof path, "%c/%u", 'a' + (int)(test_random() % 3),
		 (unsigned)(test_random() % 8));
	snprintf(ref, sizeof ref, "refs/heads/%s", branch);
	c.path = path;
	c.size = some_size();
	n = begin(ref, true);
	end(n, mir_store_update(store, branch, &c, 1, &text, &n->id));
	free(data);
}

static void
tag(const char *name)
{
	struct mir_oid head;
	struct note *n;
	char ref[40];

	if (mir_store_resolve(store, "main", &head))
		return;
	snprintf(ref, sizeof ref, "refs/tags/%s", name);
	n = begin(ref, true);
	n->id = head;
	end(n, mir_store_tag(store, name, &head, NULL));
	if (!n->ended || test_random() % 3 == 0)
		return;
	n = begin(ref, false);
	end(n, mir_store_tag_remove(store, name));
}

static void
merge(const char *branch)
{
	static const struct mir_store_note text = { "merge", NULL };
	struct mir_oid theirs;
	struct note *n;
	int err;

	if (mir_store_resolve(store, branch, &theirs))
		return;
	n = begin("refs/heads/main", true);
	err = mir_store_merge(store, "main", &theirs, NULL, NULL, &text, NULL, &n->id);
	end(n, err == MIR_EEXIST ? MIR_EAGAIN : err);	/* A conflict. */
}

static void
work(void *arg)
{
	char branch[20], name[30];

	snprintf(branch, sizeof branch, "task-%u", (unsigned)(uintptr_t)arg);
	for (unsigned i = 0; i < OPS / 2; i++) {	/* A tag counts twice. */
		unsigned what = (unsigned)(test_random() % 32);

		snprintf(name, sizeof name, "%s-%u-%s", life->name, i % 3, branch);
		if (what < 2 && i < 3)
			tag(name);
		else if (what < 4)
			merge(branch);
		else if (what == 4)
			collected += mir_store_gc(store) == MIR_OK;
		else
			put(what < 22 ? "main" : branch);
		if (test_random() % 8 == 0)
			mir_sleep(MIR_US(test_random() % 100));
	}
	life->running--;
}

static bool
open_store(struct crashdisk *d)
{
	int err = store_log_open_with(&d->block, &limits, &odb);

	if (!err)
		err = store_open(odb, mir_clock, &store);
	return CHECK_MSG(err == MIR_OK, "open: %s", mir_err_name(err));
}

static void
close_store(void)
{
	store_close(store);
	store_log_close(odb);
}

static void
live(void *arg)
{
	life = arg;
	if (!open_store(life->disk))
		return;
	life->running = TASKS;
	for (uintptr_t i = 0; i < TASKS; i++)
		mir_spawn("worker", work, (void *)i);
	while (life->running)
		mir_sleep(MIR_US(50));
	close_store();
}

static void
in_task(void (*fn)(void *), void *arg)
{
	mir_spawn("test", fn, arg);
	test_run_for(MIR_SEC(1000));
}

static void
begin_life(struct life *l, const char *name, struct crashdisk *d)
{
	*l = (struct life){ .name = name, .disk = d };
	in_task(live, l);
}

/* --- What is there after a cut. */

static bool
is_tag(const struct note *n)
{
	return strncmp(n->ref, "refs/tags/", 10) == 0;
}

/* A branch has what was promised, or more. */
static bool
branch_is_kept(const struct note *n)
{
	struct mir_oid head;

	return odb->ops->ref_get(odb, n->ref, &head) == MIR_OK && graph_has(odb, &head, &n->id);
}

/* A tag is as the last call left it, or as one that had begun wants it. */
static bool
tag_is_kept(const struct life *l, const struct note *n)
{
	struct mir_oid id;
	bool there = odb->ops->ref_get(odb, n->ref, &id) == MIR_OK;

	for (const struct note *o = n + 1; o < l->notes + l->count; o++)
		if (o->begun <= l->cut && strcmp(o->ref, n->ref) == 0)
			return true;
	return there == n->there && (!there || mir_oid_equal(&id, &n->id));
}

static void
check_promises(const struct life *l)
{
	unsigned looked = 0;

	for (unsigned i = l->count; i-- > 0;) {
		const struct note *n = &l->notes[i];

		if (!n->ended || n->ended > l->cut)
			continue;
		if (is_tag(n))
			CHECK_MSG(tag_is_kept(l, n), "cut %llu: %s",
				  (unsigned long long)l->cut, n->ref);
		else if (looked++ < LOOK_BACK || test_random() % 32 == 0)
			CHECK_MSG(branch_is_kept(n), "cut %llu: %s, promised at %llu",
				  (unsigned long long)l->cut, n->ref,
				  (unsigned long long)n->ended);
	}
}

static void
look(void *arg)
{
	bool judged = cuts_made % 10 == 0;
	char folder[200], why[1000] = "";

	snprintf(folder, sizeof folder, "%s/repository", getenv("SCRATCH"));
	if (!open_store(arg))
		return;
	CHECK_MSG(graph_walk(odb, judged ? folder : NULL, why, sizeof why), "%s", why);
	check_promises(&first);
	check_promises(&second);
	close_store();
	if (judged)
		CHECK_MSG(graph_fsck(folder, why, sizeof why), "git fsck: %s", why);
	fscks += judged;
	cuts_made++;
}

static void
cut_again(struct crashdisk *d)
{
	static struct crashdisk again;
	uint64_t now;

	begin_life(&second, "second", d);
	now = crashdisk_now(d);
	for (unsigned i = 0; i < 10; i++) {
		second.cut = now * (i + 1) / 10;
		crashdisk_cut(d, second.cut, test_random(), &again);
		in_task(look, &again);
		crashdisk_free(&again);
	}
	second.count = 0;
}

static void
workload(uint64_t sectors, uint32_t sector_size, uint32_t tear, unsigned cuts)
{
	static struct crashdisk disk, after;

	crashdisk_make(&disk, sectors, sector_size, test_random());
	disk.tear = tear;
	second.count = 0;
	begin_life(&first, "first", &disk);
	for (unsigned i = 0; i < cuts; i++) {
		first.cut = crashdisk_now(&disk) * i / (cuts - 1);
		crashdisk_cut(&disk, first.cut, test_random(), &after);
		in_task(look, &after);
		if (i % 20 == 19)
			cut_again(&after);
		crashdisk_free(&after);
	}
	crashdisk_free(&disk);
}

/* A third of all cuts; failures say the seed of the program, TEST_SEED. */
static void
workloads(uint64_t sectors, uint32_t sector_size, uint32_t tear)
{
	unsigned want = (unsigned)atoi(getenv("CUTS")) / 3 + 2, begun = cuts_made;

	fscks = full = collected = 0;
	log_stats = (struct log_stats){ 0 };
	while (cuts_made - begun < want)
		workload(sectors, sector_size, tear, want < CUTS_OF_ONE ? want : CUTS_OF_ONE);
	printf("# %u cuts, %u judged by git; %llu segments sealed, %llu freed, %llu objects moved, "
	       "%u times full, %u collections\n", cuts_made - begun, fscks,
	       (unsigned long long)log_stats.sealed, (unsigned long long)log_stats.freed,
	       (unsigned long long)log_stats.moved, full, collected);
	CHECK(log_stats.moved > 0 && log_stats.freed > 0);
}

TEST(a_small_disk_of_small_sectors)
{
	workloads(1200, 512, 512);
}

TEST(large_sectors_that_are_torn)
{
	workloads(530, 4096, 512);
}

TEST(sectors_that_tear_within)
{
	workloads(1200, 512, 64);
}
