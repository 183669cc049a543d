/* SPDX-License-Identifier: ISC */
/* storebench: makes commits by several tasks at a time, each on values of its own, then looks at
 * what is there.  One line of results; what the disk was asked for stands in it by counters. */
#include <string.h>
#include "app/storebench/storebench.h"
#include "mir/err.h"
#include "mir/format.h"
#include "mir/log.h"
#include "mir/param.h"
#include "mir/stats.h"
#include "mir/task.h"

#define BRANCH	"main"
#define FOLDERS	64u			/* So that no folder is large. */
#define VALUES	32u			/* Of a folder. */
#define VALUE	48u			/* Bytes. */

static unsigned commits, tasks = 1, each;
MIR_PARAM(commits, mir_param_uint, &commits, "NUMBER", "commits to make");
MIR_PARAM(tasks, mir_param_uint, &tasks, "NUMBER", "tasks that make them at a time");
MIR_PARAM(branches, mir_param_uint, &each, "NUMBER",
	  "branches that the tasks commit on; 0 or 1: all on one");

static struct mir_store *store;
static unsigned made, running, first;
static int failed;
static struct mir_waitq ended;

static const char *
branch_of(unsigned task, char name[24])
{
	if (each < 2)
		return BRANCH;
	mir_snprintf(name, 24, "task-%u", task % each);
	return name;
}

/* Every commit changes one value to something new. */
static int
commit(const char *branch, unsigned n)
{
	char path[32], value[VALUE + 1];

	mir_snprintf(path, sizeof path, "%02u/%02u", n % FOLDERS, n / FOLDERS % VALUES);
	mir_snprintf(value, sizeof value, "%-*u\n", (int)VALUE - 1, first + n);
	return mir_store_put(store, branch, path, value, VALUE, "a value");
}

static void
work(void *arg)
{
	unsigned task = (unsigned)(uintptr_t)arg;
	char name[24];
	int err = MIR_OK;

	while (!err && !failed && made < commits)
		err = commit(branch_of(task, name), made++);
	if (err)
		failed = err;
	running--;
	mir_wake(&ended);
}

static uint64_t counters[4];
static const char *const names[4] = { "store_log_flushes", "store_log_writes", "store_log_bytes",
				      "store_log_sealed" };

/* What was counted since the last time. */
static void
count(void *ctx, const char *name, uint64_t value)
{
	(void)ctx;
	for (unsigned i = 0; i < 4; i++)
		if (strcmp(name, names[i]) == 0)
			counters[i] = value - counters[i];
}

static void
print_result(mir_ns time)
{
	mir_printf("storebench: commits=%u tasks=%u ms=%llu per_second=%llu", commits, tasks,
		   (unsigned long long)(time / MIR_MS(1)),
		   (unsigned long long)(time ? (uint64_t)commits * MIR_SEC(1) / time : 0));
	for (unsigned i = 0; i < 4; i++)
		mir_printf(" %s=%llu", strchr(names[i] + 6, '_') + 1,
			   (unsigned long long)counters[i]);
	mir_printf("\n");
}

static int
make_commits(void)
{
	mir_ns start = mir_now();

	mir_counters_each(count, NULL);
	for (unsigned i = 0; i < tasks; i++)
		if (mir_spawn("commits", work, (void *)(uintptr_t)i))
			running++;
	while (running)
		mir_wait(&ended, MIR_NEVER);
	mir_counters_each(count, NULL);
	if (!failed)
		print_result(mir_now() - start);
	return failed;
}

/* The newest commit, and a value of it. */
static int
show(void)
{
	struct mir_store_commit c;
	struct mir_store_view view;
	struct mir_store_value v;
	mir_ns start = mir_now();
	int err = mir_store_view_open(store, BRANCH, &view);

	if (err)
		return err == MIR_ENOENT ? MIR_OK : err;
	err = mir_store_commit_read(store, &view.commit, &c);
	if (!err)
		err = mir_store_get(&view, "00/00", &v);
	mir_store_view_close(&view);
	if (err)
		return err;
	mir_printf("storebench: newest \"%.*s\", 00/00 is %.*s in %llu us\n",
		   (int)strcspn(c.message, "\n"), c.message, (int)strcspn(v.data, " \n"), (const char *)v.data,
		   (unsigned long long)((mir_now() - start) / 1000));
	mir_store_value_free(&v);
	return MIR_OK;
}

int
storebench_start(struct mir_store *s)
{
	int err = MIR_OK;

	store = s;
	first = (unsigned)(mir_now() / 1000);	/* Other values than an earlier run's. */
	if (commits)
		err = make_commits();
	if (!err)
		err = show();
	if (err)
		mir_printf("storebench: failed: %s\n", mir_err_name(err));
	return err;
}
