/* SPDX-License-Identifier: ISC */
/* sources: fs/store/[a-z]*.c fs/mem/path.c test/support/crash[a-z_]*.c */
/* fs/store/log: objects and references on a disk. */
#include "test/unit/fs/store/log_test.h"

static void
what_is_written(void *arg)
{
	struct mir_oid a, b, got;
	struct mir_object o;

	(void)arg;
	if (!CHECK_EQ(open_disk(&disk), MIR_OK))
		return;
	CHECK_EQ(get_blob(1, 100), MIR_ENOENT);
	CHECK_EQ(put_blob(1, 100, &a), MIR_OK);
	CHECK_EQ(put_blob(1, 100, &a), MIR_OK);
	CHECK_EQ(put_blob(2, 0, &b), MIR_OK);
	CHECK_EQ(put_blob(3, 150000, &b), MIR_OK);
	CHECK_EQ(get_blob(1, 100), MIR_OK);
	CHECK_EQ(odb->ops->ref_get(odb, "refs/heads/main", &got), MIR_ENOENT);
	CHECK_EQ(odb->ops->ref_set(odb, "refs/heads/main", &a, &b), MIR_EEXIST);
	CHECK_EQ(odb->ops->ref_set(odb, "refs/heads/main", NULL, &a), MIR_OK);
	CHECK_EQ(odb->ops->ref_set(odb, "refs/heads/main", NULL, &a), MIR_EEXIST);
	CHECK_EQ(odb->ops->ref_set(odb, "refs/heads/main", &a, &b), MIR_OK);
	for (unsigned i = 0; i < 2; i++) {
		CHECK_EQ(get_blob(1, 100), MIR_OK);
		CHECK_EQ(get_blob(2, 0), MIR_OK);
		CHECK_EQ(get_blob(3, 150000), MIR_OK);
		CHECK_EQ(odb->ops->stat(odb, &b, &o), MIR_OK);
		CHECK_EQ(o.size, 150000);
		CHECK_EQ(odb->ops->ref_get(odb, "refs/heads/main", &got), MIR_OK);
		CHECK_MEM(&got, &b, sizeof b);
		reopen(&disk);
	}
	store_log_close(odb);
}

TEST(what_is_written_is_read_also_after_reopening)
{
	crashdisk_make(&disk, 64 << 11, 512, 1);
	in_task(what_is_written, NULL);
	crashdisk_free(&disk);
	crashdisk_make(&disk, 64 << 8, 4096, 1);
	in_task(what_is_written, NULL);
	crashdisk_free(&disk);
}

static void
names(void *arg)
{
	static const char *const list[] = { "refs/heads/b", "refs/heads/a", "refs/tags/1" };
	char name[MIR_REF_MAX] = "";
	struct mir_oid id, got;

	(void)arg;
	CHECK_EQ(open_disk(&disk), MIR_OK);
	put_blob(1, 1, &id);
	for (unsigned i = 0; i < 3; i++)
		CHECK_EQ(odb->ops->ref_set(odb, list[i], NULL, &id), MIR_OK);
	CHECK_EQ(odb->ops->ref_set(odb, "refs//x", NULL, &id), MIR_EINVAL);
	CHECK_EQ(odb->ops->ref_next(odb, name, &got), 1);
	CHECK_STR(name, "refs/heads/a");
	CHECK_EQ(odb->ops->ref_set(odb, "refs/heads/b", &id, NULL), MIR_OK);
	CHECK_EQ(odb->ops->ref_next(odb, name, &got), 1);
	CHECK_STR(name, "refs/tags/1");
	CHECK_EQ(odb->ops->ref_next(odb, name, &got), 0);
	reopen(&disk);
	CHECK_EQ(odb->ops->ref_get(odb, "refs/heads/b", &got), MIR_ENOENT);
	CHECK_EQ(odb->ops->ref_get(odb, "refs/heads/a", &got), MIR_OK);
	for (unsigned i = 0; i < 6; i++) {
		char more[] = "refs/x/0";

		more[7] = (char)('0' + i);
		CHECK_EQ(odb->ops->ref_set(odb, more, NULL, &id), MIR_OK);
	}
	CHECK_EQ(odb->ops->ref_set(odb, "refs/x/9", NULL, &id), MIR_ENOMEM);
	store_log_close(odb);
}

TEST(references_are_walked_in_order_and_removed)
{
	crashdisk_make(&disk, 4096, 512, 1);
	in_task(names, NULL);
	crashdisk_free(&disk);
}

#define MANY 3000

