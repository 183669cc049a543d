/* SPDX-License-Identifier: ISC */
/* A kv on a folder of the host: the same answers as scripts/bake's for the same files, edits that
 * show at once, nothing from outside, and bounds. */
/* sources: drivers/hostkv/[a-z]*.c */
/* libs: -lz -lmd -ldl */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "drivers/hostkv/digest.h"
#include "drivers/hostkv/hostkv.h"
#include "fs/kv/table.h"
#include "mir/err.h"
#include "mir/stats.h"
#include "mir/task.h"
#include "test/unit/harness.h"

static char folder[40], site[60];

/* A command in the test's folder; 'site' is the one that is served. */
static bool
shell(const char *command)
{
	char all[2000];

	snprintf(all, sizeof all, "cd %s && bake=%s/scripts/bake && %s", folder, TEST_TREE, command);
	return CHECK_MSG(system(all) == 0, "%s", command);
}

static struct mir_kv *
begin(void)
{
	struct mir_kv *kv = NULL;

	strcpy(folder, "/tmp/mir-hostkv-XXXXXX");
	if (!CHECK(mkdtemp(folder) != NULL))
		return NULL;
	snprintf(site, sizeof site, "%s/site", folder);
	mkdir(site, 0700);
	CHECK_EQ(hostkv_open_folder(site, &kv), MIR_OK);
	return kv;
}

static void
end(void)
{
	hostkv_forget();
	CHECK_EQ(hostkv_variant_bytes, 0);
	shell("rm -r /tmp/${PWD##*/}");
}

static int
stat_of(struct mir_kv *kv, const char *key, struct mir_kv_info *info)
{
	return mir_kv_stat(kv, key, strlen(key), info);
}

/* All of a value in pieces of 'step' bytes, compared. */
static bool
same_value(struct mir_kv *kv, const struct mir_kv_info *info, enum mir_kv_encoding enc,
	   const uint8_t *want, size_t step)
{
	uint64_t size = info->encoded_size[enc];
	uint8_t *got = malloc(step);
	struct mir_buf *b;
	bool same = true;

	for (uint64_t at = 0; at < size && same; at += step) {
		size_t len = size - at < step ? (size_t)(size - at) : step;

		same = CHECK_EQ(mir_kv_read(kv, info, enc, at, len, &b), MIR_OK);
		if (!same)
			break;
		same = mir_buf_copy_out(b, 0, got, len + 1) == len && memcmp(got, want + at, len) == 0;
		mir_buf_free(b);
	}
	free(got);
	return same;
}

static void
same_file(struct mir_kv *kv, const struct kv_file *f)
{
	struct mir_kv_info info;

	if (!CHECK_EQ(stat_of(kv, f->key, &info), MIR_OK))
		return;
	CHECK_STR(info.type, f->type);
	CHECK_STR(info.etag, f->etag);
	CHECK_EQ(info.mtime, f->mtime);
	CHECK_EQ(info.size, f->size);
	CHECK_EQ(info.encoded_size[MIR_KV_IDENTITY], f->size);
	CHECK_MSG(info.encoded_size[MIR_KV_GZIP] == f->gzip_size, "%s: gzip %d, want %d", f->key,
		  (int)info.encoded_size[MIR_KV_GZIP], (int)f->gzip_size);
	CHECK_MSG(same_value(kv, &info, MIR_KV_IDENTITY, f->data, 10001), "%s", f->key);
	if (info.encoded_size[MIR_KV_GZIP] == f->gzip_size)
		CHECK_MSG(same_value(kv, &info, MIR_KV_GZIP, f->gzip, 1000), "%s: gzip", f->key);
}

/* A file of each type that bake knows, of sizes about those of buffers, easy and hard to pack. */
static const char make_site[] =
	"cat >make.py <<'.'\n"
	"import os, random, re, sys\n"
	"random.seed(3)\n"
	"words = [bytes(random.choices(b'abcdefgh', k=random.randint(2, 9))) for _ in range(400)]\n"
	"def text(n):\n"
	"    return b' '.join(random.choices(words, k=n // 3 + 1))[:n]\n"
	"def put(key, data):\n"
	"    os.makedirs(os.path.dirname('site/' + key) or '.', exist_ok=True)\n"
	"    open('site/' + key, 'wb').write(data)\n"
	"types = re.findall(r'\"(\\w+)\": \"', open(sys.argv[1]).read())\n"
	"assert len(types) > 15\n"
	"for n, t in enumerate(types):\n"
	"    put('types/' + str(n) + '.' + t, text(900))\n"
	"for n in (0, 1, 9, 10, 11, 19, 100, 4095, 4096, 4097, 32767, 32768, 32769, 65536, 99999):\n"
	"    put('text/%d.txt' % n, text(n))\n"
	"put('mixed.md', random.randbytes(9000) + text(2000))\n"
	"put('edge.css', random.randbytes(1000) + bytes(120))\n"
	"put('noise.json', random.randbytes(40000))\n"
	"put('long.svg', bytes(150000))\n"
	"put('a.html/no', text(900)); put('a b/\\u00e4%\".HTML', text(900)); put('.hidden', b'x')\n"
	".\n"
	"python3 make.py $bake && find site -exec touch -d @1700000000 {} + &&"
	"$bake --mtime 1700000000 site c.S && cc -shared -Wl,-z,notext -o c.so c.S 2>/dev/null";

