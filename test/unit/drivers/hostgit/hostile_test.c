/* SPDX-License-Identifier: ISC */
/* Folders in which somebody broke things: errors, and what is sound goes on working. */
/* sources: drivers/hostgit/[a-z]*.c unix/loop.c unix/entropy.c */
/* libs: -lgit2 -lz -lpthread */
#include <sys/resource.h>
#include "test/unit/drivers/hostgit/git.h"

#define MAIN "refs/heads/main"

static uint64_t
counter(const char *name)
{
	mir_counters_each(take_counter, (void *)name);
	return counter_found;
}

static void
path_of(const struct mir_oid *id, char path[60])
{
	char hex[41];

	hex_of(id, hex);
	snprintf(path, 60, "$S/objects/%.2s/%s", hex, hex + 2);
}

/* A loose object is replaced by something else: read tells, write mends. */
GIT_TEST(broken_loose_objects)
{
	static const char *const ways[] = {
		": >%s", "echo rubbish >%s", "truncate -s -3 %s", "printf '\\377' | dd of=%s conv=notrunc "
		"bs=1 seek=9 count=1 status=none", "cp $S/objects/other %s" };
	struct mir_oid id, other;
	struct mir_object o;
	char path[60], line[300];

	if (!open_store())
		return;
	other = write_object(MIR_OBJECT_BLOB, "another", 7);
	path_of(&other, path);
	snprintf(line, sizeof line, "cp %s $S/objects/other", path);
	shell(line);
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		uint64_t before = counter("hostgit_objects_mended");

		id = write_object(MIR_OBJECT_BLOB, "some words, some words", 22);
		path_of(&id, path);
		snprintf(line, sizeof line, "chmod u+w %s; ", path);
		snprintf(line + strlen(line), sizeof line - strlen(line), ways[i], path);
		shell(line);
		CHECK_MSG(odb->ops->read(odb, &id, &o) == MIR_EPROTO, "%s", ways[i]);
		write_object(MIR_OBJECT_BLOB, "some words, some words", 22);
		if (CHECK_MSG(odb->ops->read(odb, &id, &o) == MIR_OK, "%s", ways[i]))
			free(o.data);
		CHECK_EQ(counter("hostgit_objects_mended"), before + 1);
	}
	close_store();
}

/* These would be waited for, or followed, for ever. */
GIT_TEST(things_that_are_no_files)
{
	struct mir_oid one, got;
	struct mir_object o;
	char name[MIR_REF_MAX] = "", path[60], line[300];

	if (!open_store())
		return;
	one = make_commit(NULL, "one");
	CHECK_EQ(odb->ops->ref_set(odb, MAIN, NULL, &one), MIR_OK);
	path_of(&one, path);
	snprintf(line, sizeof line, "mv %s $S/saved && mkfifo %s", path, path);
	shell(line);
	CHECK_EQ(odb->ops->read(odb, &one, &o), MIR_EPROTO);
	snprintf(line, sizeof line, "rm %s && ln -s loop %s && ln -s loop $(dirname %s)/loop", path,
		 path, path);
	shell(line);
	CHECK(odb->ops->read(odb, &one, &o) < 0);
	snprintf(line, sizeof line, "rm %s; mv $S/saved %s", path, path);
	shell(line);
	shell("mkfifo $S/refs/heads/pipe && ln -s l $S/refs/heads/l && ln -s .. $S/refs/heads/up");
	CHECK_EQ(odb->ops->ref_get(odb, "refs/heads/pipe", &got), MIR_EPROTO);
	CHECK_EQ(odb->ops->ref_set(odb, "refs/heads/pipe", NULL, &one), MIR_EPROTO);
	CHECK_EQ(odb->ops->ref_get(odb, "refs/heads/l", &got), MIR_EPROTO);
	CHECK_EQ(odb->ops->ref_next(odb, name, &got), 1);
	CHECK_STR(name, MAIN);
	CHECK_EQ(odb->ops->ref_next(odb, name, &got), 0);
	shell("mkfifo $S/packed-refs");
	name[0] = '\0';
	CHECK_EQ(odb->ops->ref_next(odb, name, &got), MIR_EPROTO);
	CHECK_EQ(odb->ops->ref_set(odb, MAIN, &one, NULL), MIR_EPROTO);
	CHECK_EQ(odb->ops->ref_get(odb, MAIN, &got), MIR_OK);
	shell("rm $S/packed-refs && head -c 5000 /dev/urandom >$S/packed-refs");
	name[0] = '\0';
	odb->ops->ref_next(odb, name, &got);
	odb->ops->ref_get(odb, "refs/heads/none", &got);
	CHECK_EQ(odb->ops->ref_get(odb, MAIN, &got), MIR_OK);
	close_store();
}

