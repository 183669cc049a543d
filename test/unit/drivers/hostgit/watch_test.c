/* SPDX-License-Identifier: ISC */
/* References that git sets from outside wake who waits; our own don't. */
/* sources: drivers/hostgit/[a-z]*.c unix/loop.c unix/entropy.c */
/* libs: -lgit2 -lz -lpthread */
#include <semaphore.h>
#include "drivers/hostgit/watch.h"
#include "test/unit/drivers/hostgit/git.h"

#define MAIN "refs/heads/main"

/* Whether others' changes are told within Mir's so many milliseconds. */
static bool
told(unsigned ms)
{
	return mir_wait(&odb->changed, mir_deadline(mir_now(), MIR_MS(ms))) == MIR_OK;
}

static struct mir_oid one, two;

static bool
begin(void)
{
	if (!open_store())
		return false;
	one = make_commit(NULL, "one");
	two = make_commit(&one, "two");
	CHECK_EQ(odb->ops->ref_set(odb, MAIN, NULL, &one), MIR_OK);
	return CHECK(!told(3000));	/* Nobody else did anything. */
}

GIT_TEST(our_own_changes_are_no_news)
{
	if (!begin())
		return;
	for (int i = 0; i < 5; i++) {
		CHECK_EQ(odb->ops->ref_set(odb, MAIN, &one, &two), MIR_OK);
		CHECK_EQ(odb->ops->ref_set(odb, MAIN, &two, &one), MIR_OK);
		CHECK_EQ(odb->ops->ref_set(odb, "refs/tags/x/y", NULL, &two), MIR_OK);
		CHECK_EQ(odb->ops->ref_set(odb, "refs/tags/x/y", &two, NULL), MIR_OK);
	}
	CHECK(!told(3000));
	close_store();
}

/* In less than the time between two looks: so inotify told. */
GIT_TEST(changes_from_outside_are_seen_at_once)
{
	struct mir_oid got;
	char hex[41], line[200];

	if (!begin())
		return;
	hex_of(&two, hex);
	snprintf(line, sizeof line, "git -C $S update-ref refs/heads/main %s", hex);
	shell(line);
	CHECK(told(600));
	CHECK_EQ(odb->ops->ref_get(odb, MAIN, &got), MIR_OK);
	CHECK_MEM(got.bytes, two.bytes, 20);
	shell("git clone -q $S copy && cd copy && echo new >f && git commit -qam new && git push -q");
	CHECK(told(600));
	CHECK_EQ(odb->ops->ref_set(odb, MAIN, &two, &one), MIR_EEXIST);
	shell("git -C $S branch a/b/c main");
	CHECK(told(600));
	shell("git -C $S branch a/b/d main");
	CHECK(told(600));
	shell("git -C $S branch -D a/b/c a/b/d");
	CHECK(told(600));
	CHECK(!told(3000));
	close_store();
}

GIT_TEST(packing_changes_nothing)
{
	struct mir_oid got;

	if (!begin())
		return;
	shell("git -C $S pack-refs --all --prune && git -C $S gc -q --prune=now");
	CHECK(!told(3000));
	CHECK_EQ(odb->ops->ref_get(odb, MAIN, &got), MIR_OK);
	CHECK_EQ(odb->ops->ref_set(odb, MAIN, &one, NULL), MIR_OK);
	CHECK(!told(3000));
	shell("test -z \"$(git -C $S for-each-ref)\"");
	close_store();
}

/* refs/ itself is replaced: what is watched is gone. */
GIT_TEST(the_look_now_and_then_finds_the_rest)
{
	if (!begin())
		return;
	shell("cp -a $S/refs $S/refs2 && mv $S/refs $S/old && mv $S/refs2 $S/refs && sleep 0.1");
	told(3000);
	shell("git -C $S update-ref refs/heads/new main");
	CHECK(told(3000));
	shell("git -C $S update-ref refs/heads/new2 main");
	CHECK(told(600));
	close_store();
}

static sem_t go_on;

static void
wait_run(struct hostgit_job *job)
{
	(void)job;
	sem_wait(&go_on);
}

static void
wait_ended(struct hostgit_job *job)
{
	(void)job;
}

/* A change while it looks is looked at later: not any more when it is closed by then. */
GIT_TEST(closing_between_two_looks)
{
	static struct hostgit_repo repo;
	static struct hostgit_worker worker;
	static struct hostgit_watch watch;
	struct hostgit_job slow = { wait_run, wait_ended, NULL };
	struct mir_waitq changed = { 0 };

	sem_init(&go_on, 0, 0);
	CHECK_EQ(hostgit_worker_start(&worker), MIR_OK);
	CHECK_EQ(hostgit_repo_open(&repo, store), MIR_OK);
	hostgit_watch_start(&watch, &repo, &worker, &changed);
	hostgit_worker_do(&worker, &slow);
	mir_wait(&changed, mir_deadline(mir_now(), MIR_MS(30)));
	CHECK(watch.busy);
	shell("mkdir -p $S/refs/heads/x/y");
	mir_wait(&changed, mir_deadline(mir_now(), MIR_MS(30)));
	CHECK(watch.all);
	sem_post(&go_on);
	hostgit_watch_stop(&watch);
	CHECK(!watch.busy);
	hostgit_worker_stop(&worker);
	hostgit_repo_close(&repo);
	sem_destroy(&go_on);
}