TEST(answers_are_those_of_bake)
{
	struct mir_kv *kv = begin();
	const struct kv_file *files;
	const uint64_t *count;
	char path[80];
	void *so;

	if (!kv || !shell(make_site))
		return;
	snprintf(path, sizeof path, "%s/c.so", folder);
	so = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!CHECK_MSG(so != NULL, "%s", dlerror()))
		return;
	files = dlsym(so, "kv_files");
	count = dlsym(so, "kv_file_count");
	CHECK(*count > 35);
	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = 0; i < *count; i++)
			same_file(kv, &files[i]);
	}
	for (unsigned i = 0; i < *count; i++)
		CHECK_STR(kv->ops->key(kv, i), files[i].key);
	CHECK(kv->ops->key(kv, (unsigned)*count) == NULL);
	dlclose(so);
	end();
}

TEST(what_is_not_served)
{
	static const char *const no[] = {
		"", ".", "..", "../secret", "sub", "sub/", "/etc/passwd", "sub/../a", ".hidden",
		"out", "up", "outside/secret", "absolute", "loop", "fifo", "nothing", "a/b",
		"sub/.x", "magic",
	};
	struct mir_kv *kv = begin();
	struct mir_kv_info info;
	const char *key;

	if (!kv || !shell("echo no >secret && cd site && echo yes >a && mkdir sub && echo b >sub/b &&"
			  "echo no >.hidden && echo no >sub/.x && ln -s ../secret out && ln -s .. up &&"
			  "ln -s .. outside && ln -s /etc/passwd absolute && ln -s loop loop && mkfifo fifo &&"
			  "ln -s sub/b inside && ln -s /proc/self/exe magic"))
		return;
	for (unsigned i = 0; i < sizeof no / sizeof *no; i++)
		CHECK_MSG(stat_of(kv, no[i], &info) == MIR_ENOENT, "'%s'", no[i]);
	CHECK_EQ(mir_kv_stat(kv, "a\0", 2, &info), MIR_ENOENT);
	CHECK_EQ(stat_of(kv, "a", &info), MIR_OK);
	CHECK_EQ(stat_of(kv, "inside", &info), MIR_OK);
	CHECK_EQ(info.size, 2);
	for (unsigned i = 0; (key = kv->ops->key(kv, i)); i++)
		CHECK_STR(key, ((const char *[]){ "a", "inside", "sub/b", "?" })[i < 3 ? i : 3]);
	end();
}

TEST(an_edit_shows_at_once)
{
	static const char *const edits[] = {
		"echo two >site/a.txt",				/* In place, the same size. */
		"echo three is longer >site/a.txt",
		"echo four >new && mv new site/a.txt",
		"echo five >site/a.txt && touch -d @1700000000 site/a.txt",
		"echo sixx >site/a.txt && touch -d @1700000000 site/a.txt",
		"mv site old && mkdir site && echo seven >site/a.txt",
	};
	struct mir_kv *kv = begin();
	struct mir_kv_info info;
	char last[HOSTKV_ETAG] = "";

	if (!kv || !shell("echo one >site/a.txt"))
		return;
	for (unsigned i = 0; i <= sizeof edits / sizeof *edits; i++) {
		CHECK_EQ(stat_of(kv, "a.txt", &info), MIR_OK);
		CHECK_MSG(strcmp(last, info.etag) != 0, "edit %u does not show", i);
		snprintf(last, sizeof last, "%s", info.etag);
		if (i < sizeof edits / sizeof *edits)
			shell(edits[i]);
	}
	shell("rm site/a.txt");
	CHECK_EQ(stat_of(kv, "a.txt", &info), MIR_ENOENT);
	end();
}

TEST(a_file_that_changes_under_a_reader_is_an_error)
{
	struct mir_kv *kv = begin();
	struct mir_kv_info info;
	struct mir_buf *b;

	if (!kv || !shell("yes | head -c 200000 >site/a"))
		return;
	CHECK_EQ(stat_of(kv, "a", &info), MIR_OK);
	CHECK_EQ(mir_kv_read(kv, &info, MIR_KV_IDENTITY, 0, 65536, &b), MIR_OK);
	mir_buf_free(b);
	CHECK_EQ(mir_kv_read(kv, &info, MIR_KV_IDENTITY, info.size - 1, 2, &b), MIR_EINVAL);
	CHECK_EQ(mir_kv_read(kv, &info, MIR_KV_IDENTITY, info.size + 1, 0, &b), MIR_EINVAL);
	CHECK_EQ(mir_kv_read(kv, &info, MIR_KV_GZIP, 0, 1, &b), MIR_EINVAL);
	/* Who reads goes on with the old file when a new one takes its name. */
	shell("echo new >new && mv new site/a");
	CHECK_EQ(mir_kv_read(kv, &info, MIR_KV_IDENTITY, 65536, 65536, &b), MIR_OK);
	CHECK(b && b->data[0] == 'y');
	mir_buf_free(b);

	shell("seq 100000 >site/c");
	CHECK_EQ(stat_of(kv, "c", &info), MIR_OK);
	shell("truncate -s 66000 site/c");
	CHECK_EQ(mir_kv_read(kv, &info, MIR_KV_IDENTITY, 0, 100, &b), MIR_EIO);
	CHECK_EQ(mir_kv_read(kv, &info, MIR_KV_IDENTITY, 65536, 65536, &b), MIR_EIO);
	end();
}

