/* SPDX-License-Identifier: ISC */
/* net/reassembly/reassembly.h - fragments put together again (RFC 791 3.2, RFC 8200 4.5).
 *
 * The engine knows no version of IP: its user names the datagram that a fragment is of.  It does no
 * I/O and reads no clock.
 *
 * Bounds:    REASSEMBLY_DATAGRAMS at a time, REASSEMBLY_FRAGMENTS in each, REASSEMBLY_BYTES of
 *            memory held in all; the oldest datagram gives way.  Each is given up after 'lifetime'.
 * Overlaps:  fragments that overlap end their datagram (RFC 5722 4, for both versions: no sender
 *            makes them), but one that came twice is just dropped (RFC 8200 4.5).
 * Counted:   each fragment that came in is in a datagram that was given out, or in one of the
 *            reassembly_drop counters. */
#ifndef NET_REASSEMBLY_REASSEMBLY_H
#define NET_REASSEMBLY_REASSEMBLY_H

#include <stdbool.h>
#include "mir/buf.h"
#include "mir/clock.h"
#include "mir/flow.h"

#define REASSEMBLY_DATAGRAMS	16u
#define REASSEMBLY_FRAGMENTS	64u
#define REASSEMBLY_BYTES	(512u << 10)	/* Of memory that the fragments hold. */
#define REASSEMBLY_LIFETIME	MIR_SEC(30)

struct reassembly_key {			/* Compared as bytes: no padding. */
	struct mir_addr src, dst;
	uint32_t id;
	uint32_t proto;			/* IPv6: the next header of the first fragment. */
};

struct reassembly_fragment {		/* What its header says. */
	uint16_t offset;		/* Bytes from the datagram's start. */
	uint16_t header;		/* Bytes in front of the data; kept of the first one only. */
	bool more;			/* Others follow. */
};

struct reassembly_datagram;

struct reassembly {			/* All-zero: empty. */
	struct reassembly_datagram *first, *last;	/* Oldest first. */
	unsigned count;
	size_t held;			/* Bytes of memory. */
};

/* Takes 'b': 'f->header' bytes, contiguous, and the fragment's data.  The whole datagram, with the
 * first fragment's header in front, when nothing is missing any more; else NULL. */
struct mir_buf *reassembly_input(struct reassembly *r, mir_ns now, const struct reassembly_key *key,
				 const struct reassembly_fragment *f, struct mir_buf *b);

mir_ns reassembly_deadline(const struct reassembly *r);
void reassembly_poll(struct reassembly *r, mir_ns now);	/* Gives up what is too old. */
void reassembly_clear(struct reassembly *r);		/* All; counted as timed out. */

#endif
