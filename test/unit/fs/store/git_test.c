/* SPDX-License-Identifier: ISC */
/* sources: fs/store/[a-z]*.c fs/mem/path.c */
/* libs: -lz */
/* git as the judge: a store that random changes, merges and reverts made is written out as a
 * repository, and git finds nothing wrong and gives the same answers. */
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include "test/unit/fs/store/kit.h"

#define STEPS	250
#define ANSWER	65536

static char folder[] = "/tmp/mir-store-git-XXXXXX";

/* --- Writing out. */

static void
write_file(const char *name, const void *data, size_t size)
{
	char path[300];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	for (char *slash = path + sizeof folder; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(path, 0700);
		*slash = '/';
	}
	f = fopen(path, "w");
	if (!CHECK(f && fwrite(data, 1, size, f) == size))
		return;
	fclose(f);
}

/* gitformat-loose (5). */
static bool
write_object(void *ctx, const struct mir_oid *id)
{
	static const char *const kinds[] = { "", "commit", "tree", "blob", "tag" };
	static uint8_t plain[CONFIG_STORE_VALUE_KIB * 1024 + 50], packed[2 * sizeof plain];
	uLongf size = sizeof packed;
	char hex[OID_HEX + 1], name[80];
	struct mir_object o;
	int head;

	(void)ctx;
	if (!CHECK(odb->ops->read(odb, id, &o) == MIR_OK))
		return true;
	head = sprintf((char *)plain, "%s %zu", kinds[o.kind], o.size) + 1;
	memcpy(plain + head, o.data, o.size);
	CHECK_EQ(compress(packed, &size, plain, (uLong)head + o.size), Z_OK);
	oid_to_hex(id, hex);
	snprintf(name, sizeof name, "objects/%.2s/%s", hex, hex + 2);
	write_file(name, packed, size);
	free(o.data);
	return true;
}

static void
write_repository(void)
{
	char name[MIR_REF_MAX] = "", hex[OID_HEX + 2];
	struct mir_oid id;

	CHECK(mkdtemp(folder) != NULL);
	write_file("HEAD", "ref: refs/heads/main\n", 21);
	write_file("config", "[core]\nrepositoryformatversion = 0\nbare = true\n", 47);
	CHECK_EQ(odb->ops->sweep(odb, write_object, NULL), MIR_OK);
	write_file("refs/heads/.x", "", 0);
	while (odb->ops->ref_next(odb, name, &id) > 0) {
		oid_to_hex(&id, hex);
		strcat(hex, "\n");
		write_file(name, hex, OID_HEX + 1);
	}
}

static int
remove_one(const char *path, const struct stat *st, int what, struct FTW *at)
{
	(void)st;
	(void)what;
	(void)at;
	return remove(path);
}

/* What git says, and its status. */
static const char *
git(int *status, const char *fmt, ...)
{
	static char answer[ANSWER];
	char command[600];
	va_list ap;
	size_t len;
	FILE *f;
	int n = snprintf(command, sizeof command, "exec timeout 60 git -C %s ", folder);

	va_start(ap, fmt);
	vsnprintf(command + n, sizeof command - (size_t)n, fmt, ap);
	va_end(ap);
	f = popen(command, "r");
	if (!CHECK(f != NULL))
		return "";
	len = fread(answer, 1, sizeof answer - 1, f);
	answer[len] = '\0';
	*status = pclose(f);
	return answer;
}

static const char *
hex_of(const struct mir_oid *id)
{
	static char text[4][OID_HEX + 1];
	static unsigned next;

	oid_to_hex(id, text[++next % 4]);
	return text[next % 4];
}

/* --- A random history. */

static const char *const branches[] = { "main", "dev", "topic/x" };
static const char *const paths[] = { "a", "b", "f/a", "f/b", "f/g/h/x", "f.x", "f0", "z/z", "\xc3\xa4/\xe2\x82\xac" };

