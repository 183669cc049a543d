/* SPDX-License-Identifier: ISC */
/* Opening: the newest segment is read record by record, of all others only the tables.  Nothing is
 * written, but for a disk that is empty. */
#include <stdlib.h>
#include <string.h>
#include "fs/store/log_state.h"
#include "mir/err.h"
#include "mir/log.h"

#define READERS 8u

static struct log_ref *
ref_for(struct store_log *l, const char *name)
{
	struct log_ref *ref = log_ref_find(l, name);

	return ref ? ref : log_ref_make(l, name);
}

static int
visit_ref(struct store_log *l, const struct log_record *r, const uint8_t *data)
{
	char name[MIR_REF_MAX] = "";
	struct log_ref *ref;

	if (!log_ref_name_is_valid((const char *)data, r->size))
		return MIR_EPROTO;
	memcpy(name, data, r->size);
	ref = ref_for(l, name);
	if (!ref)
		return MIR_ENOMEM;
	ref->there = r->kind;
	ref->value = r->id;
	return MIR_OK;
}

/* An object may be there twice when the power went while it was moved. */
static int
is_known(struct store_log *l, uint32_t tag, const struct mir_oid *id)
{
	uint32_t places[LOG_SAME];
	unsigned n = log_index_find(&l->index, tag, places);
	struct log_record r;
	int err;

	for (unsigned i = 0; i < n; i++) {
		err = log_record_at(l, places[i], &r);
		if (!err && r.type == LOG_OBJECT && memcmp(&r.id, id, sizeof *id) == 0)
			return 1;
		if (err && err != MIR_EPROTO)
			return err;
	}
	return 0;
}

static int
know(struct store_log *l, uint32_t segment, const struct log_entry *e)
{
	uint32_t tag = log_index_tag(&l->index, &e->id);
	int err = is_known(l, tag, &e->id);

	if (err)
		return err < 0 ? err : MIR_OK;
	err = log_index_add(&l->index, tag, e->place);
	if (!err)
		l->segments[segment].live += log_cost(e->size);
	return err;
}

static int
visit_object(struct store_log *l, const struct log_record *r)
{
	struct log_entry e = { r->id, r->place, r->size };

	return know(l, log_segment_of(&l->super, r->place), &e);
}

static int
visit_head(struct store_log *l, const struct log_record *r, const uint8_t *data)
{
	switch (r->type) {
	case LOG_START:
		return log_start_parse(l, data, r->size);
	case LOG_REF:
		return visit_ref(l, r, data);
	case LOG_FREE:
		return log_free_parse(l, data, r->size);
	case LOG_OBJECT:
		break;
	}
	if (l->count == LOG_ENTRIES)
		return MIR_EPROTO;
	l->table[l->count++] = (struct log_entry){ r->id, r->place, r->size };
	return visit_object(l, r);
}

static int
visit_old(struct store_log *l, const struct log_record *r, const uint8_t *data)
{
	(void)data;
	return r->type == LOG_OBJECT ? visit_object(l, r) : MIR_OK;
}

struct readers {			/* Tasks that read how segments begin. */
	struct store_log *l;
	uint32_t next;
	unsigned running;
	int err;
};

static int
read_start(struct store_log *l, uint32_t segment)
{
	uint64_t at = log_segment_at(&l->super, segment);
	struct log_record r;
	uint8_t head[LOG_HEAD];
	int err = log_bytes(l, at, LOG_HEAD, head);

	if (!err && log_record_parse(&l->super, head, &r) && r.type == LOG_START &&
	    r.before == 0 && r.place == log_place_of(at))
		l->segments[segment].seq = r.seq;
	if (l->segments[segment].seq > l->last_seq)
		l->last_seq = l->segments[segment].seq;
	return err;
}

static void
read_some(void *arg)
{
	struct readers *r = arg;
	int err = MIR_OK;

	while (!err && !r->err && r->next < r->l->super.segments)
		err = read_start(r->l, r->next++);
	if (err)
		r->err = err;
	r->running--;
	mir_wake(&r->l->done);
}

/* How each segment begins: small reads all over the disk, so several at a time. */
static int
read_starts(struct store_log *l)
{
	struct readers r = { .l = l };

	for (unsigned i = 0; i < READERS; i++)
		if (mir_spawn("store open", read_some, &r))
			r.running++;
	while (r.running)		/* They use this stack: cancelled or not. */
		if (mir_wait(&l->done, MIR_NEVER))
			mir_yield();
	return r.err ? r.err : r.next < l->super.segments ? MIR_ENOMEM : MIR_OK;
}

