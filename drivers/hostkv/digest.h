/* SPDX-License-Identifier: ISC */
/* drivers/hostkv/digest.h - what has to be known of a file's content before it is served: its
 * ETag and its compressed variant. */
#ifndef DRIVERS_HOSTKV_DIGEST_H
#define DRIVERS_HOSTKV_DIGEST_H

#include <stdbool.h>
#include <stdint.h>
#include "mir/buf.h"

#define HOSTKV_ETAG 24			/* Bytes: 20 digits, two quotes, the 0. */

struct hostkv_variant {			/* Counted memory: views of it go into packets. */
	struct mir_mem mem;		/* First. */
	uint32_t len;
	uint8_t bytes[];
};

struct hostkv_digest {
	char etag[HOSTKV_ETAG];
	struct hostkv_variant *variant;	/* Its holder's reference; NULL: none. */
};

/* Reads 'size' bytes.  In a task, lets others run on the way.  A variant has at most 'most' bytes,
 * and is there only when it saves a tenth; 'most' 0: none is made.
 * MIR_EIO: could not be read, or ended early.  MIR_ENOMEM. */
int hostkv_digest(int fd, uint64_t size, uint64_t most, struct hostkv_digest *out);

void hostkv_variant_put(struct hostkv_variant *v);	/* NULL is allowed. */

extern uint64_t hostkv_variant_bytes;	/* Of all variants that are there. */

#endif