/* Whose lock it is takes it away while somebody waits for it. */
static void
unlock(void *arg)
{
	char path[100];

	(void)arg;
	mir_sleep(MIR_MS(50));
	snprintf(path, sizeof path, "%s/refs/heads/main.lock", store);
	CHECK_EQ(unlink(path), 0);
}

GIT_TEST(a_lock_that_stays)
{
	struct mir_oid one;

	if (!open_store())
		return;
	one = make_commit(NULL, "one");
	shell("mkdir -p $S/refs/heads && : >$S/refs/heads/main.lock");
	CHECK_EQ(odb->ops->ref_set(odb, MAIN, NULL, &one), MIR_EIO);
	shell("test -e $S/refs/heads/main.lock");
	CHECK(mir_spawn("unlock", unlock, NULL) != NULL);
	CHECK_EQ(odb->ops->ref_set(odb, MAIN, NULL, &one), MIR_OK);
	shell("git -C $S pack-refs --all && : >$S/packed-refs.lock");
	CHECK_EQ(odb->ops->ref_set(odb, MAIN, &one, NULL), MIR_EIO);
	shell("rm $S/packed-refs.lock && git -C $S rev-parse main");
	CHECK_EQ(odb->ops->ref_set(odb, MAIN, &one, NULL), MIR_OK);
	close_store();
}

/* As when this program, or the host, died in the middle of a call. */
GIT_TEST(a_lock_from_before_we_came)
{
	struct mir_oid one;

	shell("git init -q --bare $S && mkdir -p $S/refs/heads && : >$S/refs/heads/main.lock && "
	      ": >$S/packed-refs.lock && echo '# pack-refs with: peeled fully-peeled sorted ' >$S/packed-refs && sleep 0.1");
	if (!open_store())
		return;
	one = make_commit(NULL, "one");
	CHECK_EQ(odb->ops->ref_set(odb, MAIN, NULL, &one), MIR_OK);
	CHECK_EQ(counter("hostgit_locks_broken"), 1);
	shell("git -C $S log main && git -C $S fsck --strict");
	CHECK_EQ(odb->ops->ref_set(odb, MAIN, &one, NULL), MIR_OK);
	shell(": >$S/refs/heads/main.lock");
	CHECK_EQ(odb->ops->ref_set(odb, MAIN, NULL, &one), MIR_EIO);
	close_store();
}

GIT_TEST(a_repository_that_was_not_finished)
{
	struct mir_oid one;

	shell("mkdir $S && : >$S/mir-unfinished && mkdir $S/objects && : >$S/HEAD");
	if (!open_store())
		return;
	one = make_commit(NULL, "one");
	CHECK_EQ(odb->ops->ref_set(odb, MAIN, NULL, &one), MIR_OK);
	shell("test ! -e $S/mir-unfinished && git -C $S log && git -C $S fsck --strict");
	close_store();
}

/* A file may not grow: as on a full disk, writes fail in the middle. */
GIT_TEST(no_room)
{
	static char noise[60000];
	struct rlimit before, small = { 4096, RLIM_INFINITY };
	struct mir_oid one, id, got;
	struct mir_object o;
	int err;

	if (!open_store())
		return;
	one = make_commit(NULL, "one");
	for (size_t i = 0; i < sizeof noise; i++)
		noise[i] = (char)test_random();
	id = hash(MIR_OBJECT_BLOB, noise, sizeof noise);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &before);
	small.rlim_max = before.rlim_max;
	setrlimit(RLIMIT_FSIZE, &small);
	err = odb->ops->write(odb, &id, MIR_OBJECT_BLOB, noise, sizeof noise);
	setrlimit(RLIMIT_FSIZE, &before);
	CHECK(err == MIR_EFULL || err == MIR_EMSGSIZE || err == MIR_EIO);
	CHECK_EQ(odb->ops->read(odb, &id, &o), MIR_ENOENT);
	small.rlim_cur = 0;
	setrlimit(RLIMIT_FSIZE, &small);
	err = odb->ops->ref_set(odb, MAIN, NULL, &one);
	setrlimit(RLIMIT_FSIZE, &before);
	CHECK(err < 0);
	CHECK_EQ(odb->ops->ref_get(odb, MAIN, &got), MIR_ENOENT);
	CHECK_EQ(odb->ops->ref_set(odb, MAIN, NULL, &one), MIR_OK);
	write_object(MIR_OBJECT_BLOB, noise, sizeof noise);
	shell("git -C $S fsck --strict");
	close_store();
}