struct merged {				/* What a merge was asked, and what came of it. */
	struct mir_oid ours, theirs, tree;
	int err;
};
static struct merged merges[STEPS];
static unsigned merge_count;

#define PICK(list) (list)[test_random() % (sizeof (list) / sizeof *(list))]

static void
random_change(const char *branch)
{
	char text[40];
	const char *path = PICK(paths);
	static const enum mir_store_mode modes[] = { MIR_STORE_VALUE, MIR_STORE_VALUE, MIR_STORE_PROGRAM,
						     MIR_STORE_LINK, MIR_STORE_NONE };
	struct mir_store_change c = { path, PICK(modes), text, 0, NULL };
	const struct mir_store_note note = { test_random() % 4 ? "a change" : "one\n\ntwo\n",
					     test_random() % 2 ? "Somebody \xc3\xa4 <a@b.example>" : NULL };
	int err;

	c.size = (size_t)sprintf(text, "%llu", (unsigned long long)(test_random() % 1000));
	err = mir_store_update(s, branch, &c, 1, &note, NULL);
	CHECK_MSG(!err || (err == MIR_ENOENT && !c.mode), "%s %s: %d", branch, path, err);
}

static void
random_merge(const char *branch, const char *from)
{
	const struct mir_store_note note = { "a merge", NULL };
	struct merged *m = &merges[merge_count++];
	struct mir_oid commit;

	m->ours = at(branch);
	m->theirs = at(from);
	m->err = mir_store_merge(s, branch, &m->theirs, NULL, NULL, &note, NULL, &commit);
	if (!m->err)
		CHECK_EQ(store_tree_of(s, &commit, &m->tree), MIR_OK);
	else if (CHECK_EQ(m->err, MIR_EEXIST) && test_random() % 2)
		CHECK_EQ(mir_store_merge(s, branch, &m->theirs, joined, NULL, &note, NULL, NULL), MIR_OK);
}

static void
random_revert(const char *branch)
{
	const struct mir_store_note note = { "a revert", NULL };
	struct mir_oid commit = at(branch);
	int err = mir_store_revert(s, branch, &commit, &note, NULL, NULL);

	CHECK_MSG(!err, "%d", err);
}

static void
random_history(void)
{
	const struct mir_store_note note = { "a tag", NULL };
	char name[20];
	struct mir_oid id;

	put("main", "a", "0");
	id = at("main");
	CHECK_EQ(mir_store_branch(s, "dev", &id), MIR_OK);
	CHECK_EQ(mir_store_branch(s, "topic/x", &id), MIR_OK);
	for (unsigned i = 0; i < STEPS; i++) {
		test_wall += MIR_SEC(1);
		switch (test_random() % 8) {
		case 0:
		case 1:
			random_merge(PICK(branches), PICK(branches));
			break;
		case 2:
			random_revert(PICK(branches));
			break;
		case 3:
			id = at("main");
			sprintf(name, "t%u", i);
			CHECK_EQ(mir_store_tag(s, name, &id, test_random() % 2 ? &note : NULL), MIR_OK);
			break;
		default:
			random_change(PICK(branches));
		}
	}
}

/* --- The same answers. */

static const char *
ids(const char *revision, const char *path)
{
	static char text[ANSWER];
	struct mir_store_commit c;
	struct mir_store_log *l;

	text[0] = '\0';
	CHECK_EQ(mir_store_log_open(s, revision, path, &l), MIR_OK);
	while (mir_store_log_next(l, &c) > 0) {
		strcat(text, hex_of(&c.id));
		strcat(text, "\n");
	}
	mir_store_log_close(l);
	return text;
}

static int
status_line(void *ctx, const struct mir_store_delta *d)
{
	char *text = ctx;
	bool type = (d->old_mode == MIR_STORE_LINK) != (d->new_mode == MIR_STORE_LINK);

	sprintf(text + strlen(text), "%c\t%s\n", !d->old_mode ? 'A' : !d->new_mode ? 'D' : type ? 'T' : 'M',
		d->path);
	return 0;
}

