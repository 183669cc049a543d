/* SPDX-License-Identifier: ISC */
/* sources: fs/kvfs/[a-z]*.c fs/fat/[a-z]*.c fs/fat/codepage/850.c */
/* Power cuts under values on FAT: each key has its old value or its new one, whole, at any moment, large
 * values too; as the volume is left, which goes on being used, and as fsck.fat mends it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include "fs/fat/fat.h"
#include "fs/kvfs/kvfs.h"
#include "lib/linkmodel.h"
#include "mir/err.h"
#include "test/support/crashdisk.h"
#include "test/unit/harness.h"

#define KEYS		4u
#define PUTS		24u
#define LARGEST		(CONFIG_FAT_RENAME_COPY_KIB * 1024u * 2)
#define CUTS_OF_ONE	50u
#define SECTORS		8000u

struct put {				/* Of one key, one after the other. */
	unsigned key;
	uint64_t begin, end;		/* Events; end 0: it has not returned. */
	uint32_t size;			/* REMOVED: none. */
	uint8_t seed;
};

#define REMOVED UINT32_MAX

static struct crashdisk disk;
static struct put all[PUTS];
static unsigned put_count;
static uint64_t random_state;
static struct mir_kv_rw *kv;
static struct kvfs *values;
static struct mir_fs *fs;
static bool fine;
static uint8_t bytes[LARGEST];
static char scratch[300];

static const char *const names[KEYS] = { "A.TXT", "d/a long name of a key", "d/B", "another long name" };

static unsigned
below(unsigned n)
{
	return (unsigned)(linkmodel_random(&random_state) % n);
}

static void
fill(uint8_t seed, uint32_t size)
{
	for (uint32_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)(seed + i * 7 + (i >> 9));
}

static bool
open_values(struct mir_block *b)
{
	int err = fat_open(b, mir_clock, &fs);

	if (!err)
		err = kvfs_make(mir_clock, fs, true, &values);
	if (err)
		printf("# the volume can't be used: %s\n", mir_err_name(err));
	kv = err ? NULL : kvfs_kv(values);
	return !err;
}

static void
close_values(void)
{
	kvfs_free(values);
	mir_fs_unmount(fs);
}

static int
set(const struct put *p)
{
	const char *key = names[p->key];
	struct mir_buf *b;
	int err;

	if (p->size == REMOVED) {
		err = mir_kv_remove(kv, key, strlen(key));
		return err == MIR_ENOENT ? MIR_OK : err;
	}
	fill(p->seed, p->size);
	b = mir_buf_copy_in(bytes, p->size);
	err = mir_kv_put(kv, key, strlen(key), b);
	if (err)
		mir_buf_free(b);
	return err;
}

static void
work(void *arg)
{
	struct put *p;

	(void)arg;
	fine = open_values(&disk.block);
	for (put_count = 0; put_count < PUTS && fine; put_count++) {
		p = &all[put_count];
		*p = (struct put){ .key = below(KEYS), .begin = crashdisk_now(&disk), .seed = (uint8_t)below(256),
			.size = below(8) == 0 ? REMOVED : below(3) ? 1 + below(LARGEST) : 1 + below(3000) };
		fine = set(p) == MIR_OK;
		p->end = crashdisk_now(&disk);
	}
	if (fine)
		close_values();
}

static bool
is_there(const struct put *p)
{
	const char *key = names[p->key];
	struct mir_kv_info info;
	struct mir_buf *b = NULL;
	static uint8_t got[LARGEST];
	int err = mir_kv_stat(&kv->kv, key, strlen(key), &info);

	if (p->size == REMOVED)
		return err == MIR_ENOENT;
	if (err || info.size != p->size || mir_kv_read(&kv->kv, &info, MIR_KV_IDENTITY, 0, p->size, &b))
		return false;
	mir_buf_copy_out(b, 0, got, p->size);
	mir_buf_free(b);
	fill(p->seed, p->size);
	return memcmp(got, bytes, p->size) == 0;
}

static struct {
	struct mir_block *block;
	uint64_t cut;
} look;

