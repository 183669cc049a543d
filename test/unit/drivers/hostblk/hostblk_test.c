/* SPDX-License-Identifier: ISC */
/* Block devices on files: bytes where they belong, completion by the loop, errors of the host. */
/* sources: drivers/hostblk/[a-z]*.c */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include "drivers/hostblk/file.h"
#include "drivers/hostblk/hostblk.h"
#include "mir/err.h"
#include "mir/page.h"
#include "mir/param.h"
#include "test/unit/harness.h"

#define SECTORS 64

static char path[40];
static unsigned next_index;
static struct mir_block *last;

/* A new file of so many bytes. */
static void
make_file(off_t size)
{
	int fd;

	strcpy(path, "/tmp/mir-hostblk-XXXXXX");
	fd = mkstemp(path);
	CHECK(fd >= 0 && ftruncate(fd, size) == 0);
	close(fd);
}

static struct mir_block *
open_disk(void)
{
	struct mir_block *b = NULL;

	make_file(SECTORS * 512 + 100);		/* Some bytes are no whole sector. */
	CHECK_EQ(hostblk_open(path, next_index++, &b), MIR_OK);
	last = b;
	return b;
}

struct result {
	int err;
	unsigned count;
};

static void
done(struct mir_block_request *r, int err)
{
	struct result *to = r->ctx;

	to->err = err;
	to->count++;
}

static struct mir_block_request
request(enum mir_block_op op, uint64_t sector, uint64_t count, void *data, struct result *to)
{
	return (struct mir_block_request){
		.op = op, .sector = sector, .count = count, .done = done, .ctx = to,
		.pieces = { { data, (uint32_t)count * 512 } }, .piece_count = data != NULL };
}

/* The request's result, which must not be there before the loop's turn. */
static int
run(struct mir_block *b, struct mir_block_request *r)
{
	struct result *to = r->ctx;
	int err;

	*to = (struct result){ 1, 0 };
	err = b->ops->submit(b, r);
	if (err)
		return err;
	CHECK_EQ(to->count, 0);
	test_run_for(0);
	CHECK_EQ(to->count, 1);
	return to->err;
}

TEST(bytes_go_where_they_belong)
{
	struct mir_block *b = open_disk();
	uint8_t *page = mir_page_alloc(2);
	struct result res;
	struct mir_block_request w = request(MIR_BLOCK_WRITE, 3, 2, page, &res), r = w;
	uint8_t raw[SECTORS * 512];
	int fd;

	CHECK_EQ(b->info.sectors, SECTORS);
	CHECK_EQ(b->info.sector_size, 512);
	CHECK(b->info.present && !b->info.read_only && b->info.flush);
	for (unsigned i = 0; i < 1024; i++)
		page[i] = (uint8_t)(i * 3 + i / 512);
	w.pieces[0].len = 512;
	w.pieces[1] = (struct mir_block_piece){ page + 512, 512 };
	w.piece_count = 2;
	w.durable = true;
	CHECK_EQ(run(b, &w), MIR_OK);
	fd = open(path, O_RDONLY);
	CHECK_EQ(read(fd, raw, sizeof raw), sizeof raw);
	close(fd);
	CHECK_MEM(raw + 3 * 512, page, 1024);
	CHECK_EQ(raw[3 * 512 - 1], 0);
	CHECK_EQ(raw[5 * 512], 0);

	r = request(MIR_BLOCK_READ, 3, 2, page + 4096, &res);
	CHECK_EQ(run(b, &r), MIR_OK);
	CHECK_MEM(page + 4096, page, 1024);
	r = request(MIR_BLOCK_FLUSH, 0, 0, NULL, &res);
	CHECK_EQ(run(b, &r), MIR_OK);
	if (b->info.discard) {
		r = request(MIR_BLOCK_DISCARD, 0, SECTORS, NULL, &res);
		CHECK_EQ(run(b, &r), MIR_OK);
		r = request(MIR_BLOCK_READ, 3, 2, page, &res);
		CHECK_EQ(run(b, &r), MIR_OK);
		CHECK_EQ(page[1], 0);
		CHECK_EQ(b->stats.discards, 1);
	}
	CHECK_EQ(b->stats.writes, 1);
	CHECK_EQ(b->stats.written_sectors, 2);
	CHECK_EQ(b->stats.flushes, 1);
	CHECK_EQ(b->stats.errors, 0);
	mir_page_free(page, 2);
	unlink(path);
}

TEST(senseless_requests_are_refused_at_once)
{
	struct mir_block *b = last;
	struct result res = { 0, 0 };
	uint8_t *page = mir_page_alloc(1);
	struct mir_block_request beyond = request(MIR_BLOCK_READ, SECTORS - 1, 2, page, &res);
	struct mir_block_request wraps = request(MIR_BLOCK_WRITE, UINT64_MAX, 1, page, &res);

	CHECK_EQ(b->ops->submit(b, &beyond), MIR_EINVAL);
	CHECK_EQ(b->ops->submit(b, &wraps), MIR_EINVAL);
	test_run_for(0);
	CHECK_EQ(res.count, 0);
	mir_page_free(page, 1);
}

