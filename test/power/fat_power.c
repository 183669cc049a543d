/* SPDX-License-Identifier: ISC */
/* sources: test/power/fat_model.c fs/fat/[a-z]*.c fs/fat/codepage/850.c */
/* Power cuts under FAT: three tasks change files, sync now and then, and the power goes at any moment.
 *
 * For each cut the volume is mounted as it is left, and what was promised is looked for; fsck.fat
 * then finds nothing, or mends it so that it finds nothing the second time, and all that was
 * promised is still there.  What breaks is left as a file in /tmp.  CUTS says how many, SEED where
 * to begin. */
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "fs/fat/fat.h"
#include "lib/linkmodel.h"
#include "mir/err.h"
#include "test/power/fat_model.h"
#include "test/support/crashdisk.h"
#include "test/unit/harness.h"

#define OPS		40u		/* Of each task. */
#define CUTS_OF_ONE	50u		/* Of each run. */

extern char **environ;

static struct {
	struct crashdisk disk;
	struct mir_fs *fs;
	struct model model;
	uint64_t random;
	unsigned running;
	bool failed;
	char scratch[600];		/* A file for fsck.fat. */
	unsigned mended, clean;
} power;

static unsigned
below(unsigned n)
{
	return (unsigned)(linkmodel_random(&power.random) % n);
}

static uint64_t
now(void)
{
	return crashdisk_now(&power.disk);
}

static int
write_file(const struct model_op *op)
{
	static uint8_t bytes[MODEL_SIZE];
	struct mir_file *f;
	struct mir_buf *b;
	int err = power.fs->ops->open(power.fs, model_path(op->file), MIR_FS_WRITE | MIR_FS_CREATE, &f);

	if (err)
		return err;
	model_fill(bytes, op->offset, op->len, op->seed);
	b = mir_buf_copy_in(bytes, op->len);
	err = f->ops->write(f, op->offset, b);
	if (err)
		mir_buf_free(b);
	f->ops->close(f);
	return err;
}

static int
truncate_file(const struct model_op *op)
{
	struct mir_file *f;
	int err = power.fs->ops->open(power.fs, model_path(op->file), MIR_FS_WRITE, &f);

	if (!err) {
		err = f->ops->truncate(f, op->len);
		f->ops->close(f);
	}
	return err;
}

static int
sync_file(unsigned file)
{
	uint64_t order = power.model.order;
	struct mir_file *f;
	int err = power.fs->ops->open(power.fs, model_path(file), MIR_FS_READ, &f);

	if (err)
		return err;
	err = mir_file_sync(power.fs, f);
	f->ops->close(f);
	if (!err)
		model_synced(&power.model, order, now(), (int)file);
	return err;
}

static int
sync_all(void)
{
	uint64_t order = power.model.order;
	int err = power.fs->ops->sync(power.fs);

	if (!err)
		model_synced(&power.model, order, now(), -1);
	return err;
}

/* A change that makes sense: the task's own files are as the model says. */
static bool
choose(unsigned task, const struct model_state *s, struct model_op *op)
{
	unsigned own = MODEL_FILES / MODEL_TASKS, what = below(12);

	*op = (struct model_op){ .file = task + MODEL_TASKS * below(own),
		.to = task + MODEL_TASKS * below(own), .seed = (uint8_t)below(256) };
	if (what < 6 || !s[op->file].there) {
		op->kind = MODEL_WRITE;
		op->offset = below(3) ? below(MODEL_SIZE / 2) : s[op->file].there ? s[op->file].size : 0;
		op->len = 1 + below(below(3) ? 2000 : MODEL_SIZE / 2);
		if (op->offset > MODEL_SIZE - op->len)
			op->offset = MODEL_SIZE - op->len;
	} else if (what < 8) {
		op->kind = MODEL_TRUNCATE;
		op->len = below(s[op->file].size + 1000);
		if (op->len > MODEL_SIZE)
			op->len = MODEL_SIZE;
	} else if (what < 10) {
		op->kind = MODEL_RENAME;
	} else {
		op->kind = MODEL_REMOVE;
	}
	return op->kind != MODEL_RENAME || op->file != op->to;
}

