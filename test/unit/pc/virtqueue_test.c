/* SPDX-License-Identifier: ISC */
/* Split virtqueues against a device that is honest, and against hostile ones. */
#include <string.h>
#include "mir/err.h"
#include "pc/virtqueue.h"
#include "test/unit/harness.h"

#define SIZE 8

struct rig {
	struct virtq q;
	struct virtq_slot slots[SIZE];
	struct virtq_used *used;	/* The device may write it. */
	_Alignas(VIRTQ_ALIGN) uint8_t rings[3 * VIRTQ_ALIGN];
};

static struct rig rig;

static void
set_up(uint16_t index)
{
	memset(&rig, 0, sizeof rig);
	virtq_init(&rig.q, SIZE, rig.rings, rig.slots);
	rig.used = (struct virtq_used *)(rig.rings + virtq_used_offset(SIZE));
	rig.q.added = rig.q.published = rig.q.seen = index;
	rig.used->idx = index;
}

/* What the device does: says it is done with chain 'id'. */
static void
finish(uint32_t id, uint32_t len)
{
	rig.used->ring[rig.used->idx % SIZE] = (struct virtq_used_elem){ id, len };
	rig.used->idx++;
}

static int
add(unsigned out, unsigned in, void *cookie)
{
	static uint8_t bytes[64];
	struct virtq_piece pieces[SIZE + 1];

	for (unsigned i = 0; i < out + in; i++)
		pieces[i] = (struct virtq_piece){ bytes + i, 10 };
	return virtq_add(&rig.q, pieces, out, in, cookie);
}

static uint16_t
last_head(void)
{
	return rig.q.avail->ring[(uint16_t)(rig.q.added - 1) % SIZE];
}

TEST(virtq_descriptors_of_a_chain)
{
	uint16_t head, second, third;

	set_up(0);
	CHECK_EQ(add(1, 2, &rig), MIR_OK);
	head = last_head();
	second = rig.q.desc[head].next;
	third = rig.q.desc[second].next;
	CHECK_EQ(rig.q.desc[head].flags, 1);
	CHECK_EQ(rig.q.desc[second].flags, 3);
	CHECK_EQ(rig.q.desc[third].flags, 2);
	CHECK_EQ(rig.q.desc[third].len, 10);
	CHECK_EQ(rig.q.slot[head].room, 20);
	CHECK_EQ(rig.q.free, SIZE - 3);
}

/* Indexes start just below their wrap; each round goes around the ring. */
TEST(virtq_goes_around)
{
	struct virtq_done done;
	int cookie;

	set_up(65530);
	for (unsigned i = 0; i < 40; i++) {
		CHECK_EQ(add(1, 1, &cookie), MIR_OK);
		CHECK(virtq_publish(&rig.q));
		CHECK_EQ(rig.q.avail->idx, rig.q.added);
		CHECK_EQ(virtq_take(&rig.q, &done), 0);
		finish(last_head(), 10);
		CHECK_EQ(virtq_take(&rig.q, &done), 1);
		CHECK(done.cookie == &cookie && done.written == 10);
		CHECK_EQ(rig.q.free, SIZE);
	}
}

TEST(virtq_full)
{
	set_up(65535);
	CHECK_EQ(add(SIZE, 0, &rig), MIR_OK);
	CHECK_EQ(add(1, 0, &rig), MIR_EAGAIN);
	CHECK(virtq_drain(&rig.q) == &rig);
	CHECK(virtq_drain(&rig.q) == NULL);
	CHECK_EQ(add(SIZE + 1, 0, &rig), MIR_EAGAIN);
	CHECK_EQ(add(0, SIZE, &rig), MIR_OK);
}

TEST(virtq_notifies_only_when_asked)
{
	set_up(0);
	CHECK(!virtq_publish(&rig.q));
	add(1, 0, &rig);
	rig.used->flags = 1;
	CHECK(!virtq_publish(&rig.q));
	CHECK_EQ(rig.q.avail->idx, 1);
	CHECK_EQ(rig.q.avail->flags, 1);
	virtq_interrupts(&rig.q, true);
	CHECK_EQ(rig.q.avail->flags, 0);
}

