/* SPDX-License-Identifier: ISC */
/* The records of one segment, read front to back; only while the log is opened, when the buffers
 * are free to be read into. */
#include "fs/store/log_state.h"
#include "lib/crc32c.h"
#include "mir/err.h"

struct window {
	struct store_log *l;
	uint64_t at, end;		/* What the buffer holds; where the segment ends. */
	uint32_t len;
};

/* 'len' bytes from 'at' on, one after the other in memory; NULL: '*err', or they aren't there. */
static const uint8_t *
look(struct window *w, uint64_t at, uint32_t len, int *err)
{
	struct store_log *l = w->l;
	uint32_t size = l->disk->info.sector_size;
	uint8_t *memory = l->buffers[0].data;

	if (at < w->at || at + len > w->at + w->len) {
		if (len > l->buffer_size - size || at + len > w->end)
			return NULL;
		w->at = at / size * size;
		w->len = (uint32_t)(w->end - w->at < l->buffer_size ? w->end - w->at :
								     l->buffer_size);
		*err = mir_block_read(l->disk, w->at / size, w->len / size, memory);
		if (*err) {
			w->len = 0;
			return NULL;
		}
	}
	return memory + (at - w->at);
}

/* Some of the data at a time. */
static bool
data_is_whole(struct window *w, uint64_t at, const struct log_record *r, int *err)
{
	uint32_t crc = 0, some;
	const uint8_t *data;

	for (uint32_t done = 0; done < r->size; done += some) {
		some = r->size - done < w->l->buffer_size / 2 ? r->size - done :
							       w->l->buffer_size / 2;
		data = look(w, at + done, some, err);
		if (!data)
			return false;
		crc = crc32c(crc, data, some);
	}
	return crc == r->data_crc;
}

/* The record at 'at' when it goes on from the one before, and is whole. */
static bool
next_record(struct window *w, const struct log_scan *s, uint64_t at, struct log_record *r,
	    int *err)
{
	const uint8_t *head = look(w, at, LOG_HEAD, err);

	return head && log_record_parse(&w->l->super, head, r) && r->seq == s->seq &&
	       r->before == s->last && r->place == log_place_of(at) &&
	       (r->type == LOG_START) == (s->last == 0) && at + log_length(r->size) <= w->end &&
	       data_is_whole(w, at + LOG_HEAD, r, err);
}

static int
visit(struct window *w, struct log_scan *s, const struct log_record *r, uint64_t at)
{
	const uint8_t *data = NULL;
	int err = MIR_OK;

	if (r->type != LOG_OBJECT) {
		data = look(w, at + LOG_HEAD, r->size, &err);
		if (!data)
			return err ? err : MIR_EPROTO;
	}
	return s->visit(w->l, r, data);
}

/* A write began behind the last record or with the next sector: the chain says which. */
int
log_scan(struct store_log *l, struct log_scan *s)
{
	uint64_t at = log_segment_at(&l->super, s->segment);
	struct window w = { .l = l, .end = at + l->super.segment_bytes };
	struct log_record r;
	int err = MIR_OK;

	s->last = 0;
	while (!err) {
		if (!next_record(&w, s, at, &r, &err)) {
			if (err || at % l->sector == 0)
				break;
			at = log_round(at, l->sector);
			if (!next_record(&w, s, at, &r, &err))
				break;
		}
		err = visit(&w, s, &r, at);
		s->last = r.crc;
		at += log_length(r.size);
	}
	s->end = log_round(at, l->sector);
	return err;
}
