/* SPDX-License-Identifier: ISC */
/* sources: drivers/doubles/fs_file.c drivers/doubles/fs_power.c drivers/doubles/words.c fs/mem/[a-z]*.c */
/* drivers/doubles/fs: each way in which a file system fails, and what is in the files then. */
#include "drivers/doubles/fs.h"
#include "fs/mem/mem.h"
#include "mir/err.h"
#include "mir/param.h"
#include "test/unit/harness.h"

static struct double_fs failing;
static struct mir_fs *fs, *under;

static void
build(struct double_fs_settings s)
{
	CHECK_EQ(fs_mem_open(mir_clock, &under), MIR_OK);
	fs = double_fs_make(&failing, &s, under);
}

static void
clear(void)
{
	double_fs_forget(&failing);
	fs_mem_clear(under);
}

static int
put(struct mir_fs *to, const char *path, uint64_t offset, const char *text)
{
	struct mir_file *f;
	struct mir_buf *b = mir_buf_copy_in(text, strlen(text));
	int err = to->ops->open(to, path, MIR_FS_WRITE | MIR_FS_CREATE, &f);

	if (!err) {
		err = f->ops->write(f, offset, b);
		f->ops->close(f);
	}
	if (err)
		mir_buf_free(b);
	return err;
}

/* What the file holds below the double, as text. */
static const char *
held(const char *path)
{
	static char text[256];
	struct mir_buf *b = NULL;
	struct mir_file *f;
	int n;

	if (under->ops->open(under, path, MIR_FS_READ, &f))
		return "none";
	n = f->ops->read(f, 0, sizeof text - 1, &b);
	text[n > 0 ? mir_buf_copy_out(b, 0, text, (size_t)n) : 0] = '\0';
	mir_buf_free(b);
	f->ops->close(f);
	return text;
}

TEST(without_words_it_works)
{
	struct mir_fs_space space;
	struct mir_fs_entry e;
	struct mir_fs_info info;
	uint64_t at = 0;

	build((struct double_fs_settings){ 0 });
	CHECK_EQ(put(fs, "a", 0, "hello"), MIR_OK);
	CHECK_STR(held("a"), "hello");
	CHECK_EQ(fs->ops->mkdir(fs, "d"), MIR_OK);
	CHECK_EQ(fs->ops->rename(fs, "a", "d/b"), MIR_OK);
	CHECK_EQ(fs->ops->stat(fs, "d/b", &info), MIR_OK);
	CHECK_EQ(fs->ops->list(fs, "d", &at, &e), 1);
	CHECK_EQ(fs->ops->space(fs, &space), MIR_OK);
	CHECK_EQ(fs->ops->sync(fs), MIR_OK);
	CHECK_EQ(fs->ops->remove(fs, "d/b"), MIR_OK);
	clear();
}

TEST(full_has_no_room_but_reads_and_removes)
{
	struct mir_fs_space space;
	struct mir_fs_info info;
	struct mir_file *f;

	build((struct double_fs_settings){ .full = 1 });
	CHECK_EQ(put(under, "a", 0, "hello"), MIR_OK);
	CHECK_EQ(put(fs, "a", 0, "HELLO"), MIR_EFULL);
	CHECK_EQ(put(fs, "b", 0, ""), MIR_EFULL);
	CHECK_EQ(fs->ops->mkdir(fs, "d"), MIR_EFULL);
	CHECK_EQ(fs->ops->space(fs, &space), MIR_OK);
	CHECK_EQ(space.free, 0);
	CHECK_EQ(fs->ops->open(fs, "a", MIR_FS_WRITE, &f), MIR_OK);
	CHECK_EQ(f->ops->truncate(f, 9), MIR_EFULL);
	CHECK_EQ(f->ops->truncate(f, 1), MIR_OK);
	CHECK_EQ(f->ops->stat(f, &info), MIR_OK);
	CHECK_EQ(info.size, 1);
	f->ops->close(f);
	CHECK_EQ(fs->ops->remove(fs, "a"), MIR_OK);
	clear();
}