/* The last one that had returned, or the one that was under way. */
static bool
holds(unsigned key)
{
	struct put before = { .key = key, .size = REMOVED };

	for (unsigned i = 0; i < put_count; i++) {
		if (all[i].key != key || all[i].begin > look.cut)
			continue;
		if (all[i].end > look.cut && is_there(&all[i]))
			return true;
		if (all[i].end <= look.cut)
			before = all[i];
	}
	return is_there(&before);
}

/* Then other values are put, and what isn't touched stays. */
static void
look_at(void *arg)
{
	struct put more = { .key = (unsigned)look.cut % KEYS, .size = LARGEST, .seed = 1 };

	(void)arg;
	fine = open_values(look.block);
	for (unsigned k = 0; k < KEYS && fine; k++)
		fine = holds(k);
	for (unsigned i = 0; i < 3 && fine; i++, more.seed++)
		fine = set(&more) == MIR_OK && is_there(&more);
	for (unsigned k = 0; k < KEYS && fine; k++)
		fine = k == more.key || holds(k);
	if (fine)
		close_values();
}

static bool
looks_right(struct mir_block *b)
{
	look.block = b;
	fine = false;
	mir_spawn("look", look_at, NULL);
	test_run_for(MIR_SEC(100000));
	return fine;
}

static bool
fsck(const char *how, int most)
{
	char command[400];
	int status;

	snprintf(command, sizeof command, "fsck.fat %s '%s' >/dev/null 2>&1", how, scratch);
	status = system(command);
	return WIFEXITED(status) && WEXITSTATUS(status) <= most;
}

static bool
mended_is_right(void)
{
	static struct crashdisk mended;
	bool ok;

	if (!fsck("-a", 1) || !fsck("-n", 0))
		return false;
	crashdisk_make(&mended, SECTORS, 512, 1);
	ok = crashdisk_load_file(&mended, scratch) && looks_right(&mended.block);
	crashdisk_free(&mended);
	return ok;
}

static bool
try_cut(uint64_t cut, uint64_t seed)
{
	static struct crashdisk after;
	bool ok;

	look.cut = cut;
	crashdisk_cut(&disk, cut, seed, &after);
	ok = crashdisk_save_file(&after, scratch) && looks_right(&after.block);
	if (!ok)
		printf("# cut at event %llu: wrong as it was left\n", (unsigned long long)cut);
	crashdisk_free(&after);
	if (ok && !(ok = mended_is_right()))
		printf("# cut at event %llu: wrong when fsck.fat has mended it\n", (unsigned long long)cut);
	return ok;
}

static bool
run(uint64_t seed, unsigned count)
{
	char image[300], command[1200];
	const char *folder = getenv("SCRATCH") ? getenv("SCRATCH") : "/tmp";
	bool ok;

	snprintf(image, sizeof image, "%s/values", folder);
	snprintf(scratch, sizeof scratch, "%s/mended", folder);
	snprintf(command, sizeof command, "rm -f '%s' && truncate -s %u '%s' && "
		 "mkfs.fat -i 12345678 -F 16 -s 1 '%s' >/dev/null", image, SECTORS * 512, image, image);
	if (system(command))
		return false;
	random_state = seed;
	crashdisk_make(&disk, SECTORS, 512, seed);
	ok = crashdisk_load_file(&disk, image);
	mir_spawn("work", work, NULL);
	test_run_for(MIR_SEC(100000));
	ok &= fine;
	for (unsigned i = 0; i < count && ok; i++)
		ok = try_cut(crashdisk_now(&disk) * i / count + below(1 + (unsigned)crashdisk_now(&disk) / count),
			     seed + i);
	crashdisk_free(&disk);
	return ok;
}

TEST(a_value_is_the_old_one_or_the_new_one)
{
	const char *text = getenv("CUTS");
	unsigned left = text ? (unsigned)strtoul(text, NULL, 0) / 4 : 100, count;

	for (uint64_t seed = 1; left; seed += 1000, left -= count) {
		count = left < CUTS_OF_ONE ? left : CUTS_OF_ONE;
		if (!CHECK_MSG(run(seed, count), "seed %llu", (unsigned long long)seed))
			break;
	}
}