GIT_TEST(no_permission_and_no_folder)
{
	struct mir_oid one, got;
	struct mir_object o;

	if (!open_store())
		return;
	one = make_commit(NULL, "one");
	CHECK_EQ(odb->ops->ref_set(odb, MAIN, NULL, &one), MIR_OK);
	shell("mv $S $S.away");
	CHECK(odb->ops->ref_set(odb, MAIN, &one, NULL) < 0);
	CHECK(odb->ops->ref_get(odb, MAIN, &got) < 0);
	CHECK(odb->ops->read(odb, &got, &o) < 0);
	shell("rm -rf $S; mv $S.away $S");
	CHECK_EQ(odb->ops->ref_get(odb, MAIN, &got), MIR_OK);
	shell("echo '[broken' >>$S/config; : >$S/HEAD");
	CHECK_EQ(odb->ops->read(odb, &one, &o), MIR_OK);
	free(o.data);
	close_store();
	CHECK(hostgit_open_folder(store, &odb) < 0);
}

/* git packs, prunes and commits while we write: nothing of either side is lost. */
GIT_TEST(git_works_on_it_at_the_same_time)
{
	struct mir_oid tip, got;
	char text[30];
	int mine = 0, theirs = 0;

	if (!open_store())
		return;
	tip = make_commit(NULL, "start");
	CHECK_EQ(odb->ops->ref_set(odb, MAIN, NULL, &tip), MIR_OK);
	/* commit-tree may fail while gc moves what it reads; update-ref with one name sets it whatever it was. */
	shell("git clone -q $S copy && (for i in $(seq 40); do old=$(git -C $S rev-parse main) && "
	      "new=$(git -C $S commit-tree -p $old -m theirs$i $old^{tree}) && "
	      "git -C $S update-ref refs/heads/main $new $old && echo $i >>set; done; : >done1) >/dev/null 2>&1 & "
	      "(for i in $(seq 5); do git -C $S gc -q; git -C $S pack-refs --all; done; : >done2) "
	      ">/dev/null 2>&1 & true");
	for (int i = 0; i < 100; i++) {
		struct mir_oid next;

		if (i == 50)		/* For once they have all the time they want. */
			shell("(cd copy && git pull -q --rebase && echo x >g && git add g && "
			      "git commit -qm pushed && git push -q || true)");
		snprintf(text, sizeof text, "mine %d", i);
		next = make_commit(&tip, text);
		if (odb->ops->ref_set(odb, MAIN, &tip, &next) == MIR_OK) {
			mine++;
			tip = next;
		} else if (CHECK_EQ(odb->ops->ref_get(odb, MAIN, &got), MIR_OK)) {
			theirs++;
			tip = got;
		}
	}
	snprintf(text, sizeof text, "%d", mine);
	setenv("MINE", text, 1);
	shell("for i in $(seq 600); do [ -e done1 -a -e done2 ] && break; sleep 0.1; done");
	shell("git -C $S fsck --strict --no-dangling");
	shell("ours=$(git -C $S log --format=%s main | grep -c '^says mine'); echo $ours of $MINE; "
	      "test $ours = $MINE");
	shell("for i in $(cat set); do git -C $S log --format=%s main | grep -qx theirs$i || "
	      "{ echo theirs$i is lost; exit 1; }; done");
	CHECK(mine > 20 && theirs > 0);
	printf("# %d of ours, %d times theirs came first\n", mine, theirs);
	close_store();
}