/* Each side names the index that it waits for; both wrap. */
TEST(virtq_events)
{
	volatile uint16_t *avail_event, *used_event;
	struct virtq_done done;

	set_up(65534);
	rig.q.event_idx = true;
	avail_event = (volatile uint16_t *)&rig.used->ring[SIZE];
	used_event = &rig.q.avail->ring[SIZE];
	*avail_event = 65535;		/* After the second. */
	add(1, 0, &rig);
	CHECK(!virtq_publish(&rig.q));
	add(1, 0, &rig);
	CHECK(virtq_publish(&rig.q));
	add(1, 0, &rig);
	CHECK(!virtq_publish(&rig.q));
	virtq_interrupts(&rig.q, true);
	CHECK_EQ(*used_event, 65534);
	virtq_interrupts(&rig.q, false);
	CHECK_EQ(*used_event, 32766);
	rig.q.lazy = true;		/* Three are out: tell us after the third. */
	virtq_interrupts(&rig.q, true);
	CHECK_EQ(*used_event, 0);
	finish(rig.q.avail->ring[65534 % SIZE], 0);
	CHECK_EQ(virtq_take(&rig.q, &done), 1);
	virtq_interrupts(&rig.q, true);
	CHECK_EQ(*used_event, 0);
}

TEST(virtq_out_of_order)
{
	struct virtq_done done;
	uint16_t head[3];
	int cookie[3];

	set_up(65534);
	for (unsigned i = 0; i < 3; i++) {
		CHECK_EQ(add(0, 2, &cookie[i]), MIR_OK);
		head[i] = last_head();
	}
	for (unsigned i = 3; i-- > 0;)
		finish(head[i], i);
	for (unsigned i = 3; i-- > 0;) {
		CHECK_EQ(virtq_take(&rig.q, &done), 1);
		CHECK(done.cookie == &cookie[i] && done.written == i);
	}
	CHECK_EQ(rig.q.free, SIZE);
	CHECK_EQ(add(SIZE, 0, &rig), MIR_OK);
}

/* Slot 2 heads a chain with room for 20 bytes, slot 3 is that chain's second descriptor. */
static const struct { const char *why; struct virtq_used_elem elem; int want; } cases[] = {
	{ "nothing written",               { 2, 0 },           MIR_OK },
	{ "all the room used",             { 2, 20 },          MIR_OK },
	{ "one byte more than there is",   { 2, 21 },          MIR_EPROTO },
	{ "length about to wrap",          { 2, UINT32_MAX },  MIR_EPROTO },
	{ "not the head of a chain",       { 3, 0 },           MIR_EPROTO },
	{ "a free descriptor",             { 0, 0 },           MIR_EPROTO },
	{ "just past the table",           { SIZE, 0 },        MIR_EPROTO },
	{ "id with high bits set",         { 0x10002, 0 },     MIR_EPROTO },
	{ "id of all ones",                { UINT32_MAX, 0 },  MIR_EPROTO },
};

TEST(virtq_used_check)
{
	struct virtq_slot slots[SIZE] = { [2] = { .cookie = &rig, .room = 20, .count = 2 } };
	struct virtq_used_elem out;

	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++)
		CHECK_MSG(virtq_used_check(&cases[i].elem, slots, SIZE, &out) == cases[i].want,
			  cases[i].why);
}

TEST(virtq_index_too_far_ahead)
{
	struct virtq_done done;

	set_up(65533);
	add(1, 0, &rig);
	rig.used->idx = (uint16_t)(65533 + SIZE + 1);
	CHECK_EQ(virtq_take(&rig.q, &done), MIR_EPROTO);
	rig.used->idx = 65532;
	CHECK_EQ(virtq_take(&rig.q, &done), MIR_EPROTO);
}

TEST(virtq_same_chain_twice)
{
	struct virtq_done done;

	set_up(0);
	add(1, 0, &rig);
	finish(last_head(), 0);
	finish(last_head(), 0);
	CHECK_EQ(virtq_take(&rig.q, &done), 1);
	CHECK_EQ(virtq_take(&rig.q, &done), MIR_EPROTO);
}

/* The device scribbles over all it can reach: the free list and the chains are unharmed. */
TEST(virtq_scribbled_descriptors)
{
	struct virtq_done done;

	set_up(0);
	add(2, 1, &rig);
	memset(rig.q.desc, 0xff, SIZE * sizeof *rig.q.desc);
	finish(last_head(), 10);
	memset((void *)rig.q.avail, 0xff, 4 + 2 * SIZE);
	CHECK_EQ(virtq_take(&rig.q, &done), 1);
	CHECK_EQ(rig.q.free, SIZE);
	CHECK_EQ(add(SIZE, 0, &rig), MIR_OK);
	CHECK_EQ(rig.q.slot[rig.q.desc[last_head()].next].count, 0);
}

/* Asked before a sleep; the index wraps. */
TEST(virtq_pending_until_it_is_taken)
{
	struct virtq_done done;
	int cookie;

	set_up(65535);
	CHECK_EQ(add(0, 1, &cookie), MIR_OK);
	CHECK(!virtq_pending(&rig.q));
	finish(last_head(), 10);
	CHECK(virtq_pending(&rig.q));
	CHECK_EQ(virtq_take(&rig.q, &done), 1);
	CHECK(!virtq_pending(&rig.q));
}