TEST(busy_refuses_every_call)
{
	struct mir_fs_info info;

	build((struct double_fs_settings){ .busy = 1 });
	CHECK_EQ(fs->ops->stat(fs, "", &info), MIR_EAGAIN);
	CHECK_EQ(put(fs, "a", 0, "x"), MIR_EAGAIN);
	CHECK_EQ(fs->ops->sync(fs), MIR_EAGAIN);
	clear();
}

TEST(the_nth_call_fails_and_no_other)
{
	struct mir_fs_info info;

	build((struct double_fs_settings){ .fail = 3 });
	for (int i = 1; i < 6; i++)
		CHECK_EQ(fs->ops->stat(fs, "", &info), i == 3 ? MIR_EIO : MIR_OK);
	clear();
}

TEST(a_torn_write_leaves_its_first_bytes)
{
	size_t some = 0;

	for (uint64_t seed = 0; seed < 8; seed++) {
		build((struct double_fs_settings){ .tear = 2, .seed = seed });
		CHECK_EQ(put(fs, "a", 0, "hello"), MIR_OK);
		CHECK_EQ(put(fs, "b", 0, "world"), MIR_EIO);
		CHECK_STR(held("a"), "hello");
		CHECK(strlen(held("b")) < 5 && strncmp(held("b"), "world", strlen(held("b"))) == 0);
		some += strlen(held("b"));
		clear();
	}
	CHECK(some > 0);
	build((struct double_fs_settings){ .tear = 1, .silent = 1 });
	CHECK_EQ(put(fs, "a", 0, "hello"), MIR_OK);
	CHECK(strlen(held("a")) < 5);
	clear();
}

TEST(power_goes_after_n_changes_and_what_was_synced_stays)
{
	unsigned lost = 0, kept = 0;
	struct mir_fs_info info;

	for (uint64_t seed = 0; seed < 10; seed++) {
		build((struct double_fs_settings){ .power = 5, .seed = seed });
		CHECK_EQ(put(fs, "a", 0, "first"), MIR_OK);	/* Two: the name and the bytes. */
		CHECK_EQ(fs->ops->sync(fs), MIR_OK);
		CHECK_EQ(put(fs, "b", 0, "second"), MIR_OK);
		CHECK_EQ(put(fs, "a", 0, "FIRST!"), MIR_OK);
		CHECK(strcmp(held("a"), "first") == 0 || strcmp(held("a"), "FIRST!") == 0);
		CHECK(strcmp(held("b"), "second") == 0 || strcmp(held("b"), "") == 0);
		CHECK_EQ(failing.kept + failing.lost, 2);
		lost += failing.lost > 0;
		kept += failing.kept > 0;
		CHECK_EQ(fs->ops->stat(fs, "a", &info), MIR_EIO);
		CHECK_EQ(put(fs, "a", 0, "x"), MIR_EIO);
		clear();
	}
	CHECK(lost > 0 && kept > 0);
}

TEST(a_truncation_can_be_lost_too)
{
	unsigned back = 0;

	for (uint64_t seed = 0; seed < 10; seed++) {
		struct mir_file *f;

		build((struct double_fs_settings){ .power = 1, .seed = seed });
		CHECK_EQ(put(under, "a", 0, "hello"), MIR_OK);
		CHECK_EQ(fs->ops->open(fs, "a", MIR_FS_WRITE, &f), MIR_OK);
		CHECK_EQ(f->ops->truncate(f, 2), MIR_OK);
		CHECK_EQ(f->ops->truncate(f, 1), MIR_EIO);
		f->ops->close(f);
		CHECK_STR(held("a"), failing.lost ? "hello" : "he");
		back += failing.lost != 0;
		clear();
	}
	CHECK(back > 0 && back < 10);
}

TEST(the_key_says_what_fails)
{
	char why[200];

	CHECK_EQ(mir_param_parse("fsdouble=full:1", why, sizeof why), MIR_EINVAL);
	CHECK_EQ(mir_param_parse("fsdouble=fail:7", why, sizeof why), MIR_OK);
	CHECK_EQ(fs_mem_open(mir_clock, &under), MIR_OK);
	CHECK_EQ(double_fs_open(under, &fs), MIR_OK);
	CHECK_EQ(((struct double_fs *)fs)->settings.fail, 7);
}
