/* SPDX-License-Identifier: ISC */
/* Room for more: what lives in a segment is appended again, and the segment is free.
 *
 * Safe at every point: the record that ends a segment comes behind all that was moved out of it,
 * and the segment isn't written to before that record is durable. */
#include <stdlib.h>
#include <string.h>
#include "fs/store/log_state.h"
#include "lib/bytes.h"
#include "mir/err.h"
#include "mir/log.h"

#define TRIES 4u			/* Moves without a gain, for one write. */

int
log_free_parse(struct store_log *l, const uint8_t *data, size_t len)
{
	if (len != 4 || get32(data) >= l->super.segments)
		return MIR_EPROTO;
	l->segments[get32(data)].use = LOG_UNUSED;
	return MIR_OK;
}

static int
move_object(struct store_log *l, uint32_t tag, const struct log_entry *e)
{
	struct log_record r;
	void *data;
	int err = log_record_at(l, e->place, &r);

	if (!err && (r.type != LOG_OBJECT || memcmp(&r.id, &e->id, sizeof r.id)))
		err = MIR_EPROTO;
	if (!err)
		err = log_data(l, &r, &data);
	if (err)
		return err;
	err = log_append_object(l, &r, data, NULL, LOG_MOVING);
	if (!err)
		log_index_move(&l->index, tag, e->place, r.place);
	log_stats.moved += !err;
	free(data);
	return err;
}

/* MIR_EPROTO: something in it is damaged, and stays. */
static int
move_all(struct store_log *l, uint32_t segment)
{
	struct log_footer f;
	struct log_entry e;
	int err = log_table_load(l, segment, &f), damaged = MIR_OK;

	for (uint32_t i = 0; !err && i < f.count; i++) {
		uint32_t tag;

		if (!log_entry_parse(&l->super, segment, l->loaded + i * LOG_ENTRY, &e))
			return MIR_EPROTO;
		tag = log_index_tag(&l->index, &e.id);
		if (!log_index_has(&l->index, tag, e.place))
			continue;
		err = move_object(l, tag, &e);
		if (err == MIR_EPROTO) {
			damaged = err;
			err = MIR_OK;
		}
	}
	return err ? err : damaged;
}

static int
end_segment(struct store_log *l, uint32_t segment)
{
	struct log_record r = { .type = LOG_FREE, .size = 4 };
	uint8_t data[4];
	int err = log_append_begin(l, r.size, LOG_MOVING);

	if (err)
		return err;
	put32(data, segment);
	log_append_put(l, &r, data);
	l->segments[segment].use = LOG_LEAVING;
	l->segments[segment].ticket = l->appended;
	l->leaving++;
	log_append_end(l);
	return log_await(l, l->segments[segment].ticket);
}

/* With the lock 'cleaning'. */
static int
clean_segment(struct store_log *l, uint32_t segment)
{
	int err = log_can_move(l, segment) ? move_all(l, segment) : MIR_EFULL;

	if (!err)
		err = end_segment(l, segment);
	if (err == MIR_EPROTO) {
		log_stats.damaged++;
		mir_warn("store", "segment %u is damaged and stays as it is", segment);
		l->segments[segment].use = LOG_DAMAGED;
	}
	while (!err && l->segments[segment].use == LOG_LEAVING && !l->failed)
		err = mir_wait(&l->done, MIR_NEVER);
	return err;
}

/* The segment with the least in it. */
static uint32_t
emptiest(const struct store_log *l)
{
	uint32_t best = LOG_NONE;

	for (uint32_t i = 0; i < l->super.segments; i++)
		if (l->segments[i].use == LOG_USED && i != l->head &&
		    (best == LOG_NONE || l->segments[i].live < l->segments[best].live))
			best = i;
	return best;
}

/* One segment, when that wins a quarter of it at least. */
static int
clean_one(struct store_log *l)
{
	uint32_t segment;
	int err;

	do {
		segment = emptiest(l);
		if (segment == LOG_NONE ||
		    l->segments[segment].live > l->super.segment_bytes / 4 * 3)
			return MIR_EFULL;
		err = clean_segment(l, segment);
	} while (err == MIR_EPROTO);
	return err;
}

