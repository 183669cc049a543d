/* SPDX-License-Identifier: ISC */
/* sources: fs/mem/[a-z]*.c */
/* fs/mem: files and folders in memory behave as mir/fs.h says, within their bounds. */
#include "fs/mem/mem.h"
#include "fs/mem/path.h"
#include "mir/err.h"
#include "test/unit/harness.h"

static struct mir_fs *
empty(void)
{
	struct mir_fs *fs;

	CHECK_EQ(fs_mem_open(mir_clock, &fs), MIR_OK);
	return fs;
}

static int
put(struct mir_fs *fs, const char *path, uint64_t offset, const void *data, size_t len)
{
	struct mir_file *f;
	struct mir_buf *b = mir_buf_copy_in(data, len);
	int err = fs->ops->open(fs, path, MIR_FS_WRITE | MIR_FS_CREATE, &f);

	if (!err) {
		err = f->ops->write(f, offset, b);
		f->ops->close(f);
	}
	if (err)
		mir_buf_free(b);
	return err;
}

static int
get(struct mir_fs *fs, const char *path, uint64_t offset, void *to, uint32_t len)
{
	struct mir_file *f;
	struct mir_buf *b = NULL;
	int n = fs->ops->open(fs, path, MIR_FS_READ, &f);

	if (n)
		return n;
	n = f->ops->read(f, offset, len, &b);
	if (n > 0)
		CHECK_EQ(mir_buf_copy_out(b, 0, to, len), n);
	mir_buf_free(b);
	f->ops->close(f);
	return n;
}

TEST(paths_are_checked)
{
	static const struct { const char *path; bool valid; } paths[] = {
		{ "", true }, { "a", true }, { "a/b/c", true }, { "..a", true }, { "gr\xc3\xbc\xc3\x9f", true },
		{ "/", false }, { "/a", false }, { "a/", false }, { "a//b", false },
		{ ".", false }, { "a/..", false }, { "\xff", false }, { "\xc3", false },
		{ "\xc0\x80", false }, { "\xed\xa0\x80", false }, { "\xf0\x80\x80\x80", false },
		{ "\xf4\x90\x80\x80", false }, { "\xe2\x82/x", false },
	};
	char name[300];

	for (unsigned i = 0; i < sizeof paths / sizeof *paths; i++)
		CHECK_MSG(path_is_valid(paths[i].path) == paths[i].valid, "%s", paths[i].path);
	memset(name, 'x', sizeof name);
	name[256] = '\0';
	CHECK(!path_is_valid(name));
	name[255] = '\0';
	CHECK(path_is_valid(name));
}

TEST(what_is_written_is_read_and_gaps_are_zeros)
{
	struct mir_fs *fs = empty();
	struct mir_fs_info info;
	char back[6];

	CHECK_EQ(put(fs, "a", 10000, "hello", 5), MIR_OK);
	CHECK_EQ(fs->ops->stat(fs, "a", &info), MIR_OK);
	CHECK_EQ(info.size, 10005);
	CHECK_EQ(info.mtime, test_wall / MIR_SEC(1));
	CHECK_EQ(get(fs, "a", 10000, back, 6), 5);
	CHECK_MEM(back, "hello", 5);
	CHECK_EQ(get(fs, "a", 4094, back, 6), 6);
	CHECK_MEM(back, "\0\0\0\0\0\0", 6);
	CHECK_EQ(get(fs, "a", 10005, back, 6), 0);
	fs_mem_clear(fs);
}

TEST(a_file_that_shrank_and_grew_holds_zeros)
{
	struct mir_fs *fs = empty();
	struct mir_file *f;
	char back[4];

	CHECK_EQ(put(fs, "a", 0, "hello", 5), MIR_OK);
	CHECK_EQ(fs->ops->open(fs, "a", MIR_FS_WRITE, &f), MIR_OK);
	CHECK_EQ(f->ops->truncate(f, 2), MIR_OK);
	CHECK_EQ(f->ops->truncate(f, 9000), MIR_OK);
	CHECK_EQ(f->ops->truncate(f, UINT64_MAX), MIR_EMSGSIZE);
	f->ops->close(f);
	CHECK_EQ(get(fs, "a", 1, back, 4), 4);
	CHECK_MEM(back, "e\0\0\0", 4);
	fs_mem_clear(fs);
}

