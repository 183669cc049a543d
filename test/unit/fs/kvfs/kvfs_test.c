/* SPDX-License-Identifier: ISC */
/* sources: fs/kvfs/[a-z]*.c fs/mem/fs.c fs/mem/node.c fs/mem/data.c fs/mem/path.c */
/* libs: -lz -lmd */
/* fs/kvfs: files are served as other kvs serve them, changes show at once, values are set whole. */
#include <ctype.h>
#include <sha2.h>
#include <stdio.h>
#include <zlib.h>
#include "fs/kvfs/impl.h"
#include "fs/mem/mem.h"
#include "mir/err.h"
#include "test/unit/harness.h"

static struct mir_fs *fs;
static const struct mir_fs_ops *real;
static struct kvfs *kv;
static int result;
static void (*job)(void);

static void
task(void *arg)
{
	(void)arg;
	job();
}

static int
in_task(void (*fn)(void))
{
	job = fn;
	result = 1;
	mir_spawn("test", task, NULL);
	test_run_for(MIR_SEC(20));
	return result;
}

static bool for_writing;

static void
do_make(void)
{
	result = kvfs_make(mir_clock, fs, for_writing, &kv);
}

static void
begin(bool rw)
{
	CHECK_EQ(fs_mem_open(mir_clock, &fs), MIR_OK);
	for_writing = rw;
	CHECK_EQ(in_task(do_make), MIR_OK);
}

static void
end(void)
{
	kvfs_free(kv);
	fs_mem_clear(fs);
}

static void
put_file(const char *path, const void *data, size_t len)
{
	struct mir_file *f;
	struct mir_buf *b = mir_buf_copy_in(data, len);

	CHECK_EQ(fs->ops->open(fs, path, MIR_FS_WRITE | MIR_FS_CREATE, &f), MIR_OK);
	CHECK_EQ(f->ops->truncate(f, 0), MIR_OK);
	CHECK_EQ(f->ops->write(f, 0, b), MIR_OK);
	f->ops->close(f);
}

static struct {
	const char *key;
	struct mir_kv_info info;
	enum mir_kv_encoding encoding;
	uint64_t offset;
	size_t len;
	struct mir_buf *got;
} ask;

static void
do_stat(void)
{
	result = mir_kv_stat(&kv->kv.kv, ask.key, strlen(ask.key), &ask.info);
}

static int
stat_of(const char *key)
{
	ask.key = key;
	return in_task(do_stat);
}

static void
do_read(void)
{
	result = mir_kv_read(&kv->kv.kv, &ask.info, ask.encoding, ask.offset, ask.len, &ask.got);
}

/* What was looked at last, as a text. */
static const char *
value(enum mir_kv_encoding e)
{
	static char text[65536 + 1];
	size_t n;

	ask.encoding = e;
	ask.offset = 0;
	ask.len = (size_t)ask.info.encoded_size[e];
	if (in_task(do_read))
		return mir_err_name(result);
	n = mir_buf_copy_out(ask.got, 0, text, sizeof text - 1);
	text[n] = '\0';
	mir_buf_free(ask.got);
	return text;
}

static void
do_put(void)
{
	result = mir_kv_put(&kv->kv, ask.key, strlen(ask.key), ask.got);
}

static int
put_value(const char *key, const char *text)
{
	ask.key = key;
	ask.got = *text ? mir_buf_copy_in(text, strlen(text)) : mir_buf_alloc(0, 0);
	if (in_task(do_put))
		mir_buf_free(ask.got);
	return result;
}

static void
do_remove(void)
{
	result = mir_kv_remove(&kv->kv, ask.key, strlen(ask.key));
}

static int
remove_value(const char *key)
{
	ask.key = key;
	return in_task(do_remove);
}