static void
many(void *arg)
{
	struct store_log_space space;
	struct mir_oid id, last;

	(void)arg;
	CHECK_EQ(open_disk(&disk), MIR_OK);
	for (unsigned i = 0; i < MANY; i++) {
		if (!CHECK_EQ(put_blob(i, i % 3000, &id), MIR_OK))
			break;
		if (i % 10 == 0) {
			CHECK_EQ(odb->ops->ref_set(odb, "refs/a", i ? &last : NULL, &id), MIR_OK);
			last = id;
		}
	}
	store_log_space(odb, &space);
	CHECK(space.free < space.segments - 70);
	reopen(&disk);
	store_log_space(odb, &space);
	CHECK_EQ(space.objects, MANY - 9);	/* Those after the last flush. */
	for (unsigned i = 0; i < MANY - 9; i++)
		CHECK_EQ(get_blob(i, i % 3000), MIR_OK);
	CHECK_EQ(odb->ops->ref_get(odb, "refs/a", &id), MIR_OK);
	CHECK_MEM(&id, &last, sizeof id);
	store_log_close(odb);
}

TEST(many_segments_are_filled_and_found_again)
{
	crashdisk_make(&disk, 16 << 11, 512, 1);
	in_task(many, NULL);
	crashdisk_free(&disk);
}

static bool
keep_third(void *ctx, const struct mir_oid *id)
{
	struct mir_oid *keep = ctx;

	for (unsigned i = 0; i < 100; i++)
		if (memcmp(&keep[i], id, sizeof *id) == 0)
			return true;
	return false;
}

static void
swept(void *arg)
{
	static struct mir_oid keep[100];
	struct store_log_space before, after;
	struct mir_oid id;

	(void)arg;
	CHECK_EQ(open_disk(&disk), MIR_OK);
	for (unsigned i = 0; i < 300; i++)
		CHECK_EQ(put_blob(i, 2000, i % 3 ? &id : &keep[i / 3]), MIR_OK);
	CHECK_EQ(odb->ops->ref_set(odb, "refs/a", NULL, &keep[0]), MIR_OK);
	store_log_space(odb, &before);
	CHECK_EQ(odb->ops->sweep(odb, NULL, NULL), MIR_OK);
	CHECK_EQ(odb->ops->sweep(odb, keep_third, keep), MIR_OK);
	store_log_space(odb, &after);
	CHECK(after.free > before.free + 5);
	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = 0; i < 300; i++)
			CHECK_EQ(get_blob(i, 2000), i % 3 ? MIR_ENOENT : MIR_OK);
		reopen(&disk);
	}
	CHECK_EQ(put_blob(1, 2000, &id), MIR_OK);
	CHECK_EQ(get_blob(1, 2000), MIR_OK);
	store_log_close(odb);
}

TEST(a_sweep_frees_room_and_keeps_the_rest)
{
	crashdisk_make(&disk, 4096, 512, 1);
	in_task(swept, NULL);
	crashdisk_free(&disk);
}

static bool
keep_none(void *ctx, const struct mir_oid *id)
{
	(void)ctx;
	(void)id;
	return false;
}

static void
filled(void *arg)
{
	struct mir_oid id, last, got;
	unsigned n = 0;
	int err;

	(void)arg;
	CHECK_EQ(open_disk(&disk), MIR_OK);
	while ((err = put_blob(n, 5000, &id)) == MIR_OK && n < 1000) {
		CHECK_EQ(odb->ops->ref_set(odb, "refs/a", n ? &last : NULL, &id), MIR_OK);
		last = id;
		n++;
	}
	CHECK_EQ(err, MIR_EFULL);
	CHECK(n > 100);
	for (unsigned i = 0; i < n; i++)
		CHECK_EQ(get_blob(i, 5000), MIR_OK);
	for (unsigned i = 0; i < 2000; i++) {	/* References go on moving. */
		blob(i % n, 5000, &id);
		if (!CHECK_EQ(odb->ops->ref_set(odb, "refs/a", &last, &id), MIR_OK))
			break;
		last = id;
	}
	reopen(&disk);
	CHECK_EQ(odb->ops->ref_get(odb, "refs/a", &got), MIR_OK);
	CHECK_MEM(&got, &last, sizeof got);
	for (unsigned i = 0; i < n; i++)
		CHECK_EQ(get_blob(i, 5000), MIR_OK);
	CHECK_EQ(odb->ops->ref_set(odb, "refs/a", &last, NULL), MIR_OK);
	CHECK_EQ(odb->ops->sweep(odb, keep_none, NULL), MIR_OK);
	for (unsigned i = 0; i < n / 2; i++)
		CHECK_EQ(put_blob(1000 + i, 5000, &id), MIR_OK);
	store_log_close(odb);
}

