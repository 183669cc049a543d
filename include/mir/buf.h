/* SPDX-License-Identifier: ISC */
/* mir/buf.h - packet buffers: views of reference-counted memory, in chains.
 *
 * A 'mir_mem' is a piece of memory that several views may look at: a page of the packet pool, a
 * chunk of one, or content baked into the image (never freed).  A 'mir_buf' is one view: where
 * the bytes start and how many there are.  Views are chained by 'next' into a packet or a
 * stretch of a stream.  Copying a view (mir_buf_clone) costs no copy of bytes.
 *
 * Ownership: a chain has one owner.  A call that takes a chain says so; as a rule success moves
 *            it and failure leaves it with the caller.  mir_buf_free drops all views of a
 *            chain, and memory whose last view went returns to where it came from.
 * Writing:   only bytes that no other view can see may be written: headroom and payload of a
 *            buffer fresh from mir_buf_alloc, headers of a received packet by its one owner.
 * Blocking:  never.  Errors: NULL when the pool's limit is reached; counted in mir_buf_stats. */
#ifndef MIR_BUF_H
#define MIR_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mir_buf;

struct mir_mem {
	uint32_t refs;			/* Views that point here. */
	uint32_t size;			/* Bytes at 'base'. */
	uint8_t *base;
	void (*release)(struct mir_mem *);	/* Last view gone.  NULL: static memory. */
	struct mir_buf *first;		/* buf.c's: the view that comes with it, or NULL. */
};

enum mir_buf_flags {			/* Of a packet: of its chain's first piece. */
	MIR_BUF_CSUM_OK = 1,		/* Received: transport checksum vouched for. */
	/* To send: the TCP or UDP checksum field holds the folded sum of the pseudo-header, not
	 * complemented, and the device adds the rest.  Only where mir_netif_info.offload says so. */
	MIR_BUF_CSUM_BLANK = 2,
	MIR_BUF_ECT = 4,		/* To send: routers may mark it (RFC 3168). */
	MIR_BUF_CE = 8,			/* Received: a router has. */
};

struct mir_buf {
	struct mir_buf *next;		/* Next piece of the chain, or NULL. */
	struct mir_mem *mem;
	uint8_t *data;			/* First byte of the view, inside mem. */
	uint32_t len;			/* Bytes in this piece. */
	uint16_t flags;			/* enum mir_buf_flags; of the first piece. */
	/* 0, or: a TCP segment that stands for several, each with so many bytes of payload but the
	 * last.  To send: the device cuts it.  Received: the other side joined them.  Of the first
	 * piece. */
	uint16_t gso_size;
};

#define MIR_BUF_HEADROOM 96		/* Bytes; ether 14 + ipv4 20 + tcp 60, aligned. */

/* One piece with 'headroom' free bytes before and 'len' bytes of unset payload; the memory may be
 * granted to a device.  headroom + len is at most MIR_PAGE_SIZE. */
struct mir_buf *mir_buf_alloc(size_t headroom, size_t len);

/* A view of 'len' bytes at 'data' in 'mem' (bytes inside mem); takes a reference. */
struct mir_buf *mir_buf_view(struct mir_mem *mem, const uint8_t *data, size_t len);

/* A chain that views the same bytes [offset, offset + len) of 'b'.  NULL: no memory. */
struct mir_buf *mir_buf_clone(const struct mir_buf *b, size_t offset, size_t len);

/* A chain with a copy of 'len' bytes, as many pool pages as it takes. */
struct mir_buf *mir_buf_copy_in(const void *data, size_t len);

/* A packet with a copy of all bytes of 'b', in as few pieces as they fit, and headroom.  NULL: no
 * memory. */
struct mir_buf *mir_buf_copy(const struct mir_buf *b);

void mir_buf_free(struct mir_buf *b);		/* NULL is allowed. */

size_t mir_buf_len(const struct mir_buf *b);	/* Bytes in the chain. */
unsigned mir_buf_pieces(const struct mir_buf *b);
struct mir_buf *mir_buf_last(struct mir_buf *b);

/* Copies up to 'len' bytes from 'offset' on; the count copied. */
size_t mir_buf_copy_out(const struct mir_buf *b, size_t offset, void *to, size_t len);

/* Appends chain 'b' to '*chain' ('*chain' may be NULL). */
void mir_buf_append(struct mir_buf **chain, struct mir_buf *b);

/* Drops 'len' bytes (at most all) from the front; freed pieces go.  Returns the rest of the
 * chain, NULL when nothing is left. */
struct mir_buf *mir_buf_trim_front(struct mir_buf *b, size_t len);

/* Shortens the chain to 'len' bytes; the pieces behind are freed, the first piece stays. */
void mir_buf_trim_to(struct mir_buf *b, size_t len);

/* Makes the first 'len' bytes contiguous in the first piece, copying if need be.  The new
 * chain, or NULL: too short or no memory, and 'b' is still the caller's. */
struct mir_buf *mir_buf_pullup(struct mir_buf *b, size_t len);

/* Room before 'data' that nobody else sees: 0 when the memory is shared or static. */
static inline size_t
mir_buf_headroom(const struct mir_buf *b)
{
	return b->mem->release && b->mem->refs == 1 ? (size_t)(b->data - b->mem->base) : 0;
}

/* Extends the first piece to the front by 'len' <= mir_buf_headroom bytes; the new first byte. */
static inline uint8_t *
mir_buf_push(struct mir_buf *b, size_t len)
{
	b->data -= len;
	b->len += (uint32_t)len;
	return b->data;
}

struct mir_buf_stats {
	uint64_t copied_bytes;		/* By copy_in, copy_out and pullup. */
	uint32_t views;			/* In use. */
	uint32_t pages;			/* Packet pages in use, whole and chunked. */
	uint32_t failures;		/* Requests refused at the limit. */
};
extern struct mir_buf_stats mir_buf_stats;

#endif