static int
perform(const struct model_op *op)
{
	switch (op->kind) {
	case MODEL_WRITE:
		return write_file(op);
	case MODEL_TRUNCATE:
		return truncate_file(op);
	case MODEL_REMOVE:
		return power.fs->ops->remove(power.fs, model_path(op->file));
	case MODEL_RENAME:
		return power.fs->ops->rename(power.fs, model_path(op->file), model_path(op->to));
	}
	return MIR_EINVAL;
}

static int
step(unsigned task)
{
	static struct model_state states[MODEL_FILES];
	struct model_op op;
	unsigned what = below(10), n;
	int err;

	if (what == 0)
		return sync_all();
	model_state(&power.model, states);
	if (!choose(task, states, &op))
		return MIR_OK;
	if (what == 1 && states[op.file].there)
		return sync_file(op.file);
	n = model_begin(&power.model, &op, now());
	err = perform(&op);
	if (!err)
		model_end(&power.model, n);
	return err;
}

static void
worker(void *arg)
{
	unsigned task = (unsigned)(uintptr_t)arg;
	int err = MIR_OK;

	for (unsigned i = 0; i < OPS && !err; i++)
		err = step(task);
	if (err) {
		printf("# a change failed: %s\n", mir_err_name(err));
		power.failed = true;
	}
	power.running--;
}

static void
begin(void *arg)
{
	int err = fat_open(&power.disk.block, mir_clock, &power.fs);

	(void)arg;
	if (!err)
		err = power.fs->ops->mkdir(power.fs, "d");
	if (!err)
		err = power.fs->ops->mkdir(power.fs, "folder of a long name");
	if (!err)
		err = sync_all();
	power.failed = err != MIR_OK;
	if (err) {
		printf("# the volume can't be mounted or used: %s\n", mir_err_name(err));
		return;
	}
	power.running = MODEL_TASKS;
	for (unsigned t = 0; t < MODEL_TASKS; t++)
		mir_spawn("worker", worker, (void *)(uintptr_t)t);
}

static void
finish(void *arg)
{
	int err = mir_fs_unmount(power.fs);

	(void)arg;
	power.failed |= err != MIR_OK;
	if (err)
		printf("# unmount: %s\n", mir_err_name(err));
}

static struct {
	struct mir_block *disk;
	uint64_t cut;
	bool ok;
} look;

static void
look_at(void *arg)
{
	struct mir_fs *fs;
	int err = fat_open_read_only(look.disk, mir_clock, &fs);

	(void)arg;
	look.ok = !err;
	if (err) {
		printf("# cut at event %llu: can't be mounted: %s\n", (unsigned long long)look.cut,
		       mir_err_name(err));
		return;
	}
	look.ok = model_check(&power.model, fs, look.cut);
	mir_fs_unmount(fs);
}

static bool
holds(struct mir_block *disk, uint64_t cut)
{
	look.disk = disk;
	look.cut = cut;
	look.ok = false;
	mir_spawn("look", look_at, NULL);
	test_run_for(MIR_SEC(1000));
	return look.ok;
}

/* Its status; 16: it could not be run. */
static int
fsck(const char *how)
{
	char *words[] = { (char *)"fsck.fat", (char *)(uintptr_t)how, power.scratch, NULL };
	posix_spawn_file_actions_t files;
	int status = 0;
	pid_t pid;

	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 1, "/dev/null", 1, 0);
	posix_spawn_file_actions_addopen(&files, 2, "/dev/null", 1, 0);
	if (posix_spawnp(&pid, "fsck.fat", &files, NULL, words, environ))
		status = 16 << 8;
	else
		waitpid(pid, &status, 0);
	posix_spawn_file_actions_destroy(&files);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 16;
}

/* The judge: clean at once, or after it has mended what it found, without loss. */
static bool
judged(const struct crashdisk *after, uint64_t cut)
{
	static struct crashdisk mended;
	bool ok;

	if (!crashdisk_save_file(after, power.scratch))
		return false;
	if (fsck("-n") == 0) {
		power.clean++;
		return true;
	}
	power.mended++;
	if (fsck("-a") > 1 || fsck("-n")) {
		printf("# cut at event %llu: fsck.fat -n still finds something after -a\n",
		       (unsigned long long)cut);
		return false;
	}
	crashdisk_make(&mended, after->block.info.sectors, after->block.info.sector_size, 1);
	ok = crashdisk_load_file(&mended, power.scratch) && holds(&mended.block, cut);
	crashdisk_free(&mended);
	if (!ok)
		printf("# cut at event %llu: lost by fsck.fat -a\n", (unsigned long long)cut);
	return ok;
}

