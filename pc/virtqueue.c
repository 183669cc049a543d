/* SPDX-License-Identifier: ISC */
/* Split virtqueues (virtio 1.1, 2.6). */
#include "pc/virtqueue.h"
#include "mir/err.h"
#include "mir/panic.h"

#define DESC_NEXT	1
#define DESC_WRITE	2
#define DESC_INDIRECT	4
#define AVAIL_NO_INTERRUPT	1
#define USED_NO_NOTIFY	1

size_t
virtq_used_offset(unsigned size)
{
	size_t driver = size * sizeof(struct virtq_desc) + sizeof(struct virtq_avail) +
	    (size + 1) * sizeof(uint16_t);

	return (driver + VIRTQ_ALIGN - 1) & ~(size_t)(VIRTQ_ALIGN - 1);
}

size_t
virtq_bytes(unsigned size)
{
	return virtq_used_offset(size) + sizeof(struct virtq_used) +
	    size * sizeof(struct virtq_used_elem) + sizeof(uint16_t);
}

void
virtq_init(struct virtq *q, unsigned size, void *rings, struct virtq_slot *slots)
{
	uint8_t *base = rings;

	MIR_ASSERT(size && size <= VIRTQ_SIZE_MAX && !(size & (size - 1)));
	*q = (struct virtq){
		.desc = rings, .slot = slots, .size = (uint16_t)size, .free = (uint16_t)size,
		.avail = (struct virtq_avail *)(base + size * sizeof *q->desc),
		.used = (struct virtq_used *)(base + virtq_used_offset(size)) };
	for (unsigned i = 0; i < size; i++)
		slots[i] = (struct virtq_slot){ .next = (uint16_t)(i + 1) };
	q->avail->flags = AVAIL_NO_INTERRUPT;
}

int
virtq_add(struct virtq *q, const struct virtq_piece *pieces, unsigned out, unsigned in,
	  void *cookie)
{
	uint16_t head = q->free_head, at = head, last = head;
	unsigned count = out + in;
	uint32_t room = 0;

	MIR_ASSERT(count > 0 && cookie);
	if (count > q->free)
		return MIR_EAGAIN;
	for (unsigned i = 0; i < count; i++) {
		q->desc[at] = (struct virtq_desc){
			.addr = (uint64_t)pieces[i].data, .len = pieces[i].len,
			.flags = (i < out ? 0 : DESC_WRITE) | (i + 1 < count ? DESC_NEXT : 0),
			.next = q->slot[at].next };
		if (i >= out)
			room += pieces[i].len;
		last = at;
		at = q->slot[at].next;
	}
	q->free_head = q->slot[last].next;
	q->free -= (uint16_t)count;
	q->slot[head].cookie = cookie;
	q->slot[head].room = room;
	q->slot[head].count = (uint16_t)count;
	q->avail->ring[q->added++ & (q->size - 1)] = head;
	return MIR_OK;
}

int
virtq_add_indirect(struct virtq *q, struct virtq_desc *table, const struct virtq_piece *pieces,
		   unsigned out, unsigned in, void *cookie)
{
	uint16_t head = q->free_head;
	unsigned count = out + in;
	uint32_t room = 0;

	MIR_ASSERT(count > 0 && cookie);
	if (!q->free)
		return MIR_EAGAIN;
	for (unsigned i = 0; i < count; i++) {
		table[i] = (struct virtq_desc){
			.addr = (uint64_t)pieces[i].data, .len = pieces[i].len,
			.flags = (i < out ? 0 : DESC_WRITE) | (i + 1 < count ? DESC_NEXT : 0),
			.next = (uint16_t)(i + 1) };
		if (i >= out)
			room += pieces[i].len;
	}
	q->desc[head] = (struct virtq_desc){ .addr = (uint64_t)table, .flags = DESC_INDIRECT,
		.len = count * (uint32_t)sizeof *table };
	q->free_head = q->slot[head].next;
	q->free--;
	q->slot[head] = (struct virtq_slot){ .cookie = cookie, .room = room, .count = 1 };
	q->avail->ring[q->added++ & (q->size - 1)] = head;
	return MIR_OK;
}

/* Where the two events are: each behind the ring of the other side (2.6.6, 2.6.8). */
static volatile uint16_t *
used_event(const struct virtq *q)
{
	return &q->avail->ring[q->size];
}

static uint16_t
avail_event(const struct virtq *q)
{
	return *(const volatile uint16_t *)&q->used->ring[q->size];
}

bool
virtq_publish(struct virtq *q)
{
	uint16_t before = q->published;

	if (q->published == q->added)
		return false;
	/* The index after the entries and descriptors it covers. */
	__atomic_store_n(&q->avail->idx, q->added, __ATOMIC_RELEASE);
	q->published = q->added;
	/* The index before the question whether the device looks by itself: it writes its flag
	 * and then looks at the index once more. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (!q->event_idx)
		return !(q->used->flags & USED_NO_NOTIFY);
	return (uint16_t)(q->added - avail_event(q) - 1) < (uint16_t)(q->added - before);
}

int
virtq_used_check(const volatile struct virtq_used_elem *e, const struct virtq_slot *slots,
		 unsigned size, struct virtq_used_elem *out)
{
	struct virtq_used_elem c = { .id = e->id, .len = e->len };

	if (c.id >= size || !slots[c.id].cookie || c.len > slots[c.id].room)
		return MIR_EPROTO;
	*out = c;
	return MIR_OK;
}

/* Gives the chain's descriptors back to the free list; its cookie. */
static void *
release(struct virtq *q, unsigned head)
{
	void *cookie = q->slot[head].cookie;
	unsigned last = head;

	for (unsigned i = 1; i < q->slot[head].count; i++)
		last = q->slot[last].next;
	q->slot[last].next = q->free_head;
	q->free_head = (uint16_t)head;
	q->free += q->slot[head].count;
	q->slot[head].cookie = NULL;
	return cookie;
}

bool
virtq_pending(const struct virtq *q)
{
	return q->used->idx != q->seen;
}

int
virtq_take(struct virtq *q, struct virtq_done *done)
{
	/* The index before the entries it covers. */
	uint16_t idx = __atomic_load_n(&q->used->idx, __ATOMIC_ACQUIRE);
	struct virtq_used_elem e;
	int err;

	if (idx == q->seen)
		return 0;
	if ((uint16_t)(idx - q->seen) > q->size)
		return MIR_EPROTO;
	err = virtq_used_check(&q->used->ring[q->seen & (q->size - 1)], q->slot, q->size, &e);
	if (err)
		return err;
	q->seen++;
	*done = (struct virtq_done){ .cookie = release(q, e.id), .written = e.len };
	return 1;
}

void *
virtq_drain(struct virtq *q)
{
	for (unsigned i = 0; i < q->size; i++)
		if (q->slot[i].cookie)
			return release(q, i);
	return NULL;
}

void
virtq_interrupts(struct virtq *q, bool on)
{
	uint16_t out = (uint16_t)(q->added - q->seen), after = q->lazy ? (uint16_t)(out * 3u / 4) : 0;

	if (q->event_idx)		/* An index half way round is never reached. */
		*used_event(q) = (uint16_t)(q->seen + (on ? after : 0x8000));
	else
		q->avail->flags = on ? 0 : AVAIL_NO_INTERRUPT;
	/* The flag or event before the look at the used index that follows: the device writes the index
	 * and then reads the flag or event. */
	if (on)
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
}
