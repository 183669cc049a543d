/* SPDX-License-Identifier: ISC */
/* The simulated disk at work: it serves requests, and keeps each write with its events. */
#include <stdlib.h>
#include <string.h>
#include "lib/linkmodel.h"
#include "mir/err.h"
#include "mir/page.h"
#include "mir/panic.h"
#include "test/support/crashdisk.h"

static const uint8_t zeros[MIR_PAGE_SIZE];

/* The list grows by doubling whenever 'count' is a power of two; a shorter one has room. */
static void
append(struct crashdisk_write ***list, size_t *count, struct crashdisk_write *w)
{
	if ((*count & (*count - 1)) == 0)
		*list = realloc(*list, (*count ? 2 * *count : 1) * sizeof **list);
	MIR_ASSERT(*list);
	(*list)[(*count)++] = w;
}

/* At the cut that made 'd', or at its beginning. */
static const uint8_t *
unit_before(const struct crashdisk *d, uint64_t unit)
{
	const struct crashmap_entry *e = crashmap_get(&d->initial, unit);

	for (const struct crashdisk *p = d->parent; !e && p; p = p->parent) {
		e = crashmap_get(&p->base, unit);
		if (!e)
			e = crashmap_get(&p->initial, unit);
	}
	return e ? e->content : zeros;
}

const uint8_t *
crashdisk_unit(const struct crashdisk *d, uint64_t unit)
{
	const struct crashmap_entry *e = crashmap_get(&d->live, unit);

	return e ? e->content : unit_before(d, unit);
}

/* A third each: zeros, garbage, and what was there. */
static const uint8_t *
discarded(const struct crashdisk_write *w, uint64_t unit)
{
	static uint8_t garbage[MIR_PAGE_SIZE];
	uint64_t state = w->junk + unit;

	switch (linkmodel_random(&state) % 3) {
	case 0:
		return zeros;
	case 1:
		memset(garbage, 0xa5, sizeof garbage);
		return garbage;
	default:
		return NULL;
	}
}

const uint8_t *
crashdisk_content(const struct crashdisk *d, const struct crashdisk_write *w, uint64_t unit)
{
	return w->discard ? discarded(w, unit) : w->data + (unit - w->unit) * d->tear;
}

void
crashdisk_peek(const struct crashdisk *d, uint64_t sector, uint64_t count, void *data)
{
	uint32_t per = d->block.info.sector_size / d->tear;
	uint8_t *to = data;

	for (uint64_t u = sector * per; u < (sector + count) * per; u++, to += d->tear)
		memcpy(to, crashdisk_unit(d, u), d->tear);
}

/* The write or discard with a copy of what it writes. */
static struct crashdisk_write *
write_keep(struct crashdisk *d, const struct mir_block_request *r)
{
	uint64_t bytes = r->count * d->block.info.sector_size;
	bool discard = r->op == MIR_BLOCK_DISCARD;
	struct crashdisk_write *w = calloc(1, sizeof *w + (discard ? 0 : bytes));
	uint8_t *to;

	MIR_ASSERT(w);
	w->unit = r->sector * d->block.info.sector_size / d->tear;
	w->count = bytes / d->tear;
	w->begun = d->events;
	w->durable = r->durable && !discard;
	w->discard = discard;
	w->junk = linkmodel_random(&d->random);
	to = w->data;
	for (unsigned i = 0; i < r->piece_count && !discard; to += r->pieces[i++].len)
		memcpy(to, r->pieces[i].data, r->pieces[i].len);
	append(&d->writes, &d->write_count, w);
	if (!w->durable)
		append(&d->open, &d->open_count, w);
	return w;
}

static void
promise(struct crashdisk *d, struct crashdisk_write *w)
{
	w->promised = d->events;
	append(&d->promised, &d->promised_count, w);
}

static void
write_end(struct crashdisk *d, struct crashdisk_write *w)
{
	const uint8_t *content;

	w->done = d->events;
	for (uint64_t u = w->unit; u < w->unit + w->count; u++)
		if ((content = crashdisk_content(d, w, u)))
			crashmap_set(&d->live, u, w->done, content);
	if (w->durable)
		promise(d, w);
}