TEST(a_full_queue_says_so_and_wakes)
{
	static struct mir_block_request r[HOSTBLK_DEPTH + 1];
	struct mir_block *b = open_disk();
	struct result res = { 0, 0 };

	for (int i = 0; i <= HOSTBLK_DEPTH; i++)
		r[i] = request(MIR_BLOCK_FLUSH, 0, 0, NULL, &res);
	for (int i = 0; i < HOSTBLK_DEPTH; i++)
		CHECK_EQ(b->ops->submit(b, &r[i]), MIR_OK);
	CHECK_EQ(b->ops->submit(b, &r[HOSTBLK_DEPTH]), MIR_EAGAIN);
	test_run_for(0);
	CHECK_EQ(res.count, HOSTBLK_DEPTH);
	CHECK_EQ(b->ops->submit(b, &r[HOSTBLK_DEPTH]), MIR_OK);
	test_run_for(0);
	CHECK_EQ(res.count, HOSTBLK_DEPTH + 1);
	unlink(path);
}

static void
on_change(void *ctx)
{
	++*(unsigned *)ctx;
}

TEST(a_file_that_was_cut_is_an_error_and_noticed)
{
	struct mir_block *b = open_disk();
	uint8_t *page = mir_page_alloc(1);
	struct result res;
	struct mir_block_request r = request(MIR_BLOCK_READ, 8, 8, page, &res);
	unsigned woken = 0;
	struct mir_waiter w = { .hook = on_change, .ctx = &woken };

	CHECK_EQ(truncate(path, 10 * 512), 0);
	CHECK_EQ(run(b, &r), MIR_EIO);
	CHECK_EQ(b->stats.errors, 1);
	mir_waitq_hook(&b->changed, &w);
	test_advance(MIR_SEC(3));
	CHECK_EQ(woken, 1);
	CHECK_EQ(b->info.sectors, 10);
	CHECK_EQ(run(b, &r), MIR_EINVAL);
	CHECK_EQ(truncate(path, 2 * SECTORS * 512), 0);
	test_advance(MIR_SEC(2));
	CHECK_EQ(woken, 2);
	CHECK_EQ(b->info.sectors, 2 * SECTORS);
	CHECK_EQ(run(b, &r), MIR_OK);
	mir_waitq_unhook(&w);
	mir_page_free(page, 1);
	unlink(path);
}

TEST(a_read_only_file)
{
	uint8_t *page = mir_page_alloc(1);
	struct mir_block_info info = { 0 };
	struct result res;
	struct mir_block_request r = request(MIR_BLOCK_READ, 0, 8, page, &res);
	int fd;

	make_file(4096);
	chmod(path, 0400);
	fd = file_open(path, &info);
	CHECK(fd >= 0);
	CHECK(info.read_only == (geteuid() != 0));
	CHECK(!info.read_only || !info.discard);
	CHECK_EQ(file_do(fd, 512, &r), MIR_OK);
	close(fd);
	mir_page_free(page, 1);
	unlink(path);
}

TEST(a_full_disk_is_said)
{
	struct rlimit old, small = { 4096, 4096 };
	uint8_t *page = mir_page_alloc(1);
	struct mir_block_info info;
	struct result res;
	struct mir_block_request w = request(MIR_BLOCK_WRITE, 16, 8, page, &res);
	int fd;

	make_file(64 * 512);
	fd = file_open(path, &info);
	getrlimit(RLIMIT_FSIZE, &old);
	signal(SIGXFSZ, SIG_IGN);
	small.rlim_max = old.rlim_max;
	setrlimit(RLIMIT_FSIZE, &small);
	CHECK_EQ(file_do(fd, 512, &w), MIR_EFULL);
	setrlimit(RLIMIT_FSIZE, &old);
	close(fd);
	mir_page_free(page, 1);
	unlink(path);
}

TEST(files_that_are_no_disk)
{
	struct mir_block_info info;
	char why[200], line[120];
	int fd;

	CHECK_EQ(file_open("/nowhere/disk", &info), MIR_ENOENT);
	CHECK_EQ(file_open("/dev/null", &info), MIR_EINVAL);
	CHECK(file_open("/tmp", &info) < 0);
	make_file(511);
	CHECK_EQ(file_open(path, &info), MIR_EINVAL);
	unlink(path);
	make_file(512);
	fd = open(path, O_RDONLY);
	CHECK_EQ(flock(fd, LOCK_SH), 0);
	CHECK_EQ(file_open(path, &info), MIR_EACCES);
	close(fd);
	CHECK_EQ(mir_param_parse("disk3=/nowhere/disk", why, sizeof why), MIR_EINVAL);
	CHECK_STR(why, "command line: bad value '/nowhere/disk' for key 'disk3', want disk3=FILE");
	snprintf(line, sizeof line, "disk3=%s disk3=%s", path, path);
	CHECK_EQ(mir_param_parse(line, why, sizeof why), MIR_OK);
	unlink(path);
}

TEST(sectors_of_4096_bytes)
{
	uint8_t *page = mir_page_alloc(1), raw[4096];
	struct mir_block_info info;
	struct result res;
	struct mir_block_request w = request(MIR_BLOCK_WRITE, 3, 1, page, &res);
	int fd;

	make_file(5 * 4096 + 512);
	file_sector_size = 4096;
	fd = file_open(path, &info);
	file_sector_size = 0;
	CHECK_EQ(info.sectors, 5);
	CHECK_EQ(info.sector_size, 4096);
	CHECK_EQ(info.physical_size % 4096, 0);
	w.pieces[0].len = 4096;
	CHECK_EQ(file_do(fd, 4096, &w), MIR_OK);
	CHECK_EQ(pread(fd, raw, sizeof raw, 3 * 4096), sizeof raw);
	CHECK_MEM(raw, page, 4096);
	close(fd);
	mir_page_free(page, 1);
	unlink(path);
}
