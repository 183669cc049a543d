/* SPDX-License-Identifier: ISC */
/* pc/virtqueue.h - split virtqueues (virtio 1.1, 2.6): what driver and device hand each other.
 *
 * Addresses are physical, which is what pointers are on a PC.  Nothing that the device may write
 * is read twice or trusted: which descriptors are out, and with how much room, is kept apart
 * from the memory that the device sees.
 * Blocking: never. */
#ifndef PC_VIRTQUEUE_H
#define PC_VIRTQUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VIRTQ_SIZE_MAX		256
#define VIRTQ_ALIGN		4096	/* Of the used ring: legacy devices reckon with it. */

struct virtq_desc { uint64_t addr; uint32_t len; uint16_t flags, next; };
struct virtq_avail { uint16_t flags, idx, ring[]; };
struct virtq_used_elem { uint32_t id, len; };
struct virtq_used { uint16_t flags, idx; struct virtq_used_elem ring[]; };

struct virtq_slot {			/* One a descriptor; says something of chain heads. */
	void *cookie;			/* NULL: not the head of a chain that is out. */
	uint32_t room;			/* Bytes that the device may write. */
	uint16_t next;			/* Free list, or the chain. */
	uint16_t count;			/* Descriptors of the chain. */
};

struct virtq {
	struct virtq_desc *desc;
	volatile struct virtq_avail *avail;
	const volatile struct virtq_used *used;
	struct virtq_slot *slot;
	uint16_t size;			/* Descriptors; a power of two. */
	uint16_t free, free_head;
	uint16_t added;			/* Index of the next chain added. */
	uint16_t published;		/* Index that the device was shown last. */
	uint16_t seen;			/* Index of the next used entry to look at. */
	bool event_idx;			/* VIRTIO_F_EVENT_IDX: both sides name the index to be told of. */
	bool lazy;			/* Interrupt when most of what is out is done. */
};

struct virtq_piece { const void *data; uint32_t len; };

struct virtq_done { void *cookie; uint32_t written; };

/* Bytes of memory the rings of 'size' descriptors take, and where their parts are. */
size_t virtq_bytes(unsigned size);
size_t virtq_used_offset(unsigned size);

/* 'rings': cleared, page-aligned memory of virtq_bytes(size).  'slots': 'size' of them. */
void virtq_init(struct virtq *q, unsigned size, void *rings, struct virtq_slot *slots);

/* Adds a chain: first 'out' pieces the device reads, then 'in' it writes.  'cookie' (not NULL)
 * comes back when it is done.  MIR_EAGAIN: too few free descriptors. */
int virtq_add(struct virtq *q, const struct virtq_piece *pieces, unsigned out, unsigned in,
	      void *cookie);

/* The same with the descriptors in 'table', which has room for out + in of them and belongs to the
 * device until the chain is done; takes one of the queue's.  Only with VIRTIO_F_INDIRECT_DESC. */
int virtq_add_indirect(struct virtq *q, struct virtq_desc *table, const struct virtq_piece *pieces,
		       unsigned out, unsigned in, void *cookie);

/* Shows the device what was added.  True: there was something and it wants to be notified. */
bool virtq_publish(struct virtq *q);

/* Takes one chain that the device is done with.  1: '*done' is valid.  0: none.
 * MIR_EPROTO: the device broke the protocol. */
int virtq_take(struct virtq *q, struct virtq_done *done);

/* After a reset: the cookie of one chain that is out, which is taken back; NULL: none left. */
void *virtq_drain(struct virtq *q);

bool virtq_pending(const struct virtq *q);

/* Whether the device shall interrupt.  Switching it on needs a look at virtq_pending after. */
void virtq_interrupts(struct virtq *q, bool on);

/* Judges a used entry, copied once: MIR_OK when it names the head of a chain that is out and
 * at most as many bytes as that chain has room for; else MIR_EPROTO. */
int virtq_used_check(const volatile struct virtq_used_elem *e, const struct virtq_slot *slots,
		     unsigned size, struct virtq_used_elem *out);

#endif