TEST(a_file_is_a_value_and_its_etag_a_hash)
{
	char hex[2 * 32 + 1], want[30];
	uint8_t sum[32];
	SHA2_CTX s;

	begin(false);
	fs->ops->mkdir(fs, "docs");
	put_file("docs/a.html", "<p>hello", 8);
	CHECK_EQ(stat_of("docs/a.html"), MIR_OK);
	CHECK_EQ(ask.info.size, 8);
	CHECK_EQ(ask.info.mtime, test_wall / MIR_SEC(1) - 20);
	CHECK_EQ(ask.info.encoded_size[MIR_KV_GZIP], 0);
	CHECK_STR(ask.info.type, "text/html; charset=utf-8");
	SHA256Init(&s);
	SHA256Update(&s, (const uint8_t *)"<p>hello", 8);
	SHA256Final(sum, &s);
	for (unsigned i = 0; i < 32; i++)
		snprintf(hex + 2 * i, 3, "%02x", sum[i]);
	snprintf(want, sizeof want, "\"%.20s\"", hex);
	CHECK_STR(ask.info.etag, want);
	CHECK_STR(value(MIR_KV_IDENTITY), "<p>hello");
	ask.offset = 3;
	ask.len = 5;
	CHECK_EQ(in_task(do_read), MIR_OK);
	CHECK_EQ(mir_buf_len(ask.got), 5);
	mir_buf_free(ask.got);
	ask.len = 6;
	CHECK_EQ(in_task(do_read), MIR_EINVAL);
	ask.offset = UINT64_MAX;
	CHECK_EQ(in_task(do_read), MIR_EINVAL);
	end();
}

TEST(what_is_no_key_is_not_there)
{
	static const char *const no[] = { "", "/", "docs", "docs/", "nothing", ".hidden", "a/b",
					  "docs/../a", "docs//a", "/a", "\xff", "docs/.x" };

	begin(false);
	fs->ops->mkdir(fs, "docs");
	put_file("a", "x", 1);
	put_file(".hidden", "x", 1);
	put_file("docs/.x", "x", 1);
	for (unsigned i = 0; i < sizeof no / sizeof *no; i++)
		CHECK_MSG(stat_of(no[i]) == MIR_ENOENT, "'%s'", no[i]);
	CHECK_EQ(stat_of("a"), MIR_OK);
	CHECK_STR(kv->kv.kv.ops->key(&kv->kv.kv, 0), "a");
	CHECK(kv->kv.kv.ops->key(&kv->kv.kv, 1) == NULL);
	end();
}

TEST(keys_are_sorted)
{
	begin(false);
	fs->ops->mkdir(fs, "b");
	put_file("c", "x", 1);
	put_file("b/z", "x", 1);
	put_file("b/a", "x", 1);
	put_file("a", "x", 1);
	CHECK_STR(kv->kv.kv.ops->key(&kv->kv.kv, 0), "a");
	CHECK_STR(kv->kv.kv.ops->key(&kv->kv.kv, 1), "b/a");
	CHECK_STR(kv->kv.kv.ops->key(&kv->kv.kv, 2), "b/z");
	CHECK_STR(kv->kv.kv.ops->key(&kv->kv.kv, 3), "c");
	CHECK(kv->kv.kv.ops->key(&kv->kv.kv, 4) == NULL);
	end();
}

/* FAT's way: letters are the same. */
static int
careless_stat(struct mir_fs *f, const char *path, struct mir_fs_info *out)
{
	char low[100];
	size_t n = 0;

	for (; path[n]; n++)
		low[n] = (char)tolower(path[n]);
	low[n] = '\0';
	return real->stat(f, low, out);
}

TEST(letters_count_also_where_the_file_system_does_not_care)
{
	struct mir_fs_ops ops;

	begin(false);
	fs->ops->mkdir(fs, "docs");
	put_file("docs/a.html", "x", 1);
	real = fs->ops;
	ops = *real;
	ops.stat = careless_stat;
	fs->ops = &ops;
	CHECK_EQ(stat_of("docs/a.html"), MIR_OK);
	CHECK_EQ(stat_of("docs/A.html"), MIR_ENOENT);
	CHECK_EQ(stat_of("DOCS/a.html"), MIR_ENOENT);
	fs->ops = real;
	end();
}

