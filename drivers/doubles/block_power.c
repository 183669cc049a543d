/* SPDX-License-Identifier: ISC */
/* A block device with a cache, which loses part of it when the power goes.
 *
 * Writes stay in the cache until a flush; what does not fit goes to the device under it at once, as
 * a cache may do.  At the loss of power the seed says of each sector whether it still got there. */
#include <string.h>
#include "drivers/doubles/block.h"
#include "lib/linkmodel.h"
#include "mir/err.h"
#include "mir/page.h"
#include "mir/pool.h"

static struct mir_pool sectors = MIR_POOL(struct double_block_sector, "double_block sectors", 0);

static struct double_block_sector **
place(struct double_block *d, uint64_t sector)
{
	struct double_block_sector **link = &d->cache;

	while (*link && (*link)->sector != sector)
		link = &(*link)->next;
	return link;
}

static void
drop(struct double_block *d, struct double_block_sector **link)
{
	struct double_block_sector *s = *link;

	*link = s->next;
	mir_page_free(s->data, 1);
	mir_pool_put(&sectors, s);
	d->cached--;
}

static void
drop_range(struct double_block *d, uint64_t sector, uint64_t count)
{
	struct double_block_sector **link = &d->cache;

	while (*link) {
		if ((*link)->sector - sector < count)
			drop(d, link);
		else
			link = &(*link)->next;
	}
}

/* The cached sector, which may be new; NULL: no memory. */
static struct double_block_sector *
hold(struct double_block *d, uint64_t sector)
{
	struct double_block_sector **link = place(d, sector), *s = *link;

	if (s)
		return s;
	s = mir_pool_get(&sectors);
	if (!s)
		return NULL;
	s->data = mir_page_alloc(1);
	if (!s->data) {
		mir_pool_put(&sectors, s);
		return NULL;
	}
	s->sector = sector;
	*link = s;
	d->cached++;
	return s;
}

/* The sectors of a request in its pieces, one by one. */
static void
each_sector(struct double_block *d, struct mir_block_request *r,
	    void (*visit)(struct double_block *, uint64_t sector, uint8_t *data))
{
	uint32_t size = d->block.info.sector_size;
	uint64_t sector = r->sector;

	for (unsigned i = 0; i < r->piece_count; i++)
		for (uint32_t at = 0; at < r->pieces[i].len; at += size)
			visit(d, sector++, (uint8_t *)r->pieces[i].data + at);
}

static void
store(struct double_block *d, uint64_t sector, uint8_t *data)
{
	struct double_block_sector *s = hold(d, sector);

	if (s)
		memcpy(s->data, data, d->block.info.sector_size);
}

static void
overlay(struct double_block *d, uint64_t sector, uint8_t *data)
{
	const struct double_block_sector *s = *place(d, sector);

	if (s)
		memcpy(data, s->data, d->block.info.sector_size);
}

static void
write_cached(struct double_block *d)
{
	struct mir_block_request *r = d->current;

	if (!r->durable && r->count <= DOUBLE_BLOCK_CACHE - d->cached) {
		each_sector(d, r, store);
		double_block_finish(d, MIR_OK);
		return;
	}
	drop_range(d, r->sector, r->count);
	double_block_pass(d);
}

static void
was_read(struct mir_block_request *sub, int err)
{
	struct double_block *d = sub->ctx;

	if (!err)
		each_sector(d, d->current, overlay);
	double_block_finish(d, err);
}

static void write_back(struct double_block *d);

static void
was_written_back(struct mir_block_request *sub, int err)
{
	struct double_block *d = sub->ctx;

	drop(d, place(d, sub->sector));
	if (err && !d->lost_power)
		double_block_finish(d, err);
	else
		write_back(d);
}

/* The cache's sectors one after the other; behind the last one the flush that asked for it. */
static void
write_back(struct double_block *d)
{
	const struct double_block_sector *s = d->cache;

	if (s) {
		d->sub = (struct mir_block_request){ .op = MIR_BLOCK_WRITE, .sector = s->sector,
			.count = 1, .pieces = { { s->data, d->block.info.sector_size } },
			.piece_count = 1 };
		double_block_send(d, was_written_back);
	} else if (!d->lost_power) {
		double_block_pass(d);
	}
}

void
double_block_power(struct double_block *d)
{
	switch (d->current->op) {
	case MIR_BLOCK_READ:
		d->sub = *d->current;
		double_block_send(d, was_read);
		break;
	case MIR_BLOCK_WRITE:
		write_cached(d);
		break;
	case MIR_BLOCK_FLUSH:
		write_back(d);
		break;
	case MIR_BLOCK_DISCARD:
		drop_range(d, d->current->sector, d->current->count);
		double_block_pass(d);
		break;
	}
}

void
double_block_cut(struct double_block *d)
{
	struct double_block_sector **link = &d->cache;

	while (*link) {
		if (linkmodel_random(&d->random) & 1) {
			drop(d, link);
			d->lost++;
		} else {
			link = &(*link)->next;
			d->kept++;
		}
	}
	d->lost_power = true;
	d->block.info.present = false;
	mir_wake(&d->block.changed);
	write_back(d);
}
