/* SPDX-License-Identifier: ISC */
/* test/unit/drivers/blkfront/kit.h - a vbd, its backend, and what tests ask of it: included by one
 * test program each. */
#ifndef KIT_H
#define KIT_H

#include <stdalign.h>
#include "drivers/blkfront/blkfront.h"
#include "mir/err.h"
#include "mir/log.h"
#include "mir/param.h"
#include "test/support/xen/blkback.h"
#include "test/support/xen/store.h"
#include "test/unit/harness.h"
#include "xen/grant.h"

#define NO_SUCH_RESULT	12345

static struct blkback *back;
static struct mir_block *disk;
static unsigned ports;
static alignas(4096) uint8_t out[512 * 4096], in[512 * 4096];

static void
attach(const char *const *keys)
{
	back = blkback_add(0, keys);
	fake_run_for(MIR_SEC(3));
	if (!disk) {
		static struct mir_block *found;

		mir_block_open(0, &found);
		disk = found;
	}
	CHECK(back->be.connected);
	CHECK(disk && disk->info.present && !disk->info.away);
}

static void
set_up(const char *const *keys)
{
	fake_run_for(MIR_SEC(3));
	if (!ports)
		ports = fake_ports_open();
	memset(blkbacks[0].disk, 0xee, sizeof blkbacks[0].disk);
	for (size_t i = 0; i < sizeof out; i++)
		out[i] = (uint8_t)test_random();
	attach(keys);
}

static inline struct blkfront *
front(void)
{
	return (struct blkfront *)disk;
}

/* Nothing of a vbd that went away stays: no grant, no port. */
static void
tear_down(void)
{
	blkback_remove(0);
	fake_run_for(MIR_SEC(100));
	CHECK(!disk->info.present);
	CHECK_EQ(grants_in_use(), 0);
	CHECK_EQ(fake_grants_live(), 0);
	CHECK_EQ(fake_ports_open(), ports);
	for (unsigned i = 0; i < JOBS; i++)
		CHECK(!front()->job[i].r);
}

struct call {
	struct mir_block_request r;	/* First. */
	int err;
	unsigned times;
};

static void
done(struct mir_block_request *r, int err)
{
	struct call *c = (struct call *)r;

	c->err = err;
	c->times++;
}

static int
submit(struct call *c, enum mir_block_op op, uint64_t sector, uint64_t count, void *data)
{
	*c = (struct call){ .r = { .op = op, .sector = sector, .count = count, .done = done,
		.pieces = { { data, (uint32_t)(count * disk->info.sector_size) } },
		.piece_count = 1 }, .err = NO_SUCH_RESULT };
	return disk->ops->submit(disk, &c->r);
}

static int
run(enum mir_block_op op, uint64_t sector, uint64_t count, void *data)
{
	struct call c;
	int err = submit(&c, op, sector, count, data);

	if (err)
		return err;
	fake_run_for(MIR_MS(20));
	CHECK_EQ(c.times, 1);
	return c.err;
}

static inline void
round_trip(uint64_t sector, uint64_t count, size_t offset)
{
	size_t size = disk->info.sector_size;

	memset(in, 0x11, sizeof in);
	CHECK_EQ(run(MIR_BLOCK_WRITE, sector, count, out + offset), MIR_OK);
	CHECK_MEM(back->disk + sector * size, out + offset, count * size);
	CHECK_EQ(run(MIR_BLOCK_READ, sector, count, in + offset), MIR_OK);
	CHECK_MEM(in + offset, out + offset, count * size);
	CHECK_EQ(in[offset + count * size], 0x11);
	if (offset)
		CHECK_EQ(in[offset - 1], 0x11);
}

/* For what is connected from now on. */
static inline void
params(const char *line)
{
	char why[100];

	CHECK_EQ(mir_param_parse(line, why, sizeof why), MIR_OK);
}

#endif