TEST(a_full_disk_is_read_and_emptied)
{
	crashdisk_make(&disk, 2048, 512, 1);
	in_task(filled, NULL);
	crashdisk_free(&disk);
	crashdisk_make(&disk, 1024, 4096, 1);
	in_task(filled, NULL);
	crashdisk_free(&disk);
}

static struct mir_oid shared;
static unsigned ended;

static void
one_of_many(void *arg)
{
	char name[] = "refs/heads/0";

	name[11] = (char)('a' + (intptr_t)arg);
	CHECK_EQ(odb->ops->ref_set(odb, name, NULL, &shared), MIR_OK);
	ended++;
}

static void
crowd(void *arg)
{
	uint64_t before;

	(void)arg;
	CHECK_EQ(open_disk(&disk), MIR_OK);
	CHECK_EQ(put_blob(1, 10, &shared), MIR_OK);
	before = disk.block.stats.flushes;
	for (intptr_t i = 0; i < 8; i++)
		mir_spawn("crowd", one_of_many, (void *)i);
	while (ended < 8)
		mir_sleep(MIR_MS(1));
	CHECK(disk.block.stats.flushes - before <= 2);
	store_log_close(odb);
}

TEST(tasks_that_commit_at_a_time_share_a_flush)
{
	crashdisk_make(&disk, 4096, 512, 1);
	in_task(crowd, NULL);
	crashdisk_free(&disk);
}

static void
refused(void *arg)
{
	CHECK_EQ(open_disk(&disk), (int)(intptr_t)arg);
}

TEST(a_disk_with_something_else_on_it_is_left_alone)
{
	static const uint64_t places[] = { 0, 1, 63, 2047, 4096 - 1, 4096 - 255 };
	uint8_t sector[512] = { 0xeb, 0x3c, 0x90 };

	for (unsigned i = 0; i < 6; i++) {
		crashdisk_make(&disk, 4096, 512, 1);
		crashdisk_load(&disk, places[i], sector, sizeof sector);
		in_task(refused, (void *)(intptr_t)MIR_EINVAL);
		CHECK_EQ(disk.block.stats.writes, 0);
		crashdisk_free(&disk);
	}
	crashdisk_make(&disk, 512, 512, 1);
	in_task(refused, (void *)(intptr_t)MIR_EFULL);
	disk.block.info.read_only = true;
	in_task(refused, (void *)(intptr_t)MIR_EACCES);
	crashdisk_free(&disk);
}

static void
read_only(void *arg)
{
	struct mir_oid id;

	(void)arg;
	CHECK_EQ(open_disk(&disk), MIR_OK);
	CHECK_EQ(put_blob(1, 10, &id), MIR_OK);
	CHECK_EQ(odb->ops->ref_set(odb, "refs/a", NULL, &id), MIR_OK);
	disk.block.info.read_only = true;
	reopen(&disk);
	CHECK_EQ(get_blob(1, 10), MIR_OK);
	CHECK_EQ(put_blob(1, 10, &id), MIR_OK);
	CHECK_EQ(put_blob(2, 10, &id), MIR_EACCES);
	CHECK_EQ(odb->ops->ref_set(odb, "refs/b", NULL, &id), MIR_EACCES);
	CHECK_EQ(odb->ops->sweep(odb, keep_none, NULL), MIR_EACCES);
	store_log_close(odb);
}

TEST(a_read_only_disk_is_read)
{
	crashdisk_make(&disk, 4096, 512, 1);
	in_task(read_only, NULL);
	crashdisk_free(&disk);
}

static void
failing(void *arg)
{
	struct mir_oid a, b, got;

	(void)arg;
	CHECK_EQ(open_disk(&disk), MIR_OK);
	CHECK_EQ(put_blob(1, 10, &a), MIR_OK);
	CHECK_EQ(odb->ops->ref_set(odb, "refs/a", NULL, &a), MIR_OK);
	CHECK_EQ(put_blob(2, 10, &b), MIR_OK);
	disk.dead = true;
	CHECK_EQ(odb->ops->ref_set(odb, "refs/a", &a, &b), MIR_EIO);
	disk.dead = false;
	CHECK_EQ(odb->ops->ref_get(odb, "refs/a", &got), MIR_OK);
	CHECK_MEM(&got, &a, sizeof a);
	CHECK_EQ(get_blob(1, 10), MIR_OK);
	CHECK_EQ(put_blob(3, 10, &b), MIR_EIO);
	reopen(&disk);
	CHECK_EQ(odb->ops->ref_get(odb, "refs/a", &got), MIR_OK);
	CHECK_EQ(put_blob(3, 10, &b), MIR_OK);
	CHECK_EQ(odb->ops->ref_set(odb, "refs/a", &got, &b), MIR_OK);
	store_log_close(odb);
}