TEST(files_and_memory_are_bounded)
{
	struct mir_kv *kv = begin();
	struct mir_kv_info first, info;
	struct mir_buf *held[8], *b;
	char key[20];

	if (!kv || !shell("python3 -c 'import random\n"
			  "for n in range(40): open(\"site/%d.txt\" % n, \"w\").write("
			  "\"\".join(random.choices(\"0123456789abcdef\", k=20000)))'"))
		return;
	CHECK_EQ(stat_of(kv, "0.txt", &first), MIR_OK);
	CHECK(first.encoded_size[MIR_KV_GZIP] > 9000);
	for (unsigned i = 0; i < 40; i++) {
		snprintf(key, sizeof key, "%u.txt", i);
		CHECK_EQ(stat_of(kv, key, &info), MIR_OK);
		CHECK(hostkv_variant_bytes <= CONFIG_HOSTKV_CACHE_KB * 1024);
	}
	CHECK_EQ(mir_kv_read(kv, &first, MIR_KV_IDENTITY, 0, 1, &b), MIR_EGONE);
	/* Packets that hold all of the memory: others go without their variant, but they go. */
	for (unsigned i = 0; i < 8; i++) {
		snprintf(key, sizeof key, "%u.txt", i);
		held[i] = NULL;
		CHECK_EQ(stat_of(kv, key, &info), MIR_OK);
		if (info.encoded_size[MIR_KV_GZIP])
			CHECK_EQ(mir_kv_read(kv, &info, MIR_KV_GZIP, 0, 100, &held[i]), MIR_OK);
		CHECK(hostkv_variant_bytes <= CONFIG_HOSTKV_CACHE_KB * 1024);
	}
	CHECK(held[0] && !held[7] && !info.encoded_size[MIR_KV_GZIP]);
	CHECK_EQ(mir_kv_read(kv, &info, MIR_KV_IDENTITY, 0, 20000, &b), MIR_OK);
	mir_buf_free(b);
	for (unsigned i = 0; i < 8; i++)
		mir_buf_free(held[i]);
	end();
}

TEST(descriptors_are_given_back_when_they_are_short)
{
	struct mir_kv *kv = begin();
	struct mir_kv_info info;
	int taken[4096], n = 0;

	if (!kv || !shell("for i in 0 1 2 3; do echo $i >site/$i; done"))
		return;
	CHECK_EQ(stat_of(kv, "0", &info), MIR_OK);
	CHECK_EQ(stat_of(kv, "1", &info), MIR_OK);
	while (n < 4096 && (taken[n] = dup(2)) >= 0)
		n++;
	if (n < 4096) {
		close(taken[--n]);
		CHECK_EQ(stat_of(kv, "2", &info), MIR_OK);
		CHECK_EQ(stat_of(kv, "3", &info), MIR_OK);
	}
	while (n)
		close(taken[--n]);
	end();
}

static struct mir_kv *asked;
static unsigned answered;

static void
ask(void *arg)
{
	struct mir_kv_info info;

	(void)arg;
	answered += stat_of(asked, "a.txt", &info) == MIR_OK && info.encoded_size[MIR_KV_GZIP] != 0;
}

static void
find_digests(void *ctx, const char *name, uint64_t value)
{
	if (strcmp(name, "hostkv_digests") == 0)
		*(uint64_t *)ctx = value;
}

TEST(many_ask_and_one_reads)
{
	uint64_t before = 0, after = 0;

	asked = begin();
	if (!asked || !shell("yes some text | head -c 300000 >site/a.txt && echo x >site/b"))
		return;
	mir_counters_each(find_digests, &before);
	for (int i = 0; i < 8; i++)
		mir_spawn("ask", ask, NULL);
	test_run_for(0);
	mir_counters_each(find_digests, &after);
	CHECK_EQ(answered, 8);
	CHECK_EQ(after - before, 1);
	end();
}

TEST(a_folder_that_is_not_there)
{
	struct mir_kv *kv;

	CHECK_EQ(hostkv_open_folder("/nowhere/site", &kv), MIR_ENOENT);
	CHECK_EQ(hostkv_open_folder("/dev/null", &kv), MIR_ENOENT);
}
