/* SPDX-License-Identifier: ISC */
/* The partition as a device: requests are judged against its bounds and passed on with a copy
 * of their own, since the caller's stays as it is. */
#include <stddef.h>
#include "fs/part/part.h"
#include "mir/err.h"
#include "mir/log.h"
#include "mir/page.h"
#include "mir/pool.h"
#include "mir/stats.h"

struct passed {				/* A request on its way. */
	struct mir_block_request request;	/* First. */
	struct mir_block_request *of;
	struct partition *p;
};

static struct mir_pool on_the_way = MIR_POOL(struct passed, "partition requests",
					     CONFIG_PART_REQUESTS);
static uint64_t refused_entries, scans;
MIR_COUNTER(part_refused, &refused_entries, "partitions that do not fit their disk");
MIR_COUNTER(part_scans, &scans, "times a partition table was read");

static void
count(struct mir_block_stats *s, const struct mir_block_request *r, int err)
{
	s->errors += err != 0;
	if (err)
		return;
	s->reads += r->op == MIR_BLOCK_READ;
	s->writes += r->op == MIR_BLOCK_WRITE;
	s->flushes += r->op == MIR_BLOCK_FLUSH;
	s->discards += r->op == MIR_BLOCK_DISCARD;
	s->read_sectors += r->op == MIR_BLOCK_READ ? r->count : 0;
	s->written_sectors += r->op == MIR_BLOCK_WRITE ? r->count : 0;
}

static void
passed_done(struct mir_block_request *r, int err)
{
	struct passed *c = (struct passed *)r;
	struct mir_block_request *of = c->of;
	struct partition *p = c->p;

	mir_pool_put(&on_the_way, c);
	count(&p->block.stats, of, err);
	of->done(of, err);
	mir_wake(&p->block.room);
}

static int
submit(struct mir_block *b, struct mir_block_request *r)
{
	struct partition *p = (struct partition *)b;
	int err = mir_block_check(b, r);
	struct passed *c;

	if (err)
		return err;
	c = mir_pool_take(&on_the_way);
	if (!c)
		return MIR_EAGAIN;
	c->request = *r;
	if (r->op != MIR_BLOCK_FLUSH)
		c->request.sector += p->start;
	c->request.done = passed_done;
	c->of = r;
	c->p = p;
	err = p->under->ops->submit(p->under, &c->request);
	if (err)
		mir_pool_put(&on_the_way, c);
	return err;
}

struct reader {
	struct part_source source;	/* First. */
	struct mir_block *block;
};

static int
read_sector(struct part_source *s, uint64_t sector, uint8_t *to)
{
	return mir_block_read(((struct reader *)s)->block, sector, 1, to);
}

/* What of the disk the partition is; a hostile table never gives anything outside of it. */
static int
choose(struct partition *p, const struct part_table *t, struct part *out)
{
	const struct part *found = part_choose(t, p->number);

	refused_entries += t->refused;
	if (p->number == PARTITION_AUTO && !t->scheme) {
		*out = (struct part){ .count = p->under->info.sectors };
		return MIR_OK;
	}
	if (!found)
		return MIR_ENOENT;
	*out = *found;
	return MIR_OK;
}

static int
scan(struct partition *p, struct part *out)
{
	struct part_table *t;
	struct reader r = { { p->under->info.sectors, p->under->info.sector_size, read_sector,
			      NULL }, p->under };
	int err;

	_Static_assert(sizeof *t <= MIR_PAGE_SIZE, "the table and a sector fit two pages");
	if (p->number == PARTITION_WHOLE) {
		*out = (struct part){ .count = r.source.sectors };
		return MIR_OK;
	}
	t = mir_page_alloc(2);
	if (!t)
		return MIR_ENOMEM;
	scans++;
	r.source.sector = (uint8_t *)t + MIR_PAGE_SIZE;
	err = part_scan(&r.source, t);
	if (!err)
		err = choose(p, t, out);
	mir_page_free(t, 2);
	return err;
}

static bool
still_fits(const struct partition *p)
{
	uint64_t all = p->under->info.sectors;

	return p->start <= all && p->block.info.sectors <= all - p->start;
}

/* Takes over what the disk says of itself. */
static void
follow(struct partition *p)
{
	struct mir_block_info *info = &p->block.info;
	uint64_t sectors = info->sectors;
	uint32_t unit = p->under->info.discard_unit;

	*info = p->under->info;
	info->sectors = sectors;
	info->present &= p->known;
	if (unit)
		info->discard_first = (uint32_t)((info->discard_first % unit + unit -
						  p->start % unit) % unit);
	mir_wake(&p->block.changed);
}

static int
look(struct partition *p)
{
	struct part found;
	int err;

	p->known = true;		/* Until the disk goes, also while it is read. */
	err = scan(p, &found);
	if (err || !p->known) {
		p->known = false;
		return err;
	}
	p->start = found.start;
	p->block.info.sectors = found.count;
	p->known = still_fits(p);
	follow(p);
	mir_info("part", "disk %u: %s at sector %llu, %llu sectors", p->under->device.index,
		 found.number ? "a partition" : "the whole disk", (unsigned long long)found.start,
		 (unsigned long long)found.count);
	return MIR_OK;
}

/* A task of its own reads the table again: a hook may not. */
static void
look_again(void *arg)
{
	struct partition *p = arg;
	int err;

	while (p->due || mir_wait(&p->stale, MIR_NEVER) == MIR_OK) {
		if (!p->due)
			continue;
		p->due = false;
		err = look(p);
		if (err)
			mir_warn("part", "disk %u came back without the partition: %s",
				 p->under->device.index, mir_err_name(err));
	}
}

static void
under_changed(void *ctx)
{
	struct partition *p = ctx;

	if (p->number == PARTITION_WHOLE)
		p->block.info.sectors = p->under->info.sectors;
	if (!p->under->info.present || !still_fits(p))
		p->known = false;
	p->due = p->under->info.present && !p->known;
	follow(p);
	mir_wake(&p->stale);
}

static void
under_room(void *ctx)
{
	mir_wake(&((struct partition *)ctx)->block.room);
}

int
partition_make(struct partition *p, unsigned number, struct mir_block *under)
{
	static const struct mir_block_ops ops = { .name = "partition", .submit = submit };
	int err;

	*p = (struct partition){
		.block = { .ops = &ops, .device.index = under->device.index },
		.under = under, .number = number,
		.under_changed = { .hook = under_changed, .ctx = p },
		.under_room = { .hook = under_room, .ctx = p } };
	p->block.info = under->info;
	p->block.info.present = false;
	p->block.info.sectors = 0;
	mir_waitq_hook(&under->room, &p->under_room);
	mir_waitq_hook(&under->changed, &p->under_changed);
	err = under->info.present ? look(p) : MIR_OK;
	if (!err) {
		p->looker = mir_spawn("partition", look_again, p);
		err = p->looker ? MIR_OK : MIR_ENOMEM;
	}
	if (err)
		partition_end(p);
	return err;
}

void
partition_end(struct partition *p)
{
	mir_waitq_unhook(&p->under_room);
	mir_waitq_unhook(&p->under_changed);
	if (p->looker)
		mir_cancel(p->looker);
}
