/* SPDX-License-Identifier: ISC */
/* Records at the log's end, and new segments when one is full. */
#include <string.h>
#include "fs/store/log_state.h"
#include "lib/crc32c.h"
#include "mir/err.h"
#include "mir/panic.h"

static struct log_buffer *
active(struct store_log *l)
{
	return &l->buffers[l->active];
}

static uint64_t
end_of_log(struct store_log *l)
{
	return active(l)->at + active(l)->len;
}

/* What a segment can hold before its table, with so many objects. */
static uint32_t
room_with(const struct store_log *l, uint32_t count)
{
	return (l->super.segment_bytes - log_table_bytes(count)) / l->sector * l->sector;
}

uint32_t
log_object_max(const struct store_log *l)
{
	return room_with(l, 1) - l->super.segment_bytes / 4 - l->sector - LOG_HEAD;
}

/* A large record begins with a sector.  Each record may be the last of a write. */
static bool
fits(struct store_log *l, uint64_t length, bool object)
{
	uint64_t at = end_of_log(l) - log_segment_at(&l->super, l->head);

	if (length > l->buffer_size)
		at = log_round(at, l->sector);
	return l->count + object <= LOG_ENTRIES &&
	       log_round(at + length, l->sector) <= room_with(l, l->count + object);
}

bool
log_can_move(struct store_log *l, uint32_t segment)
{
	uint64_t live = l->segments[segment].live, room = 0;

	if (l->free >= 2)
		return true;
	if (l->free == 1)
		room = l->super.segment_bytes - log_length((uint32_t)log_start_size(l));
	else if (l->head != LOG_NONE)
		room = log_segment_at(&l->super, l->head) + l->super.segment_bytes -
		       end_of_log(l) - l->count * LOG_ENTRY;
	return live + l->super.segment_bytes / 8 <= room;
}

static void
copy_in(struct log_buffer *b, const void *data, uint32_t len)
{
	if (len)
		memcpy(b->data + b->len, data, len);
	b->len += len;
}

static void
zero_in(struct log_buffer *b, uint32_t len)
{
	memset(b->data + b->len, 0, len);
	b->len += len;
}

static void
build_head(struct store_log *l, struct log_record *r, const void *data, uint8_t head[LOG_HEAD])
{
	r->data_crc = crc32c(0, data, r->size);
	r->seq = l->segments[l->head].seq;
	r->place = log_place_of(end_of_log(l));
	r->before = l->before;
	log_record_build(&l->super, r, head);
}

/* The record stands in the buffers now. */
static void
count_record(struct store_log *l, const struct log_record *r)
{
	l->before = r->crc;
	l->appended++;
	if (r->type != LOG_OBJECT)
		return;
	l->table[l->count++] = (struct log_entry){ r->id, r->place, r->size };
	l->segments[l->head].live += log_cost(r->size);
	log_stats.objects++;
}

void
log_append_put(struct store_log *l, struct log_record *r, const void *data)
{
	struct log_buffer *b = active(l);
	uint8_t head[LOG_HEAD];

	build_head(l, r, data, head);
	copy_in(b, head, LOG_HEAD);
	copy_in(b, data, r->size);
	zero_in(b, (uint32_t)log_length(r->size) - LOG_HEAD - r->size);
	count_record(l, r);
}

static uint32_t
unused_segment(const struct store_log *l)
{
	uint32_t i = l->recent;

	do
		i = i + 1 < l->super.segments ? i + 1 : 0;
	while (l->segments[i].use != LOG_UNUSED && i != l->recent);
	return i;
}

/* The active buffer is empty: the segment before was sealed.  START goes first into a new one. */
static void
start_segment(struct store_log *l)
{
	struct log_record r = { .type = LOG_START, .size = (uint32_t)log_start_size(l) };
	struct log_buffer *b = active(l);
	uint32_t i = unused_segment(l);
	uint8_t head[LOG_HEAD];

	MIR_ASSERT(b->len == 0 && l->segments[i].use == LOG_UNUSED);
	l->segments[i] = (struct log_segment){ .seq = ++l->last_seq, .use = LOG_USED };
	l->free--;
	l->head = l->recent = i;
	l->count = 0;
	l->before = 0;
	b->at = log_segment_at(&l->super, i);
	log_start_build(l, b->data + LOG_HEAD);
	build_head(l, &r, b->data + LOG_HEAD, head);
	memcpy(b->data, head, LOG_HEAD);
	b->len = LOG_HEAD + r.size;
	zero_in(b, (uint32_t)log_length(r.size) - b->len);
	count_record(l, &r);
}