static void
judge_values(void)
{
	struct mir_store_view v;
	struct mir_store_value value;
	const char *answer;
	int status;

	for (unsigned i = 0; i < 3 * sizeof paths / sizeof *paths; i++) {
		CHECK_EQ(mir_store_view_open(s, branches[i % 3], &v), MIR_OK);
		answer = git(&status, "show %s:%s 2>/dev/null", branches[i % 3], paths[i / 3]);
		if (mir_store_get(&v, paths[i / 3], &value) == MIR_OK) {
			CHECK(status == 0 && strlen(answer) == value.size);
			CHECK_MEM(answer, value.data, value.size);
			mir_store_value_free(&value);
		} else {
			CHECK(status != 0);
		}
		mir_store_view_close(&v);
	}
}

static void
judge_histories(void)
{
	int status;

	for (unsigned i = 0; i < 3; i++) {
		CHECK_STR(ids(branches[i], NULL), git(&status, "log --format=%%H %s", branches[i]));
		for (unsigned p = 0; p < sizeof paths / sizeof *paths; p++)
			CHECK_STR(ids(branches[i], paths[p]),
				  git(&status, "log --format=%%H %s -- %s", branches[i], paths[p]));
	}
}

static void
judge_differences_and_bases(void)
{
	static char text[ANSWER];
	struct mir_oid a, b, base;
	int status;

	for (unsigned i = 0; i < 9; i++) {
		a = at(branches[i / 3]);
		b = at(branches[i % 3]);
		text[0] = '\0';
		CHECK_EQ(mir_store_diff(s, &a, &b, status_line, text), MIR_OK);
		CHECK_STR(text, git(&status, "-c core.quotePath=false diff-tree -r --no-renames --name-status %s %s",
				    hex_of(&a), hex_of(&b)));
		CHECK_EQ(mir_store_merge_base(s, &a, &b, &base), MIR_OK);
		CHECK(strstr(git(&status, "merge-base --all %s %s", hex_of(&a), hex_of(&b)), hex_of(&base)));
	}
}

/* git merges several bases first, and lines in files, too: those merges are left out, or are
 * conflicts on both sides. */
static void
judge_merges(void)
{
	unsigned judged = 0, conflicts = 0;
	const char *answer;
	int status;

	for (const struct merged *m = merges; m < merges + merge_count; m++) {
		answer = git(&status, "merge-base --all %s %s", hex_of(&m->ours), hex_of(&m->theirs));
		if (strlen(answer) != OID_HEX + 1)
			continue;
		answer = git(&status, "-c merge.renames=false -c merge.directoryRenames=false merge-tree --write-tree %s %s",
			     hex_of(&m->ours), hex_of(&m->theirs));
		judged++;
		conflicts += status != 0;
		CHECK_MSG(!m->err == (status == 0), "%s %s: %d, git %d", hex_of(&m->ours), hex_of(&m->theirs),
			  m->err, status);
		if (!m->err)
			CHECK_MSG(strncmp(answer, hex_of(&m->tree), OID_HEX) == 0, "%s %s", hex_of(&m->ours),
				  hex_of(&m->theirs));
	}
	CHECK_MSG(judged > 10 && conflicts > 2, "only %u merges, %u of them conflicts", judged, conflicts);
}

TEST(git_finds_the_same_and_nothing_wrong)
{
	const char *answer;
	int status;

	setenv("HOME", "/nonexistent", 1);
	setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
	begin();
	random_history();
	write_repository();
	answer = git(&status, "fsck --strict --full --no-dangling 2>&1");
	CHECK_MSG(status == 0 && !*answer, "%s", answer);
	judge_values();
	judge_histories();
	judge_differences_and_bases();
	judge_merges();
	if (getenv("TEST_KEEP"))
		printf("# %s\n", folder);
	else
		nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	end();
}
