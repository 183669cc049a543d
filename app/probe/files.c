/* SPDX-License-Identifier: ISC */
/* Files and values: made, read back, removed. */
#include <string.h>
#include "app/probe/tell.h"
#include "mir/err.h"

#define FOLDER	"probe"
#define FIRST	"probe/first"
#define SECOND	"probe/second"

static const char text[] = "a line of text, and another one";
#define LEN (sizeof text - 1)

static bool
step(const char *what, int err)
{
	return tell_step("files", what, err);
}

static int
write_text(struct mir_file *f, uint64_t offset)
{
	struct mir_buf *b = mir_buf_copy_in(text, LEN);
	int err = b ? f->ops->write(f, offset, b) : MIR_ENOMEM;

	if (err)
		mir_buf_free(b);
	return err;
}

static bool
is_text(struct mir_buf *b, size_t len)
{
	char back[LEN];

	return len == LEN && mir_buf_copy_out(b, 0, back, LEN) == LEN
	    && memcmp(back, text, LEN) == 0;
}

static bool
read_text(struct mir_file *f, uint64_t offset)
{
	struct mir_buf *b = NULL;
	int n = f->ops->read(f, offset, LEN, &b);
	bool same = n > 0 && is_text(b, (size_t)n);

	mir_buf_free(b);
	if (n < 0)
		return step("read", n);
	if (!same)
		tell("files", false, "what is read at %llu is not what was written",
		     (unsigned long long)offset);
	return same;
}

static bool
use_file(struct mir_fs *fs, struct mir_file *f)
{
	return step("write", write_text(f, 0)) && step("second write", write_text(f, 5000))
	    && step("sync", fs->ops->sync(fs)) && read_text(f, 0) && read_text(f, 5000)
	    && step("truncate", f->ops->truncate(f, LEN)) && read_text(f, 0);
}

static bool
try_file(struct mir_fs *fs)
{
	struct mir_file *f;
	bool right;

	if (!step("create", fs->ops->open(fs, FIRST, MIR_FS_WRITE | MIR_FS_CREATE, &f)))
		return false;
	right = use_file(fs, f);
	f->ops->close(f);
	return right && step("rename", fs->ops->rename(fs, FIRST, SECOND));
}

static bool
try_list(struct mir_fs *fs)
{
	struct mir_fs_entry e;
	uint64_t at = 0;
	unsigned count = 0;
	int n;

	while ((n = fs->ops->list(fs, FOLDER, &at, &e)) == 1)
		count++;
	if (n)
		return step("list", n);
	if (count != 1)
		tell("files", false, "the folder has %u files, not 1", count);
	return count == 1;
}

/* What is left when a step failed is removed as far as that goes, without a word. */
static void
clean_up(struct mir_fs *fs)
{
	fs->ops->remove(fs, FIRST);
	fs->ops->remove(fs, SECOND);
	fs->ops->remove(fs, FOLDER);
}

void
try_files(struct mir_fs *fs)
{
	struct mir_fs_space space;
	bool right = step("space", fs->ops->space(fs, &space))
		  && step("make a folder", fs->ops->mkdir(fs, FOLDER)) && try_file(fs)
		  && try_list(fs) && step("remove", fs->ops->remove(fs, SECOND))
		  && step("remove the folder", fs->ops->remove(fs, FOLDER));

	if (right)
		tell("files", true, "%llu of %llu KiB free in '%s'; made, read, renamed, removed",
		     (unsigned long long)space.free / 1024, (unsigned long long)space.total / 1024,
		     fs->ops->name);
	else
		clean_up(fs);
}

static bool
try_get(struct mir_kv *kv, const char *key)
{
	struct mir_kv_info info;
	struct mir_buf *b = NULL;
	bool same;

	if (!tell_step("values", "look", mir_kv_stat(kv, key, strlen(key), &info))
	    || !tell_step("values", "read", mir_kv_read(kv, &info, MIR_KV_IDENTITY, 0,
							(size_t)info.size, &b)))
		return false;
	same = is_text(b, (size_t)info.size);
	mir_buf_free(b);
	if (!same)
		tell("values", false, "what is read is not what was put");
	return same;
}

void
try_values(struct mir_kv_rw *kv)
{
	static const char key[] = "probe/value";
	struct mir_buf *b = mir_buf_copy_in(text, LEN);
	int err = b ? mir_kv_put(kv, key, sizeof key - 1, b) : MIR_ENOMEM;

	if (err)
		mir_buf_free(b);
	if (tell_step("values", "put", err) && try_get(&kv->kv, key)
	    && tell_step("values", "remove", mir_kv_remove(kv, key, sizeof key - 1)))
		tell("values", true, "put, read and removed in '%s'", kv->kv.ops->name);
}
