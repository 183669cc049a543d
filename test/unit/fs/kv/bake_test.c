/* SPDX-License-Identifier: ISC */
/* scripts/bake, by what it makes of a small folder: twice the same, and the right bytes.
 *
 * The result is assembled into a shared object, which is opened here. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "fs/kv/table.h"
#include "test/unit/harness.h"

static char folder[] = "/tmp/mir-bake-XXXXXX";

static void
put(const char *path, const char *text, int times)
{
	FILE *f = fopen(path, "w");

	while (CHECK(f != NULL) && times--)
		fputs(text, f);
	if (f)
		fclose(f);
}

static void
make_site(const char *where)
{
	if (!CHECK(mkdir(where, 0700) == 0) || !CHECK(chdir(where) == 0))
		return;
	mkdir("b", 0700);
	mkdir(".git", 0700);
	put("z.html", "<p>the same and the same\n", 200);
	put("b/c.css", "p{}", 1);
	put("b.png", "same\n", 200);
	put("we\"ird \\ \xc3\xa4.txt", "x", 1);
	put("empty", "", 0);
	put(".hidden", "no", 1);
	put(".git/config", "no", 1);
	CHECK(chdir(folder) == 0);
}

static int
shell(const char *command)
{
	char all[500];

	snprintf(all, sizeof all, "cd %s && bake=%s/scripts/bake && %s", folder, TEST_TREE, command);
	return system(all);
}

static const struct { const char *key, *type; uint64_t size; bool gzip; } want[] = {
	{ "b.png", "image/png", 1000, false }, { "b/c.css", "text/css; charset=utf-8", 3, false },
	{ "empty", "application/octet-stream", 0, false },
	{ "we\"ird \\ \xc3\xa4.txt", "text/plain; charset=utf-8", 1, false },
	{ "z.html", "text/html; charset=utf-8", 5000, true },
};

static void
check_file(const struct kv_file *f, unsigned i, const uint8_t *content, uint64_t size)
{
	char path[300];
	FILE *source;

	CHECK_STR(f->key, want[i].key);
	CHECK_STR(f->type, want[i].type);
	CHECK_EQ(f->size, want[i].size);
	CHECK_EQ(f->mtime, 99);
	CHECK_EQ(f->gzip_size > 0, want[i].gzip);
	CHECK_EQ(strlen(f->etag), 22);
	CHECK((f->data - content) % 64 == 0 && f->data + f->size <= content + size);
	snprintf(path, sizeof path, "%s/one/%s", folder, f->key);
	source = fopen(path, "r");
	if (!CHECK(source != NULL))
		return;
	for (uint64_t n = 0; n < f->size; n++)
		if (!CHECK_EQ(f->data[n], fgetc(source)))
			break;
	fclose(source);
	if (f->gzip_size)
		CHECK(f->gzip_size < f->size && memcmp(f->gzip, "\x1f\x8b\x08", 3) == 0);
}

static void
check_table(void *so)
{
	const struct kv_file *files = dlsym(so, "kv_files");
	const uint64_t *count = dlsym(so, "kv_file_count");
	const uint64_t *size = dlsym(so, "kv_content_size");
	const uint8_t *content = dlsym(so, "kv_content");

	if (!CHECK(files && count && size && content) ||
	    !CHECK_EQ(*count, sizeof want / sizeof *want))
		return;
	CHECK_EQ((uintptr_t)content % 4096, 0);
	for (unsigned i = 0; i < *count; i++)
		check_file(&files[i], i, content, *size);
}

TEST(a_folder_is_baked)
{
	char path[100];
	void *so;

	if (!CHECK(mkdtemp(folder) != NULL))
		return;
	snprintf(path, sizeof path, "%s/one", folder);
	make_site(path);
	snprintf(path, sizeof path, "%s/two", folder);
	make_site(path);
	CHECK_EQ(shell("mkdir o1 o2 && $bake --mtime 99 one o1/c.S && $bake --mtime 99 two o2/c.S"), 0);
	CHECK_EQ(shell("cmp o1/c.S o2/c.S && cmp o1/c.S.bin o2/c.S.bin"), 0);
	CHECK_EQ(shell("cd o1 && cc -shared -Wl,-z,notext -o c.so c.S 2>/dev/null"), 0);
	snprintf(path, sizeof path, "%s/o1/c.so", folder);
	so = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (CHECK_MSG(so != NULL, "%s", dlerror())) {
		check_table(so);
		dlclose(so);
	}
	CHECK_EQ(shell("$bake one/b /nowhere/c.S 2>/dev/null"), 256);
	CHECK_EQ(shell("$bake nothing o1/d.S 2>/dev/null"), 256);
	CHECK(chdir("/") == 0);
	CHECK_EQ(shell("rm -r one two o1 o2"), 0);
	CHECK(rmdir(folder) == 0);
}
