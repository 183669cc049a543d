/* SPDX-License-Identifier: ISC */
/* test/unit/drivers/hostgit/git.h - a temporary folder, git itself as the judge, and tests that
 * run as tasks on the real loop. */
#ifndef TEST_UNIT_DRIVERS_HOSTGIT_GIT_H
#define TEST_UNIT_DRIVERS_HOSTGIT_GIT_H

#include <git2.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "drivers/hostgit/hostgit.h"
#include "mir/err.h"
#include "mir/stats.h"
#include "mir/task.h"
#include "test/unit/harness.h"
#include "unix/priv.h"
#include "unix/unix.h"

static char folder[40], store[60];
static struct mir_odb *odb;
static bool ended;

__attribute__((constructor)) static inline void
prepare(void)
{
	unix_loop_open();
	signal(SIGTERM, SIG_DFL);		/* A time limit is to end it. */
	setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
	setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
	setenv("GIT_AUTHOR_NAME", "Tester", 1);
	setenv("GIT_AUTHOR_EMAIL", "tester@localhost", 1);
	setenv("GIT_COMMITTER_NAME", "Tester", 1);
	setenv("GIT_COMMITTER_EMAIL", "tester@localhost", 1);
}

/* Handles what the host has to tell, waiting so long for it; Mir's time goes on, too. */
static inline void
step(unsigned milliseconds)
{
	unix_platform.wait(mir_deadline(mir_now(), MIR_MS(milliseconds)));
	test_run_for(MIR_MS(milliseconds));
}

static inline void
task_body(void *body)
{
	((void (*)(void))body)();
	ended = true;
}

/* Runs a test's body as a task, in a new folder. */
static inline void
run_test(void (*body)(void))
{
	char line[120];

	strcpy(folder, "/tmp/mir-hostgit-XXXXXX");
	if (!CHECK(mkdtemp(folder) != NULL))
		return;
	snprintf(store, sizeof store, "%s/store", folder);
	ended = false;
	CHECK(mir_spawn("test", task_body, (void *)body) != NULL);
	for (int left = 6000; !ended && left > 0; left--)
		step(10);
	CHECK_MSG(ended, "the test ends in a minute");
	snprintf(line, sizeof line, "chmod -R u+rwx %s; rm -rf %s", folder, folder);
	CHECK_EQ(system(line), 0);
}

#define GIT_TEST(id)								\
	static void body_##id(void);						\
	TEST(id)								\
	{									\
		run_test(body_##id);						\
	}									\
	static void body_##id(void)

/* A shell's command in the test's folder; $S is the store's. */
static inline bool
shell(const char *command)
{
	char all[3000];

	snprintf(all, sizeof all, "cd %s && S=%s && { %s; } >%s/out 2>&1 || { cat %s/out; false; }",
		 folder, store, command, folder, folder);
	return CHECK_MSG(system(all) == 0, "%s", command);
}

static inline bool
open_store(void)
{
	return CHECK_EQ(hostgit_open_folder(store, &odb), MIR_OK);
}

static inline void
close_store(void)
{
	hostgit_close(odb);
}

static inline struct mir_oid
hash(enum mir_object_kind kind, const void *data, size_t size)
{
	struct mir_oid id;

	CHECK_EQ(git_odb_hash((git_oid *)&id, data, size, (git_object_t)kind), 0);
	return id;
}

static inline struct mir_oid
write_object(enum mir_object_kind kind, const void *data, size_t size)
{
	struct mir_oid id = hash(kind, data, size);

	CHECK_EQ(odb->ops->write(odb, &id, kind, data, size), MIR_OK);
	return id;
}

static inline void
hex_of(const struct mir_oid *id, char hex[41])
{
	git_oid_tostr(hex, 41, (const git_oid *)id);
}

/* A commit of a tree with one file "f" with that text. */
static inline struct mir_oid
make_commit(const struct mir_oid *parent, const char *text)
{
	struct mir_oid blob = write_object(MIR_OBJECT_BLOB, text, strlen(text)), tree;
	char bytes[30] = "100644 f", words[400], hex[41];
	int len;

	memcpy(bytes + 9, blob.bytes, 20);
	tree = write_object(MIR_OBJECT_TREE, bytes, 29);
	hex_of(&tree, hex);
	len = snprintf(words, sizeof words, "tree %s\n", hex);
	if (parent) {
		hex_of(parent, hex);
		len += snprintf(words + len, sizeof words - (size_t)len, "parent %s\n", hex);
	}
	len += snprintf(words + len, sizeof words - (size_t)len,
			"author Mir <mir@localhost> 1700000000 +0000\n"
			"committer Mir <mir@localhost> 1700000000 +0000\n\nsays %s\n", text);
	return write_object(MIR_OBJECT_COMMIT, words, (size_t)len);
}

static uint64_t counter_found __attribute__((unused));

static inline void
take_counter(void *ctx, const char *name, uint64_t value)
{
	if (strcmp(name, ctx) == 0)
		counter_found = value;
}

#endif
