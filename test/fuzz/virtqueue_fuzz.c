/* SPDX-License-Identifier: ISC */
/* sources: pc/virtqueue.c */
/* A virtqueue whose device writes what it likes where it likes in the shared memory.
 *
 * The model knows which chains are out; whatever the device does, each comes back once, with no
 * more bytes written than it had room for, and no descriptor is lost. */
#include "mir/err.h"
#include "pc/virtqueue.h"
#include "test/fuzz/fuzz.h"
#include "test/unit/harness.h"

#define SIZE 8
#define PIECES_MAX 10

static struct chain { bool out; uint32_t room; unsigned count; } chains[256];

static struct {
	struct virtq q;
	struct virtq_slot slots[SIZE];
	struct virtq_used *used;
	_Alignas(VIRTQ_ALIGN) uint8_t rings[2 * VIRTQ_ALIGN];
} rig;

static void
check(void)
{
	unsigned out = 0;

	for (unsigned i = 0; i < 256; i++)
		out += chains[i].out ? chains[i].count : 0;
	CHECK_EQ(rig.q.free + out, SIZE);
}

static void
add(struct fuzz_bytes *in)
{
	static const uint8_t bytes[256];
	struct virtq_piece pieces[PIECES_MAX];
	unsigned count = fuzz_8(in) % PIECES_MAX + 1, out = fuzz_8(in) % (count + 1), i = 0;
	struct chain *c;
	int err;

	while (chains[i].out)
		i++;
	c = &chains[i];
	c->room = 0;
	c->count = count;
	for (i = 0; i < count; i++) {
		pieces[i] = (struct virtq_piece){ bytes, fuzz_8(in) };
		c->room += i < out ? 0 : pieces[i].len;
	}
	err = virtq_add(&rig.q, pieces, out, count - out, c);
	CHECK_EQ(err, count <= rig.q.free + (err ? 0 : count) ? MIR_OK : MIR_EAGAIN);
	c->out = err == MIR_OK;
}

static void
came_back(struct chain *c, uint32_t written)
{
	CHECK_MSG(c >= chains && c < chains + 256 && c->out, "a chain that was not out");
	CHECK(written <= c->room);
	c->out = false;
}

static void
take(void)
{
	struct virtq_done done;
	int n;

	while ((n = virtq_take(&rig.q, &done)) > 0) {
		came_back(done.cookie, done.written);
		check();
	}
	CHECK(n == 0 || n == MIR_EPROTO);
}

static void
drain(void)
{
	void *cookie;

	while ((cookie = virtq_drain(&rig.q)))
		came_back(cookie, 0);
	CHECK_EQ(rig.q.free, SIZE);
}

/* What an honest device would do with the chain it was shown first, or with another. */
static void
finish(struct fuzz_bytes *in)
{
	struct virtq_used_elem *e = &rig.used->ring[rig.used->idx % SIZE];

	e->id = fuzz_8(in) % (SIZE + 1);
	e->len = fuzz_8(in);
	rig.used->idx++;
}

static void
scribble(struct fuzz_bytes *in)
{
	unsigned at = fuzz_16(in) % (unsigned)virtq_bytes(SIZE), n = fuzz_8(in) % 32;

	while (n-- && at < sizeof rig.rings)
		rig.rings[at++] = fuzz_8(in);
}

static void
act(struct fuzz_bytes *in)
{
	switch (fuzz_8(in) % 8) {
	case 0:
	case 1:
		add(in);
		break;
	case 2:
		virtq_publish(&rig.q);
		break;
	case 3:
	case 4:
		finish(in);
		break;
	case 5:
		take();
		break;
	case 6:
		scribble(in);
		break;
	default:
		virtq_interrupts(&rig.q, fuzz_8(in) & 1);
		virtq_pending(&rig.q);
	}
}

/* The first two bytes are where the indexes start; odd ones go with event indexes. */
void
fuzz_one(const uint8_t *data, size_t len)
{
	struct fuzz_bytes in = { data, len };
	uint16_t index = fuzz_16(&in);

	memset(&rig, 0, sizeof rig);
	memset(chains, 0, sizeof chains);
	virtq_init(&rig.q, SIZE, rig.rings, rig.slots);
	rig.q.event_idx = index & 1;
	rig.q.lazy = index & 2;
	rig.used = (struct virtq_used *)(rig.rings + virtq_used_offset(SIZE));
	rig.q.added = rig.q.published = rig.q.seen = rig.used->idx = index;
	while (in.left) {
		act(&in);
		check();
	}
	drain();
}
