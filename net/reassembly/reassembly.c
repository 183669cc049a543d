/* SPDX-License-Identifier: ISC */
/* Fragments of datagrams, in lists by offset. */
#include <string.h>
#include "mir/pool.h"
#include "mir/stats.h"
#include "net/reassembly/reassembly.h"

#define DATAGRAM_MAX	65535u		/* Bytes, header included. */

struct piece {
	struct piece *next;		/* By offset. */
	struct mir_buf *data;
	uint32_t at, len;		/* Of its data, without the header. */
};

struct reassembly_datagram {
	struct reassembly_datagram *next, *prev;
	struct reassembly_key key;
	mir_ns since;
	struct piece *pieces;
	unsigned count;
	uint32_t have;			/* Bytes of data. */
	uint32_t size;			/* Bytes of data in all; 0: the last one has not come. */
	uint16_t header;		/* Of the first one. */
	size_t held;
};

_Static_assert(sizeof(struct reassembly_key) == 40, "compared as bytes");

static struct mir_pool datagrams =
    MIR_POOL(struct reassembly_datagram, "datagrams in fragments", REASSEMBLY_DATAGRAMS);
static struct mir_pool pieces =
    MIR_POOL(struct piece, "fragments", REASSEMBLY_DATAGRAMS * REASSEMBLY_FRAGMENTS);

static uint64_t joined, malformed, overlap, repeat, full, timeout, memory;
MIR_COUNTER(reassembly_joined, &joined, "fragments that became part of a whole datagram");
MIR_COUNTER(reassembly_drop_malformed, &malformed, "fragments of impossible place or size");
MIR_COUNTER(reassembly_drop_overlap, &overlap, "fragments of datagrams with overlapping ones");
MIR_COUNTER(reassembly_drop_repeat, &repeat, "fragments that came twice");
MIR_COUNTER(reassembly_drop_full, &full, "fragments dropped because others needed their place");
MIR_COUNTER(reassembly_drop_timeout, &timeout, "fragments whose datagram did not get whole");
MIR_COUNTER(reassembly_drop_memory, &memory, "fragments dropped for want of memory");

static size_t
memory_of(const struct mir_buf *b)
{
	size_t n = 0;

	for (; b; b = b->next)
		n += b->mem->size;
	return n;
}

static void
unlink_datagram(struct reassembly *r, struct reassembly_datagram *d)
{
	*(d->prev ? &d->prev->next : &r->first) = d->next;
	*(d->next ? &d->next->prev : &r->last) = d->prev;
	r->count--;
	r->held -= d->held;
}

static void
drop_datagram(struct reassembly *r, struct reassembly_datagram *d, uint64_t *reason)
{
	struct piece *p;

	*reason += d->count;
	unlink_datagram(r, d);
	while ((p = d->pieces)) {
		d->pieces = p->next;
		mir_buf_free(p->data);
		mir_pool_put(&pieces, p);
	}
	mir_pool_put(&datagrams, d);
}

static struct reassembly_datagram *
find(struct reassembly *r, const struct reassembly_key *key)
{
	struct reassembly_datagram *d = r->last;

	while (d && memcmp(&d->key, key, sizeof *key) != 0)
		d = d->prev;
	return d;
}

static struct reassembly_datagram *
find_or_make(struct reassembly *r, mir_ns now, const struct reassembly_key *key)
{
	struct reassembly_datagram *d = find(r, key);

	if (d)
		return d;
	if (r->count == REASSEMBLY_DATAGRAMS)
		drop_datagram(r, r->first, &full);
	d = mir_pool_get(&datagrams);
	if (!d)
		return NULL;
	d->key = *key;
	d->since = now;
	d->prev = r->last;
	*(r->last ? &r->last->next : &r->first) = d;
	r->last = d;
	r->count++;
	return d;
}

/* RFC 791 3.2: all but the last carry a multiple of eight bytes; nothing lies behind the last. */
static bool
possible(const struct reassembly_datagram *d, const struct reassembly_fragment *f, uint32_t len)
{
	uint32_t end = f->offset + len;

	if (len == 0 || f->offset % 8 || end + f->header > DATAGRAM_MAX)
		return false;
	if (f->more)
		return len % 8 == 0 && (!d->size || end < d->size);
	return !d->size || end == d->size;
}