TEST(a_disk_that_fails_ends_writing_not_reading)
{
	crashdisk_make(&disk, 4096, 512, 1);
	in_task(failing, NULL);
	crashdisk_free(&disk);
}

static void
damaged(void *arg)
{
	static uint8_t sector[512];
	struct mir_oid id;
	uint64_t before = log_stats.damaged;

	(void)arg;
	CHECK_EQ(open_disk(&disk), MIR_OK);
	for (unsigned i = 0; i < 20; i++)
		CHECK_EQ(put_blob(i, 5000, &id), MIR_OK);
	CHECK_EQ(odb->ops->ref_set(odb, "refs/a", NULL, &id), MIR_OK);
	crashdisk_peek(&disk, 18, 1, sector);
	sector[100] ^= 4;
	CHECK_EQ(mir_block_write(&disk.block, 18, 1, sector), MIR_OK);
	CHECK_EQ(get_blob(1, 5000), MIR_EPROTO);
	CHECK(log_stats.damaged > before);
	CHECK_EQ(get_blob(0, 5000), MIR_OK);
	CHECK_EQ(get_blob(2, 5000), MIR_OK);
	store_log_close(odb);
}

TEST(damaged_bytes_are_never_given)
{
	crashdisk_make(&disk, 4096, 512, 1);
	in_task(damaged, NULL);
	crashdisk_free(&disk);
}

/* Each reference's record in a sector of its own; the one in the middle is lost. */
static void
stale_tail(void *arg)
{
	static uint8_t zeros[512];
	struct mir_oid a, b, got;

	(void)arg;
	CHECK_EQ(open_disk(&disk), MIR_OK);
	put_blob(1, 10, &a);
	put_blob(2, 10, &b);
	CHECK_EQ(odb->ops->ref_set(odb, "refs/1", NULL, &a), MIR_OK);
	CHECK_EQ(odb->ops->ref_set(odb, "refs/2", NULL, &a), MIR_OK);
	CHECK_EQ(odb->ops->ref_set(odb, "refs/3", NULL, &a), MIR_OK);
	CHECK_EQ(mir_block_write(&disk.block, LOG_FIRST / 512 + 1, 1, zeros), MIR_OK);
	reopen(&disk);
	CHECK_EQ(odb->ops->ref_get(odb, "refs/1", &got), MIR_OK);
	CHECK_EQ(odb->ops->ref_get(odb, "refs/2", &got), MIR_ENOENT);
	CHECK_EQ(odb->ops->ref_get(odb, "refs/3", &got), MIR_ENOENT);
	CHECK_EQ(odb->ops->ref_set(odb, "refs/2", NULL, &b), MIR_OK);	/* In its place. */
	reopen(&disk);
	CHECK_EQ(odb->ops->ref_get(odb, "refs/2", &got), MIR_OK);
	CHECK_MEM(&got, &b, sizeof b);
	CHECK_EQ(odb->ops->ref_get(odb, "refs/3", &got), MIR_ENOENT);
	store_log_close(odb);
}

TEST(what_stands_behind_a_lost_record_is_gone_for_good)
{
	crashdisk_make(&disk, 4096, 512, 1);
	in_task(stale_tail, NULL);
	crashdisk_free(&disk);
}

static void
second_super(void *arg)
{
	static uint8_t sector[512];
	struct mir_oid id, got;

	(void)arg;
	CHECK_EQ(open_disk(&disk), MIR_OK);
	put_blob(1, 10, &id);
	CHECK_EQ(odb->ops->ref_set(odb, "refs/1", NULL, &id), MIR_OK);
	sector[3] = 1;
	CHECK_EQ(mir_block_write(&disk.block, 0, 1, sector), MIR_OK);
	reopen(&disk);
	CHECK_EQ(odb->ops->ref_get(odb, "refs/1", &got), MIR_OK);
	store_log_close(odb);
}

TEST(the_second_superblock_stands_in_for_the_first)
{
	crashdisk_make(&disk, 4096, 512, 1);
	in_task(second_super, NULL);
	crashdisk_free(&disk);
}