/* Large objects may fit into the new segments no better than into the old. */
int
log_clean(struct store_log *l, unsigned *tries)
{
	int err = *tries < TRIES ? log_lock(&l->cleaning) : MIR_EFULL;
	uint32_t free = l->free;

	if (err)
		return err;
	if (l->free <= LOG_WRITING + 1)
		err = clean_one(l);
	*tries = l->free > free ? 0 : *tries + 1;
	log_unlock(&l->cleaning);
	return err;
}

int
store_log_compact(struct mir_odb *odb)
{
	struct store_log *l = (struct store_log *)odb;
	uint32_t rounds = l->super.segments;
	int err = log_lock(&l->cleaning);

	if (err)
		return err;
	while (!err && rounds--) {
		uint32_t segment = emptiest(l);

		if (segment == LOG_NONE ||
		    l->segments[segment].live > l->super.segment_bytes / 4 * 3)
			break;
		err = clean_segment(l, segment);
		err = err == MIR_EPROTO ? MIR_OK : err;
	}
	log_unlock(&l->cleaning);
	return err;
}

/* Drops what is not live from the index; how many, or an error. */
static int
sweep_segment(struct store_log *l, uint32_t segment,
	      bool (*live)(void *ctx, const struct mir_oid *), void *ctx)
{
	struct log_footer f;
	struct log_entry e;
	int err = log_table_load(l, segment, &f), dropped = 0;

	if (err)
		return err;
	for (uint32_t i = 0; i < f.count; i++) {
		uint32_t tag;

		if (!log_entry_parse(&l->super, segment, l->loaded + i * LOG_ENTRY, &e))
			return MIR_EPROTO;
		tag = log_index_tag(&l->index, &e.id);
		if (!log_index_has(&l->index, tag, e.place) || live(ctx, &e.id))
			continue;
		log_index_remove(&l->index, tag, e.place);
		l->segments[segment].live -= log_cost(e.size);
		dropped++;
	}
	return dropped;
}

/* All segments with something dropped from are moved, the emptiest first: what is gone is gone
 * after the next opening, too. */
static int
move_swept(struct store_log *l, bool *swept)
{
	int err = MIR_OK;

	for (;;) {
		uint32_t best = LOG_NONE;

		for (uint32_t i = 0; i < l->super.segments; i++)
			if (swept[i] && (best == LOG_NONE ||
					 l->segments[i].live < l->segments[best].live))
				best = i;
		if (best == LOG_NONE || (err && err != MIR_EPROTO))
			return err;
		swept[best] = false;
		err = clean_segment(l, best);
	}
}

static int
sweep_all(struct store_log *l, bool *swept, bool (*live)(void *ctx, const struct mir_oid *),
	  void *ctx)
{
	int dropped;

	for (uint32_t i = 0; i < l->super.segments; i++) {
		if (l->segments[i].use != LOG_USED || i == l->head)
			continue;
		dropped = sweep_segment(l, i, live, ctx);
		if (dropped < 0 && dropped != MIR_EPROTO)
			return dropped;
		swept[i] = dropped > 0;
	}
	return move_swept(l, swept);
}

/* A head with objects in it is sealed, so that it has a table, too. */
static int
leave_head(struct store_log *l)
{
	int err = log_lock(&l->appending);

	if (err)
		return err;
	while (!err && (l->seal || (l->head != LOG_NONE && l->count)))
		err = log_seal(l);
	log_unlock(&l->appending);
	return err;
}

int
log_sweep(struct mir_odb *odb, bool (*live)(void *ctx, const struct mir_oid *), void *ctx)
{
	struct store_log *l = (struct store_log *)odb;
	bool *swept = live && !l->read_only ? calloc(l->super.segments, sizeof *swept) : NULL;
	int err;

	if (!swept)
		return l->read_only ? MIR_EACCES : live ? MIR_ENOMEM : MIR_OK;
	err = log_lock(&l->cleaning);
	if (!err) {
		err = leave_head(l);
		if (!err)
			err = sweep_all(l, swept, live, ctx);
		log_unlock(&l->cleaning);
	}
	free(swept);
	return err;
}
