/* SPDX-License-Identifier: ISC */
/* Keeps requests in flight: the handler of one's end submits the next.  All memory is taken before
 * the first and given back behind the last. */
#include <stddef.h>
#include <string.h>
#include "app/diskbench/block.h"
#include "app/diskbench/run.h"
#include "mir/err.h"
#include "mir/page.h"
#include "mir/task.h"

struct job {				/* A request, again and again. */
	struct mir_block_request request;	/* First. */
	uint64_t block;
	mir_ns began;
	struct job *next;		/* In line for room. */
};

static struct {				/* One run at a time. */
	struct mir_block *disk;
	const struct diskbench_options *options;
	struct run_result *result;
	struct block_walk walk;
	enum mir_block_op op;
	bool fill, check;
	mir_ns until;
	uint64_t left;			/* Requests that may still be submitted. */
	unsigned out;
	struct job *refused, **end;
	struct mir_waitq ended;
	struct job jobs[DEPTH_MAX];
	char *memory;
} run;

static void
wait_room(struct job *j)
{
	j->next = NULL;
	*run.end = j;
	run.end = &j->next;
}

static void
give_up(int err)
{
	run.result->err = err;
	run.result->errors++;
	run.left = 0;
	if (--run.out == 0)
		mir_wake(&run.ended);
}

/* Submits what waits for room, those first that wait longest. */
static void
submit_waiting(void)
{
	struct job *j;
	int err;

	while ((j = run.refused)) {
		err = run.disk->ops->submit(run.disk, &j->request);
		if (err == MIR_EAGAIN) {
			run.result->refused++;
			return;
		}
		run.refused = j->next;
		if (!run.refused)
			run.end = &run.refused;
		if (err)
			give_up(err);
	}
}

static void
on_room(void *ctx)
{
	(void)ctx;
	submit_waiting();
}

/* The next request, or none when the time is up. */
static void
go_on(struct job *j, mir_ns now)
{
	const struct diskbench_options *o = run.options;

	if (now >= run.until || run.left == 0) {
		if (--run.out == 0)
			mir_wake(&run.ended);
		return;
	}
	run.left--;
	j->block = block_next(&run.walk);
	j->request.sector = j->block * (o->block_size / run.disk->info.sector_size);
	if (run.fill)
		block_fill(j->request.pieces[0].data, o->block_size, j->block, o->seed);
	j->began = now;
	wait_room(j);
	submit_waiting();
}

static void
done(struct mir_block_request *r, int err)
{
	struct job *j = (struct job *)r;
	struct run_result *to = run.result;
	mir_ns now = mir_now();

	if (err) {
		to->err = err;
		to->errors++;
		if (err == MIR_EGONE)
			run.left = 0;
	} else {
		to->requests++;
		hist_add(&to->latency, now - j->began);
		if (run.check && !block_is_right(r->pieces[0].data, r->pieces[0].len, j->block,
						 run.options->seed))
			to->wrong++;
	}
	go_on(j, now);
}

/* Sets up the jobs and waits for the last one's end. */
static void
go(enum mir_block_op op, uint64_t requests, mir_ns until)
{
	struct mir_waiter room = { .hook = on_room };
	const struct diskbench_options *o = run.options;
	mir_ns began = mir_now();

	run.op = op;
	run.left = requests;
	run.until = until;
	run.out = o->depth;
	run.refused = NULL;
	run.end = &run.refused;
	mir_waitq_hook(&run.disk->room, &room);
	for (unsigned i = 0; i < o->depth; i++) {
		run.jobs[i].request = (struct mir_block_request){
			.op = op, .durable = o->durable && op == MIR_BLOCK_WRITE,
			.count = o->block_size / run.disk->info.sector_size, .done = done,
			.pieces = { { run.memory + (size_t)i * o->block_size, o->block_size } },
			.piece_count = 1 };
		go_on(&run.jobs[i], began);
	}
	while (run.out)
		mir_wait(&run.ended, MIR_NEVER);
	mir_waitq_unhook(&room);
	run.result->time = mir_now() - began;
}

/* What was written is read again, in the same order; the result stays that of the writes. */
static int
read_again(uint64_t blocks)
{
	struct run_result *writes = run.result;
	static struct run_result reads;
	int err = mir_block_flush(run.disk);

	if (err)
		return err;
	memset(&reads, 0, sizeof reads);
	run.result = &reads;
	run.walk = block_walk(blocks, run.options->sequential, run.options->seed);
	run.fill = false;
	run.check = true;
	go(MIR_BLOCK_READ, writes->requests + writes->errors, MIR_NEVER);
	writes->wrong = reads.wrong;
	writes->errors += reads.errors;
	return MIR_OK;
}

static uint64_t
blocks_of(const struct mir_block *disk, const struct diskbench_options *o)
{
	uint64_t bytes = disk->info.sectors * disk->info.sector_size;

	if (o->span && bytes > (uint64_t)o->span << 20)
		bytes = (uint64_t)o->span << 20;
	return bytes / o->block_size;
}

int
diskbench_run(struct mir_block *disk, const struct diskbench_options *o, struct run_result *result)
{
	size_t pages = (size_t)o->depth * o->block_size / MIR_PAGE_SIZE;
	uint64_t blocks = blocks_of(disk, o);
	bool write = o->op == DISKBENCH_WRITE;
	int err = MIR_OK;

	memset(result, 0, sizeof *result);
	if (!blocks)
		return MIR_EINVAL;
	run.memory = mir_page_alloc(pages);
	if (!run.memory)
		return MIR_ENOMEM;
	memset(run.memory, 0x5a, pages * MIR_PAGE_SIZE);
	run.disk = disk;
	run.options = o;
	run.result = result;
	run.walk = block_walk(blocks, o->sequential, o->seed);
	run.fill = write && o->verify;
	run.check = !write && o->verify;
	go(write ? MIR_BLOCK_WRITE : MIR_BLOCK_READ, UINT64_MAX,
	   mir_deadline(mir_now(), MIR_SEC(o->seconds)));
	if (write && o->verify && !result->errors)
		err = read_again(blocks);
	mir_page_free(run.memory, pages);
	return err;
}