TEST(a_change_shows_at_once_also_one_of_the_same_size_and_time)
{
	struct mir_kv_info before;

	begin(false);
	put_file("a", "one", 3);
	put_file("b", "other", 5);
	CHECK_EQ(stat_of("b"), MIR_OK);
	CHECK_EQ(stat_of("a"), MIR_OK);
	before = ask.info;
	CHECK_STR(value(MIR_KV_IDENTITY), "one");
	test_wall -= 40 * MIR_SEC(1);	/* As if no time had passed. */
	put_file("a", "two", 3);
	ask.info = before;
	CHECK_STR(value(MIR_KV_IDENTITY), mir_err_name(MIR_EGONE));
	CHECK_EQ(stat_of("a"), MIR_OK);
	CHECK_STR(value(MIR_KV_IDENTITY), "two");
	CHECK_EQ(stat_of("b"), MIR_OK);
	before = ask.info;
	put_file("c", "new", 3);	/* This concerns nobody else. */
	ask.info = before;
	CHECK_STR(value(MIR_KV_IDENTITY), "other");
	fs->ops->remove(fs, "b");
	ask.info = before;
	CHECK_STR(value(MIR_KV_IDENTITY), mir_err_name(MIR_EGONE));
	CHECK_EQ(stat_of("b"), MIR_ENOENT);
	end();
}

static unsigned opens;

static int
counting_open(struct mir_fs *f, const char *path, unsigned mode, struct mir_file **out)
{
	opens++;
	return real->open(f, path, mode, out);
}

TEST(a_file_is_hashed_once_until_something_changes)
{
	struct mir_fs_ops ops;

	begin(false);
	put_file("a", "one", 3);
	real = fs->ops;
	ops = *real;
	ops.open = counting_open;
	fs->ops = &ops;
	opens = 0;
	test_advance(MIR_SEC(10));	/* Later changes have another time. */
	CHECK_EQ(stat_of("a"), MIR_OK);
	CHECK_EQ(opens, 1);
	for (int i = 0; i < 5; i++)
		CHECK_EQ(stat_of("a"), MIR_OK);
	CHECK_EQ(opens, 1);
	fs->changes++;			/* Something else: a look at size and time is enough. */
	CHECK_EQ(stat_of("a"), MIR_OK);
	CHECK_EQ(opens, 1);
	fs->volumes++;			/* Another disk. */
	CHECK_EQ(stat_of("a"), MIR_OK);
	CHECK_EQ(opens, 2);
	fs->ops = real;
	end();
}

