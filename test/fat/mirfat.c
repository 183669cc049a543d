/* SPDX-License-Identifier: ISC */
/* sources: test/fat/tree.c test/fat/churn.c test/support/filedisk.c fs/part/[a-z]*.c fs/fat/[a-z]*.c fs/fat/codepage/850.c */
/* Mir's FAT on an image, as a program of this machine:
 *
 *	mirfat [-s SECTOR-SIZE] [-p PARTITION] [-r] IMAGE COMMAND [, COMMAND]...
 *
 * Commands: put HOST PATH, get PATH HOST, store FOLDER, fetch FOLDER, mkdir PATH, remove PATH,
 * rename FROM TO, truncate PATH SIZE, many PATH N, check-many PATH N, churn FOLDER SEED N, space,
 * label [NAME].  In the end the volume is unmounted.  -r: it is mounted read-only. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "fs/fat/fat.h"
#include "fs/part/part.h"
#include "mir/err.h"
#include "test/fat/tree.h"
#include "test/support/filedisk.h"
#include "test/unit/harness.h"

static struct {
	char **words;
	int count;
	struct mir_block *disk;
	unsigned partition;
	bool read_only;
	int result;
} job;

static int
truncate_to(struct mir_fs *fs, const char *path, const char *size)
{
	struct mir_file *f;
	int err = fs->ops->open(fs, path, MIR_FS_WRITE | MIR_FS_CREATE, &f);

	if (err)
		return err;
	err = f->ops->truncate(f, strtoull(size, NULL, 0));
	f->ops->close(f);
	return err;
}

static int
print_space(struct mir_fs *fs)
{
	struct mir_fs_space s;
	int err = fs->ops->space(fs, &s);

	if (!err)
		printf("%llu of %llu bytes free\n", (unsigned long long)s.free,
		       (unsigned long long)s.total);
	return err;
}

static int
label(struct mir_fs *fs, const char *to)
{
	char now[MIR_FS_LABEL_MAX + 1];
	int err = to ? mir_fs_set_label(fs, to) : mir_fs_label(fs, now);

	if (!err && !to)
		printf("%s\n", now);
	return err;
}

/* One command of 'n' words. */
static int
command(struct mir_fs *fs, char **w, int n)
{
	const char *what = w[0], *a = n > 1 ? w[1] : "", *b = n > 2 ? w[2] : "";

	if (!strcmp(what, "put"))
		return tree_put(fs, a, b);
	if (!strcmp(what, "get"))
		return tree_get(fs, a, b);
	if (!strcmp(what, "store"))
		return tree_store(fs, a);
	if (!strcmp(what, "fetch"))
		return tree_fetch(fs, a);
	if (!strcmp(what, "mkdir"))
		return fs->ops->mkdir(fs, a);
	if (!strcmp(what, "remove"))
		return fs->ops->remove(fs, a);
	if (!strcmp(what, "rename"))
		return fs->ops->rename(fs, a, b);
	if (!strcmp(what, "truncate"))
		return truncate_to(fs, a, b);
	if (!strcmp(what, "many"))
		return tree_many(fs, a, (unsigned)atoi(b));
	if (!strcmp(what, "check-many"))
		return tree_check_many(fs, a, (unsigned)atoi(b));
	if (!strcmp(what, "churn") && n == 4)
		return tree_churn(fs, a, (unsigned)atoi(b), (unsigned)atoi(w[3]));
	if (!strcmp(what, "space"))
		return print_space(fs);
	if (!strcmp(what, "label"))
		return label(fs, n > 1 ? a : NULL);
	return MIR_ENOSYS;
}

static int
commands(struct mir_fs *fs)
{
	int err = MIR_OK, from = 0;

	for (int i = 0; i <= job.count && !err; i++) {
		if (i < job.count && strcmp(job.words[i], ","))
			continue;
		if (i > from)
			err = command(fs, job.words + from, i - from);
		if (err)
			printf("# %s %s: %s\n", job.words[from], i > from + 1 ? job.words[from + 1] : "",
			       mir_err_name(err));
		from = i + 1;
	}
	return err;
}

static void
run(void *arg)
{
	static struct partition part;
	struct mir_fs *fs;
	int err;

	(void)arg;
	err = partition_make(&part, job.partition, job.disk);
	if (!err)
		err = (job.read_only ? fat_open_read_only : fat_open)(&part.block, mir_clock, &fs);
	if (err) {
		printf("# mount: %s\n", mir_err_name(err));
		job.result = err;
		return;
	}
	job.result = commands(fs);
	err = mir_fs_unmount(fs);
	if (err)
		printf("# unmount: %s\n", mir_err_name(err));
	job.result = job.result ? job.result : err;
	partition_end(&part);
}

int
main(int argc, char **argv)
{
	static struct filedisk disk;
	uint32_t sector_size = 512;
	int option;

	while ((option = getopt(argc, argv, "+s:p:r")) != -1) {
		if (option == 's')
			sector_size = (uint32_t)atoi(optarg);
		else if (option == 'p')
			job.partition = *optarg == 'w' ? PARTITION_WHOLE : (unsigned)atoi(optarg);
		else if (option == 'r')
			job.read_only = true;
		else
			return 2;
	}
	if (optind >= argc || !(job.disk = filedisk_open(&disk, argv[optind], sector_size))) {
		fprintf(stderr, "mirfat: which image?\n");
		return 2;
	}
	job.words = argv + optind + 1;
	job.count = argc - optind - 1;
	job.result = 1;
	mir_spawn("mirfat", run, NULL);
	test_run_for(MIR_SEC(100000));
	if (job.result > 0)
		printf("# it never ended\n");
	filedisk_close(&disk);
	return job.result ? 1 : 0;
}