/* Covers the writes that had ended when it began. */
static void
flush_end(struct crashdisk *d, uint64_t began)
{
	struct crashdisk_write **to = d->open;

	for (size_t i = 0; i < d->open_count; i++) {
		struct crashdisk_write *w = d->open[i];

		if (w->done && w->done < began)
			promise(d, w);
		else
			*to++ = w;
	}
	d->open_count = (size_t)(to - d->open);
}

static void
read_end(const struct crashdisk *d, const struct mir_block_request *r)
{
	uint32_t size = d->block.info.sector_size;
	uint64_t sector = r->sector;

	for (unsigned i = 0; i < r->piece_count; i++) {
		crashdisk_peek(d, sector, r->pieces[i].len / size, r->pieces[i].data);
		sector += r->pieces[i].len / size;
	}
}

/* 'i' of the queue ends; the last one takes its place. */
static struct mir_block_request *
take(struct crashdisk *d, unsigned i, struct crashdisk_flight *out)
{
	*out = d->queue[i];
	d->queue[i] = d->queue[--d->waiting];
	return out->request;
}

static void
end_one(struct crashdisk *d)
{
	struct crashdisk_flight f;
	struct mir_block_request *r;
	bool full = d->waiting == CRASHDISK_DEPTH;

	r = take(d, (unsigned)(linkmodel_random(&d->random) % d->waiting), &f);
	if (d->dead) {
		d->block.stats.errors++;
	} else if (r->op == MIR_BLOCK_READ) {
		read_end(d, r);
		d->block.stats.reads++;
		d->block.stats.read_sectors += r->count;
	} else {
		d->events++;
		if (r->op == MIR_BLOCK_FLUSH)
			flush_end(d, f.began);
		else
			write_end(d, f.write);
		d->block.stats.flushes += r->op == MIR_BLOCK_FLUSH;
		d->block.stats.writes += r->op == MIR_BLOCK_WRITE;
		d->block.stats.discards += r->op == MIR_BLOCK_DISCARD;
		d->block.stats.written_sectors += r->op == MIR_BLOCK_WRITE ? r->count : 0;
	}
	r->done(r, d->dead ? MIR_EIO : MIR_OK);
	if (full)
		mir_wake(&d->block.room);
}

/* Some of what is in flight, so that what comes later may overtake the rest. */
static void
turn(struct mir_timer *t)
{
	struct crashdisk *d = (struct crashdisk *)((char *)t - offsetof(struct crashdisk, turn));
	unsigned n = 1 + (unsigned)(linkmodel_random(&d->random) % d->waiting);

	while (n--)
		end_one(d);
	if (d->waiting)
		mir_timer_set(&d->turn, mir_now());
}

static int
submit(struct mir_block *b, struct mir_block_request *r)
{
	struct crashdisk *d = (struct crashdisk *)b;
	struct crashdisk_flight *f = &d->queue[d->waiting];
	int err = mir_block_check(b, r);

	if (err)
		return err;
	if (d->waiting == CRASHDISK_DEPTH)
		return MIR_EAGAIN;
	*f = (struct crashdisk_flight){ .request = r };
	if (r->op != MIR_BLOCK_READ && !d->dead)
		f->began = ++d->events;
	if ((r->op == MIR_BLOCK_WRITE || r->op == MIR_BLOCK_DISCARD) && !d->dead)
		f->write = write_keep(d, r);
	d->waiting++;
	mir_timer_set(&d->turn, mir_now());
	return MIR_OK;
}

struct mir_block *
crashdisk_make(struct crashdisk *d, uint64_t sectors, uint32_t sector_size, uint64_t seed)
{
	static const struct mir_block_ops ops = { .name = "crashdisk", .submit = submit };

	*d = (struct crashdisk){
		.block = { .ops = &ops, .info = { .sectors = sectors, .sector_size = sector_size,
			.present = true, .flush = true, .discard = true } },
		.turn = MIR_TIMER_INIT(turn), .random = seed, .tear = 512 };
	return &d->block;
}

void
crashdisk_free(struct crashdisk *d)
{
	MIR_ASSERT(!d->waiting);
	for (size_t i = 0; i < d->write_count; i++)
		free(d->writes[i]);
	free(d->writes);
	free(d->promised);
	free(d->open);
	crashmap_clear(&d->initial);
	crashmap_clear(&d->live);
	crashmap_clear(&d->base);
	while (d->loaded_count)
		free(d->loaded[--d->loaded_count]);
	free(d->loaded);
}

uint64_t
crashdisk_now(const struct crashdisk *d)
{
	return d->events;
}