enum place { FITS, TWICE, OVERLAPS };

/* '*where': the link that the piece goes into. */
static enum place
place_of(struct reassembly_datagram *d, uint32_t at, uint32_t len, struct piece ***where)
{
	struct piece **link = &d->pieces;

	while (*link && (*link)->at + (*link)->len <= at)
		link = &(*link)->next;
	*where = link;
	if (!*link || at + len <= (*link)->at)
		return FITS;
	return (*link)->at == at && (*link)->len == len ? TWICE : OVERLAPS;
}

/* Nothing that is there may lie behind the end that 'f' tells of. */
static bool
ends_before(const struct reassembly_datagram *d, uint32_t end)
{
	for (const struct piece *p = d->pieces; p; p = p->next)
		if (p->at + p->len > end)
			return true;
	return false;
}

static struct mir_buf *
finish(struct reassembly *r, struct reassembly_datagram *d)
{
	struct mir_buf *whole = NULL;
	struct piece *p;

	joined += d->count;
	unlink_datagram(r, d);
	while ((p = d->pieces)) {
		d->pieces = p->next;
		mir_buf_append(&whole, p->data);
		mir_pool_put(&pieces, p);
	}
	mir_pool_put(&datagrams, d);
	return whole;
}

/* 'b' is the datagram's now. */
static bool
insert(struct reassembly *r, struct reassembly_datagram *d, const struct reassembly_fragment *f,
       struct mir_buf *b, uint32_t len, struct piece **where)
{
	struct piece *p = mir_pool_get(&pieces);

	if (!p)
		return false;
	*p = (struct piece){ .next = *where, .data = b, .at = f->offset, .len = len };
	if (f->offset > 0)
		p->data = mir_buf_trim_front(b, f->header);
	else
		d->header = f->header;
	*where = p;
	if (!f->more)
		d->size = f->offset + len;
	d->have += len;
	d->count++;
	d->held += memory_of(p->data);
	r->held += memory_of(p->data);
	return true;
}

static void
drop(struct mir_buf *b, uint64_t *reason)
{
	++*reason;
	mir_buf_free(b);
}

/* The datagram that 'f' is of, or NULL: 'b' is gone. */
static struct reassembly_datagram *
add(struct reassembly *r, mir_ns now, const struct reassembly_key *key,
    const struct reassembly_fragment *f, struct mir_buf *b)
{
	struct reassembly_datagram *d = find_or_make(r, now, key);
	uint32_t len = (uint32_t)mir_buf_len(b) - f->header;
	struct piece **where;
	enum place place;

	if (!d) {
		drop(b, &memory);
		return NULL;
	}
	place = place_of(d, f->offset, len, &where);
	if (place == TWICE) {
		drop(b, &repeat);
	} else if (!possible(d, f, len) || d->count == REASSEMBLY_FRAGMENTS) {
		drop(b, &malformed);
		drop_datagram(r, d, &malformed);
	} else if (place == OVERLAPS || (!f->more && ends_before(d, f->offset + len))) {
		drop(b, &overlap);
		drop_datagram(r, d, &overlap);
	} else if (!insert(r, d, f, b, len, where)) {
		drop(b, &memory);
	} else {
		return d;
	}
	return NULL;
}

struct mir_buf *
reassembly_input(struct reassembly *r, mir_ns now, const struct reassembly_key *key,
		 const struct reassembly_fragment *f, struct mir_buf *b)
{
	struct reassembly_datagram *d;

	reassembly_poll(r, now);
	d = add(r, now, key, f, b);
	if (!d)
		return NULL;
	if (d->size && d->have == d->size && d->size + d->header <= DATAGRAM_MAX)
		return finish(r, d);
	while (r->held > REASSEMBLY_BYTES)
		drop_datagram(r, r->first, &full);
	return NULL;
}

mir_ns
reassembly_deadline(const struct reassembly *r)
{
	return r->first ? r->first->since + REASSEMBLY_LIFETIME : MIR_NEVER;
}

void
reassembly_poll(struct reassembly *r, mir_ns now)
{
	while (reassembly_deadline(r) <= now)
		drop_datagram(r, r->first, &timeout);
}

void
reassembly_clear(struct reassembly *r)
{
	while (r->first)
		drop_datagram(r, r->first, &timeout);
}
