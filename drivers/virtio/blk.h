/* SPDX-License-Identifier: ISC */
/* drivers/virtio/blk.h - the virtio block device (virtio 1.1, 5.2), for its own files.
 *
 * A request is done by one part or several, one after the other: as much of it as the device takes
 * at a time, and a flush behind a durable write. */
#ifndef VIRTIO_BLK_H
#define VIRTIO_BLK_H

#include "mir/block.h"
#include "mir/timer.h"
#include "pc/virtio_bus.h"

#define VIRTIO_BLK_F_SIZE_MAX	(1ull << 1)	/* Features, 5.2.3. */
#define VIRTIO_BLK_F_SEG_MAX	(1ull << 2)
#define VIRTIO_BLK_F_RO		(1ull << 5)
#define VIRTIO_BLK_F_BLK_SIZE	(1ull << 6)
#define VIRTIO_BLK_F_FLUSH	(1ull << 9)
#define VIRTIO_BLK_F_TOPOLOGY	(1ull << 10)
#define VIRTIO_BLK_F_DISCARD	(1ull << 13)

#define VIRTIO_BLK_IN		0		/* Types of parts, 5.2.6. */
#define VIRTIO_BLK_OUT		1
#define VIRTIO_BLK_FLUSH	4
#define VIRTIO_BLK_DISCARD	11

#define VIRTIO_BLK_UNIT		512u		/* Bytes: the protocol's sector. */
#define VIRTIO_BLK_PIECES	(MIR_BLOCK_PIECES + 2)	/* With header and status. */

enum virtio_blk_status { VIRTIO_BLK_OK, VIRTIO_BLK_IOERR, VIRTIO_BLK_UNSUPP };

struct virtio_blk_config {		/* As the device has it, 5.2.4; what it lacks is 0. */
	uint64_t capacity;		/* Units. */
	uint32_t size_max, seg_max;	/* Bytes of a segment; segments. */
	uint32_t blk_size;		/* Bytes. */
	uint32_t discard_max, discard_align;	/* Units. */
	uint8_t physical_exp;		/* log2 of the logical blocks in a physical one. */
};

struct virtio_blk_rules {		/* What a part may be. */
	uint64_t sectors;
	uint32_t sector_size;		/* Bytes. */
	uint32_t physical_size;		/* Bytes that the device writes at once. */
	uint32_t segments;		/* 1..MIR_BLOCK_PIECES */
	uint32_t segment_bytes;		/* A multiple of the sector size. */
	uint32_t discard_max;		/* Units, a multiple of the sector's; 0: no discard. */
	uint32_t discard_unit;		/* Sectors; 0: one. */
	bool flush, read_only;
};

struct virtio_blk_place {		/* How far a request is. */
	uint64_t unit, left;		/* Units. */
	unsigned piece;
	uint32_t offset;		/* Bytes of that piece. */
	bool flush;			/* One is still to come. */
};

struct virtio_blk_slot {		/* A request in flight. */
	struct { uint32_t type, zero; uint64_t unit; } header;
	struct { uint64_t unit; uint32_t count, flags; } range;	/* Of a discard. */
	struct virtq_desc table[VIRTIO_BLK_PIECES];
	uint8_t status;			/* The device writes it. */
	struct mir_block_request *request;
	struct virtio_blk_place at;	/* Behind the part that the device has. */
	uint32_t data;			/* Bytes that it is to write, but for the status. */
	struct virtio_blk_slot *next;
};

struct virtio_blk {
	struct mir_block block;		/* First. */
	struct virtio_dev *dev;
	struct virtq queue;
	struct virtio_blk_rules rules;
	struct mir_timer turn;		/* What one turn of the loop submits is shown at once. */
	struct virtio_blk_slot *free, *first, **end;	/* 'first': waits for descriptors. */
	bool full;			/* A submit was refused. */
	bool indirect;
};

/* Judges a device's configuration.  MIR_EPROTO: it makes no sense.  MIR_ENOSYS: sectors larger
 * than a page. */
int virtio_blk_config_check(const struct virtio_blk_config *c, uint64_t features,
			    struct virtio_blk_rules *out);

/* Where a checked request begins. */
struct virtio_blk_place virtio_blk_begin(const struct virtio_blk_rules *r,
					 const struct mir_block_request *q);

/* Makes the part of the slot's request at s->at, which there is: header and pieces, of which the
 * device reads '*out' and writes '*in'; where the next one begins. */
struct virtio_blk_place virtio_blk_part(const struct virtio_blk_rules *r,
					struct virtio_blk_slot *s,
					struct virtq_piece pieces[VIRTIO_BLK_PIECES],
					unsigned *out, unsigned *in);

/* Judges the answer to a part that has 'data' bytes for the device to write: it says that it wrote
 * 'written', the status among them.  MIR_EIO, MIR_ENOSYS: it failed.  MIR_EPROTO: an answer
 * that there is not. */
int virtio_blk_answer_check(uint8_t status, uint32_t written, uint32_t data);

#endif