static uint32_t
newest_below(const struct store_log *l, uint32_t seq)
{
	uint32_t best = LOG_NONE;

	for (uint32_t i = 0; i < l->super.segments; i++)
		if (l->segments[i].seq && l->segments[i].seq < seq &&
		    (best == LOG_NONE || l->segments[i].seq > l->segments[best].seq))
			best = i;
	return best;
}

static void
reset(struct store_log *l)
{
	l->ref_count = 0;
	l->count = 0;
	for (uint32_t i = 0; i < l->super.segments; i++)
		l->segments[i].use = LOG_UNUSED;
}

/* The newest segment that has its first record.  One without promises nothing: the power went
 * while it was begun.  MIR_ENOENT: there is none at all. */
static int
find_head(struct store_log *l, struct log_scan *s)
{
	uint32_t seq = UINT32_MAX;
	int err;

	for (;;) {
		s->segment = newest_below(l, seq);
		if (s->segment == LOG_NONE)
			return MIR_ENOENT;
		seq = s->seq = l->segments[s->segment].seq;
		err = log_scan(l, s);
		if (s->last || (err && err != MIR_EPROTO))
			return err;
		reset(l);
	}
}

/* Goes on behind the last record, when the segment wasn't sealed there. */
static int
take_head(struct store_log *l, const struct log_scan *s)
{
	uint32_t end = (uint32_t)(s->end - log_segment_at(&l->super, s->segment));
	struct log_footer f;
	int err = log_table_load(l, s->segment, &f);

	if (err && err != MIR_EPROTO)
		return err;
	l->recent = s->segment;
	l->segments[s->segment].use = LOG_USED;
	if (!err && f.end == end && f.last == s->last)
		return MIR_OK;
	if (end > l->super.segment_bytes - log_round(log_table_bytes(l->count), l->sector))
		return MIR_OK;
	l->head = s->segment;
	l->before = s->last;
	l->buffers[0].at = s->end;
	return MIR_OK;
}

static int
load_table(struct store_log *l, uint32_t segment)
{
	struct log_footer f;
	struct log_entry e;
	int err = log_table_load(l, segment, &f);

	for (uint32_t i = 0; !err && i < f.count; i++)
		err = log_entry_parse(&l->super, segment, l->loaded + i * LOG_ENTRY, &e) ?
			      know(l, segment, &e) : MIR_EPROTO;
	return err;
}

/* Without a table, what can be read from the front is taken. */
static int
load_segment(struct store_log *l, uint32_t segment)
{
	struct log_scan s = { .segment = segment, .seq = l->segments[segment].seq,
			      .visit = visit_old };
	int err = load_table(l, segment);

	if (err != MIR_EPROTO)
		return err;
	log_stats.damaged++;
	mir_warn("store", "segment %u is damaged: what can be read of it is taken", segment);
	err = log_scan(l, &s);
	l->segments[segment].use = LOG_DAMAGED;
	return err == MIR_EPROTO ? MIR_OK : err;
}

static int
load_others(struct store_log *l, const struct log_scan *s)
{
	int err = MIR_OK;

	for (uint32_t i = 0; !err && i < l->super.segments; i++) {
		struct log_segment *segment = &l->segments[i];

		if (segment->use == LOG_USED && i != s->segment) {
			if (segment->seq == 0 || segment->seq > s->seq)
				segment->seq = 0;	/* Its beginning is lost. */
			err = load_segment(l, i);
		}
	}
	return err;
}

static void
count_free(struct store_log *l)
{
	l->free = 0;
	for (uint32_t i = 0; i < l->super.segments; i++) {
		if (l->segments[i].use == LOG_UNUSED) {
			l->segments[i] = (struct log_segment){ 0 };
			l->free++;
		}
	}
}

int
log_recover(struct store_log *l)
{
	struct log_scan s = { .visit = visit_head };
	int err = read_starts(l);

	l->recent = l->super.segments - 1;
	if (err)
		return err;
	err = find_head(l, &s);
	if (!err)
		err = take_head(l, &s);
	if (!err)
		err = load_others(l, &s);
	/* A fresh log has no segment, or an unfinished first one. */
	if (err == MIR_ENOENT)
		err = l->last_seq <= 1 ? MIR_OK : MIR_EPROTO;
	if (err)
		return err;
	count_free(l);
	log_refs_take(l);
	log_refs_keep(l);
	return MIR_OK;
}
