/* SPDX-License-Identifier: ISC */
/* xen/xenstore/batch.h - several xenstore requests about keys of a folder or two, sent at once.
 *
 * A batch belongs to one task and is too large for its stack.  What does not fit into it makes
 * xs_batch_do fail with MIR_EMSGSIZE and nothing is sent. */
#ifndef XEN_XENSTORE_BATCH_H
#define XEN_XENSTORE_BATCH_H

#include "xen/xenstore/xenstore.h"

#define XS_BATCH_MAX	20		/* Requests. */
#define XS_BATCH_TEXT	1280		/* Bytes of paths and values. */

struct xs_batch {
	unsigned count;
	size_t used;			/* Bytes of text. */
	bool full;
	bool optional;			/* What is added now is optional. */
	struct xs_request request[XS_BATCH_MAX];
	char text[XS_BATCH_TEXT];
};

void xs_batch_init(struct xs_batch *b);

/* Reads dir/key into 'value', which is "" when the key is missing. */
void xs_batch_read(struct xs_batch *b, const char *dir, const char *key, char *value,
		   size_t size);

void xs_batch_write(struct xs_batch *b, const char *dir, const char *key, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

void xs_batch_watch(struct xs_batch *b, struct xs_watch *w);

/* Room for some more: sends what there is when it is half full, so that any number fits. */
int xs_batch_room(struct xs_batch *b);

/* Sends, waits.  The first error but MIR_ENOENT of reads and any of what is optional, or 0. */
int xs_batch_do(struct xs_batch *b);

/* Then: was each request answered?  Of what is optional only this tells. */
bool xs_batch_answered(const struct xs_batch *b);

#endif