/* A gzip of 'text'; its size. */
static size_t
packed(const char *text, size_t len, uint8_t *to, size_t room)
{
	z_stream z = { 0 };

	CHECK_EQ(deflateInit2(&z, 9, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = (Bytef *)(uintptr_t)text;
	z.avail_in = (uInt)len;
	z.next_out = to;
	z.avail_out = (uInt)room;
	CHECK_EQ(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	return z.total_out;
}

TEST(a_variant_is_used_when_it_is_one)
{
	static char text[2000];
	uint8_t gz[500];
	size_t len;

	begin(false);
	memset(text, 'a', sizeof text);
	len = packed(text, sizeof text, gz, sizeof gz);
	put_file("a.html", text, sizeof text);
	put_file("a.png", text, sizeof text);
	CHECK_EQ(stat_of("a.html"), MIR_OK);
	CHECK_EQ(ask.info.encoded_size[MIR_KV_GZIP], 0);
	put_file("a.html.gz", gz, len);
	put_file("a.png.gz", gz, len);
	CHECK_EQ(stat_of("a.png"), MIR_OK);
	CHECK_EQ(ask.info.encoded_size[MIR_KV_GZIP], 0);
	CHECK_EQ(stat_of("a.html"), MIR_OK);
	CHECK_EQ(ask.info.encoded_size[MIR_KV_GZIP], len);
	value(MIR_KV_GZIP);
	CHECK_EQ(result, MIR_OK);
	text[1000] = 'b';		/* The variant is that of another file now. */
	put_file("a.html", text, sizeof text);
	CHECK_EQ(stat_of("a.html"), MIR_OK);
	CHECK_EQ(ask.info.encoded_size[MIR_KV_GZIP], 0);
	len = packed(text, sizeof text, gz, sizeof gz);
	put_file("a.html.gz", gz, len);
	CHECK_EQ(stat_of("a.html"), MIR_OK);
	CHECK_EQ(ask.info.encoded_size[MIR_KV_GZIP], len);
	fs->ops->remove(fs, "a.html.gz");
	CHECK_EQ(stat_of("a.html"), MIR_OK);
	CHECK_EQ(ask.info.encoded_size[MIR_KV_GZIP], 0);
	end();
}

TEST(values_are_set_whole_and_removed)
{
	begin(true);
	CHECK_EQ(put_value("a/b/c.txt", "one"), MIR_OK);
	CHECK_EQ(stat_of("a/b/c.txt"), MIR_OK);
	CHECK_STR(value(MIR_KV_IDENTITY), "one");
	CHECK_EQ(put_value("a/b/c.txt", ""), MIR_OK);
	CHECK_EQ(stat_of("a/b/c.txt"), MIR_OK);
	CHECK_EQ(ask.info.size, 0);
	CHECK_EQ(put_value("a/b", "no"), MIR_EINVAL);
	CHECK_EQ(put_value("a/../b", "no"), MIR_EINVAL);
	CHECK_EQ(put_value("", "no"), MIR_EINVAL);
	CHECK_EQ(put_value(".put-x", "no"), MIR_EINVAL);
	CHECK_EQ(remove_value("a/b"), MIR_ENOENT);
	CHECK_EQ(remove_value("a/b/c.txt"), MIR_OK);
	CHECK_EQ(remove_value("a/b/c.txt"), MIR_ENOENT);
	CHECK_EQ(put_value("a", "a file now"), MIR_OK);
	CHECK_EQ(put_value("a/b", "below a file"), MIR_EINVAL);
	CHECK(kv->kv.kv.ops->key(&kv->kv.kv, 1) == NULL);
	end();
}

TEST(a_value_that_finds_no_room_leaves_the_old_one)
{
	static char large[70000];

	begin(true);
	memset(large, 'x', sizeof large - 1);
	CHECK_EQ(put_value("a", "small"), MIR_OK);
	CHECK_EQ(put_value("a", large), MIR_EFULL);
	CHECK_EQ(stat_of("a"), MIR_OK);
	CHECK_STR(value(MIR_KV_IDENTITY), "small");
	end();
}

TEST(what_a_crash_left_is_removed)
{
	struct mir_fs_info info;

	begin(false);
	kvfs_free(kv);
	put_file("a", "x", 1);
	put_file(".put-1", "x", 1);
	put_file(".put-22", "x", 1);
	put_file(".other", "x", 1);
	for_writing = true;
	CHECK_EQ(in_task(do_make), MIR_OK);
	CHECK_EQ(fs->ops->stat(fs, ".put-1", &info), MIR_ENOENT);
	CHECK_EQ(fs->ops->stat(fs, ".put-22", &info), MIR_ENOENT);
	CHECK_EQ(fs->ops->stat(fs, ".other", &info), MIR_OK);
	CHECK_EQ(put_value("b", "works"), MIR_OK);
	end();
}

static char calls[100];

static int
noting_rename(struct mir_fs *f, const char *from, const char *to)
{
	strcat(calls, "rename ");
	return real->rename(f, from, to);
}

static int
noting_sync(struct mir_fs *f)
{
	strcat(calls, "sync ");
	return real->sync(f);
}

TEST(a_value_is_stable_before_it_has_its_name_and_the_name_before_put_ends)
{
	struct mir_fs_ops ops;

	begin(true);
	real = fs->ops;
	ops = *real;
	ops.rename = noting_rename;
	ops.sync = noting_sync;
	fs->ops = &ops;
	calls[0] = '\0';
	CHECK_EQ(put_value("a", "x"), MIR_OK);
	CHECK_STR(calls, "sync rename sync ");
	calls[0] = '\0';
	CHECK_EQ(remove_value("a"), MIR_OK);
	CHECK_STR(calls, "sync ");
	fs->ops = real;
	end();
}

TEST(more_files_than_are_remembered)
{
	char key[8];

	begin(false);
	fs->ops->mkdir(fs, "d");
	for (unsigned i = 0; i < 5; i++) {
		snprintf(key, sizeof key, "%u", i);
		put_file(key, key, 1);
	}
	for (unsigned run = 0; run < 60; run++) {
		snprintf(key, sizeof key, "%u", (unsigned)(test_random() % 7));
		CHECK_EQ(stat_of(key), key[0] < '5' ? MIR_OK : MIR_ENOENT);
		if (key[0] < '5')
			CHECK_STR(value(MIR_KV_IDENTITY), key);
	}
	end();
}