TEST(folders_hold_names_and_refuse_what_makes_no_sense)
{
	struct mir_fs *fs = empty();
	struct mir_fs_entry e;
	struct mir_file *f;
	uint64_t at = 0;

	CHECK_EQ(put(fs, "d/x", 0, "x", 1), MIR_ENOENT);
	CHECK_EQ(fs->ops->mkdir(fs, "d"), MIR_OK);
	CHECK_EQ(fs->ops->mkdir(fs, "d"), MIR_EEXIST);
	CHECK_EQ(fs->ops->mkdir(fs, ""), MIR_EEXIST);
	CHECK_EQ(put(fs, "d/x", 0, "x", 1), MIR_OK);
	CHECK_EQ(put(fs, "d/y", 0, "y", 1), MIR_OK);
	CHECK_EQ(put(fs, "d/x/z", 0, "z", 1), MIR_EINVAL);
	CHECK_EQ(fs->ops->open(fs, "d", MIR_FS_READ, &f), MIR_EINVAL);
	CHECK_EQ(fs->ops->open(fs, "d/x", MIR_FS_CREATE | MIR_FS_EXCLUSIVE, &f), MIR_EEXIST);
	CHECK_EQ(fs->ops->remove(fs, "d"), MIR_EEXIST);
	CHECK_EQ(fs->ops->remove(fs, ""), MIR_EEXIST);
	CHECK_EQ(fs->ops->rename(fs, "d", "d/e"), MIR_EINVAL);
	CHECK_EQ(fs->ops->list(fs, "d", &at, &e), 1);
	CHECK_STR(e.name, "x");
	CHECK_EQ(fs->ops->remove(fs, "d/x"), MIR_OK);
	CHECK_EQ(fs->ops->list(fs, "d", &at, &e), 1);
	CHECK_STR(e.name, "y");
	CHECK_EQ(fs->ops->list(fs, "d", &at, &e), 0);
	fs_mem_clear(fs);
}

TEST(rename_replaces_a_file_also_one_that_is_open)
{
	struct mir_fs *fs = empty();
	struct mir_buf *b = NULL;
	struct mir_file *f;
	char back[1];

	CHECK_EQ(put(fs, "old", 0, "o", 1), MIR_OK);
	CHECK_EQ(put(fs, "new", 0, "n", 1), MIR_OK);
	CHECK_EQ(fs->ops->open(fs, "old", MIR_FS_READ, &f), MIR_OK);
	CHECK_EQ(f->ops->write(f, 0, b), MIR_EACCES);
	CHECK_EQ(fs->ops->rename(fs, "new", "old"), MIR_OK);
	CHECK_EQ(get(fs, "old", 0, back, 1), 1);
	CHECK_EQ(back[0], 'n');
	CHECK_EQ(get(fs, "new", 0, back, 1), MIR_ENOENT);
	CHECK_EQ(f->ops->read(f, 0, 1, &b), 1);
	CHECK_EQ(b->data[0], 'o');
	mir_buf_free(b);
	f->ops->close(f);
	fs_mem_clear(fs);
}

TEST(the_bounds_hold_and_a_refused_write_changes_nothing)
{
	static uint8_t big[60000];
	struct mir_fs *fs = empty();
	struct mir_fs_space before, after;
	char name[2] = "a";

	CHECK_EQ(put(fs, "a", 0, big, 40000), MIR_OK);
	CHECK_EQ(fs->ops->space(fs, &before), MIR_OK);
	CHECK_EQ(put(fs, "a", 40000, big, sizeof big), MIR_EFULL);
	CHECK_EQ(fs->ops->space(fs, &after), MIR_OK);
	CHECK_EQ(after.free, before.free);
	CHECK_EQ(put(fs, "a", 4ull << 20, big, 1), MIR_EMSGSIZE);
	for (int i = 1; i < CONFIG_FS_MEM_NODES; i++) {
		name[0]++;
		CHECK_EQ(put(fs, name, 0, big, 0), MIR_OK);
	}
	CHECK_EQ(put(fs, "one more", 0, big, 0), MIR_EFULL);
	fs_mem_clear(fs);
	CHECK_EQ(fs->ops->space(fs, &after), MIR_OK);
	CHECK_EQ(after.free, after.total);
}

TEST(each_change_is_counted_and_a_look_is_none)
{
	struct mir_fs *fs = empty();
	uint64_t before = fs->changes;
	struct mir_fs_info info;
	char back[2];

	CHECK_EQ(put(fs, "a", 0, "hello", 5), MIR_OK);
	CHECK(fs->changes > before);
	before = fs->changes;
	CHECK_EQ(get(fs, "a", 0, back, 2), 2);
	CHECK_EQ(fs->ops->stat(fs, "a", &info), MIR_OK);
	CHECK_EQ(fs->changes, before);
	CHECK_EQ(fs->ops->rename(fs, "a", "b"), MIR_OK);
	CHECK(fs->changes > before);
	before = fs->changes;
	CHECK_EQ(fs->ops->remove(fs, "b"), MIR_OK);
	CHECK(fs->changes > before);
	fs_mem_clear(fs);
}