/* A head that is full of references is left even then: it is the one that can be moved. */
static bool
is_full(const struct store_log *l, enum log_leave leave)
{
	return !l->seal && l->free <= (uint32_t)leave &&
	       (l->head == LOG_NONE || leave != LOG_CHANGING);
}

/* The head has room, or a new one is made. */
static int
make_head(struct store_log *l, uint64_t length, bool object, enum log_leave leave)
{
	int err;

	while (l->head == LOG_NONE || l->seal || !fits(l, length, object)) {
		if (l->failed)
			return l->failed;
		if (is_full(l, leave))
			return MIR_EFULL;
		if (l->head == LOG_NONE)
			start_segment(l);
		else if ((err = log_seal(l)))
			return err;
	}
	return l->failed;
}

/* Waiting may move the log's end by the rest of a sector: then all is looked at again. */
static int
make_room(struct store_log *l, uint64_t length, bool object, enum log_leave leave)
{
	uint32_t need = length > l->buffer_size ? l->sector : (uint32_t)length;
	uint64_t end;
	int err;

	do {
		err = make_head(l, length, object, leave);
		end = end_of_log(l);
		if (!err)
			err = log_await_room(l, need);
	} while (!err && (l->head == LOG_NONE || end != end_of_log(l)));
	return err;
}

/* Moving counts on the room that is left. */
static int
let_movers_pass(struct store_log *l, enum log_leave leave)
{
	int err = MIR_OK;

	while (!err && leave != LOG_MOVING && l->free <= 1 && l->cleaning.held)
		err = mir_wait(&l->cleaning.free, MIR_NEVER);
	return err;
}

static int
begin(struct store_log *l, uint64_t length, bool object, enum log_leave leave)
{
	int err = l->read_only ? MIR_EACCES : let_movers_pass(l, leave);

	if (!err)
		err = log_lock(&l->appending);
	if (err)
		return err;
	err = make_room(l, length, object, leave);
	if (err)
		log_unlock(&l->appending);
	return err;
}

int
log_append_begin(struct store_log *l, uint32_t size, enum log_leave leave)
{
	return begin(l, log_length(size), false, leave);
}

void
log_append_end(struct store_log *l)
{
	log_unlock(&l->appending);
}

/* Up to a full buffer at a time: whole sectors, so that others' records, all in the sectors before,
 * can be made durable meanwhile. */
static int
put_pieces(struct store_log *l, const uint8_t *data, uint32_t left)
{
	uint32_t some;
	int err;

	while (left) {
		err = log_await_room(l, 1);
		if (err)
			return err;
		some = l->buffer_size - active(l)->len;
		some = some < left ? some : left;
		copy_in(active(l), data, some);
		data += some;
		left -= some;
	}
	return MIR_OK;
}

/* As if nothing had come behind 'at'. */
static void
take_back(struct store_log *l, uint64_t at)
{
	struct log_buffer *b = active(l);

	b->len = b->at < at ? (uint32_t)(at - b->at) : 0;
	b->at = b->at < at ? b->at : at;
}

/* A record larger than a buffer. */
static int
put_large(struct store_log *l, struct log_record *r, const void *data)
{
	struct log_buffer *b = active(l);
	uint8_t head[LOG_HEAD];
	uint64_t start;
	int err;

	zero_in(b, (uint32_t)log_round(b->len, l->sector) - b->len);
	start = end_of_log(l);
	build_head(l, r, data, head);
	err = put_pieces(l, head, LOG_HEAD);
	if (!err)
		err = put_pieces(l, data, r->size);
	if (err) {
		take_back(l, start);
		return err;
	}
	zero_in(active(l), (uint32_t)(log_round(end_of_log(l), LOG_UNIT) - end_of_log(l)));
	count_record(l, r);
	return MIR_OK;
}

int
log_append_object(struct store_log *l, struct log_record *r, const void *data, const uint32_t *tag,
		  enum log_leave leave)
{
	uint64_t length = log_length(r->size);
	int err = begin(l, length, true, leave);

	if (err)
		return err;
	if (tag && (log_index_make_room(&l->index) || !log_index_has_room(&l->index, *tag)))
		err = MIR_ENOMEM;
	else if (length > l->buffer_size)
		err = put_large(l, r, data);
	else
		log_append_put(l, r, data);
	if (!err && tag)
		err = log_index_add(&l->index, *tag, r->place);
	log_append_end(l);
	return err;
}