static bool
try_cut(uint64_t cut, uint64_t seed)
{
	static struct crashdisk after;
	char left[100];
	bool ok;

	crashdisk_cut(&power.disk, cut, seed, &after);
	ok = holds(&after.block, cut) && judged(&after, cut);
	if (!ok) {
		snprintf(left, sizeof left, "/tmp/mir-fat-%llu-%llu", (unsigned long long)seed,
			 (unsigned long long)cut);
		crashdisk_save_file(&after, left);
		printf("# as it was left: %s\n", left);
	}
	crashdisk_free(&after);
	return ok;
}

static int
by_event(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static bool
run(const char *image, uint64_t seed, unsigned count)
{
	uint64_t cuts[CUTS_OF_ONE];
	bool ok = true;

	power.random = seed;
	power.failed = false;
	if (!crashdisk_load_file(&power.disk, image))
		return false;
	mir_spawn("begin", begin, NULL);
	test_run_for(MIR_SEC(100000));
	if (power.running || power.failed)
		return false;
	mir_spawn("finish", finish, NULL);
	test_run_for(MIR_SEC(100000));
	for (unsigned i = 0; i < count; i++)
		cuts[i] = linkmodel_random(&power.random) % (now() + 1);
	qsort(cuts, count, sizeof *cuts, by_event);
	for (unsigned i = 0; i < count && ok; i++)
		ok = try_cut(cuts[i], seed + i);
	return ok && !power.failed;
}

static const struct { const char *name, *how; uint64_t kib; } volumes[] = {
	{ "fat12", "-F 12 -s 1", 1440 }, { "fat16", "-F 16 -s 1", 3000 },
	{ "fat12 of 2 KiB", "-F 12 -s 4", 2000 }, { "fat32", "-F 32 -s 1", 35000 },
	{ "fat16, one FAT", "-F 16 -s 2 -f 1", 6000 },
};

static bool
make_image(char path[300], unsigned n)
{
	char command[1200];
	const char *scratch = getenv("SCRATCH") ? getenv("SCRATCH") : "/tmp";

	snprintf(path, 300, "%s/volume", scratch);
	snprintf(power.scratch, sizeof power.scratch, "%s/judged", scratch);
	snprintf(command, sizeof command, "rm -f '%s' && truncate -s %lluK '%s' && "
		 "mkfs.fat -i 12345678 %s '%s' >/dev/null", path,
		 (unsigned long long)volumes[n].kib, path, volumes[n].how, path);
	return system(command) == 0;
}

static unsigned long long
setting(const char *name, unsigned long long otherwise)
{
	return getenv(name) ? strtoull(getenv(name), NULL, 0) : otherwise;
}

static bool
cuts(unsigned volume, uint64_t seed, unsigned count)
{
	char image[300];
	bool ok;

	if (!CHECK(make_image(image, volume)))
		return false;
	crashdisk_make(&power.disk, volumes[volume].kib * 2, 512, seed);
	ok = run(image, seed, count);
	CHECK_MSG(ok, "%s, seed %llu", volumes[volume].name, (unsigned long long)seed);
	crashdisk_free(&power.disk);
	model_free(&power.model);
	return ok;
}

TEST(what_once_broke)
{
	cuts(0, 145001, CUTS_OF_ONE);	/* An entry of FAT12 in two sectors, of which one was written. */
}

TEST(what_was_synced_is_there_after_any_cut)
{
	unsigned left = (unsigned)setting("CUTS", 300), all = left, runs = 0, count, n;
	uint64_t seed = setting("SEED", 1);
	bool ok = true;

	power.clean = power.mended = 0;
	for (; left && ok; left -= count, seed += 1000) {
		n = runs++ % (sizeof volumes / sizeof *volumes);
		count = left < CUTS_OF_ONE ? left : CUTS_OF_ONE;
		ok = cuts(n, seed, count);
	}
	printf("# %u cuts in %u runs; fsck.fat found %u clean and mended %u\n", all - left, runs,
	       power.clean, power.mended);
}
