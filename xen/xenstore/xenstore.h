/* SPDX-License-Identifier: ISC */
/* xen/xenstore/xenstore.h - the xenstore client: the tree of keys by which domains find each other.
 *
 * Paths are absolute or relative to /local/domain/<own id>.  A path and a value together have
 * about 1000 bytes, replies up to 4096.
 * Blocking: every call that sends blocks the calling task until xenstored answered, at
 *           most XS_TIMEOUT.  Several tasks may have requests under way.
 * Errors:   MIR_ENOENT, MIR_EACCES, MIR_EINVAL and so on as xenstored says; MIR_ETIMEDOUT: no
 *           answer; MIR_EPROTO: xenstored broke the protocol; MIR_EMSGSIZE: request too long, or
 *           the reply is longer than the room for it; MIR_EGONE: there is no xenstore.  Each
 *           is logged with the key, but for MIR_ENOENT and MIR_EAGAIN, which may be expected. */
#ifndef XEN_XENSTORE_XENSTORE_H
#define XEN_XENSTORE_XENSTORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "mir/clock.h"
#include "mir/task.h"

#define XS_TIMEOUT	MIR_SEC(5)

/* A round trip to xenstored is slow, so requests go in batches: an array of these is sent at
 * once, answered in order. */
struct xs_request {
	uint32_t type;			/* XS_READ and so on, of xen/io/xs_wire.h. */
	uint32_t tx;			/* Transaction, or 0. */
	const char *path;
	const void *value;		/* Follows the path's ending 0. */
	size_t value_len;
	char *reply;			/* Room for the reply and an ending 0, or NULL. */
	size_t reply_size;
	bool optional;			/* An error is neither logged nor the batch's error. */

	int err;			/* Out. */
	size_t reply_len;		/* Out: without the 0 that is put behind. */

	uint32_t id;			/* Internal from here. */
	bool done;
	struct mir_waitq *wake;
	struct xs_request *next;
};

/* Sends 'count' requests, waits for all answers.  The first one's error that failed, or 0. */
int xs_do(struct xs_request *requests, unsigned count);

/* Fill a request in: for batches. */
struct xs_request xs_to_read(const char *path, char *value, size_t size);
struct xs_request xs_to_write(const char *path, const char *value);

/* Reads a value as text with an ending 0; its length, or an error. */
int xs_read(uint32_t tx, const char *path, char *value, size_t size);
int xs_read_uint(uint32_t tx, const char *path, uint64_t *value);	/* Decimal. */

int xs_write(uint32_t tx, const char *path, const char *value);
int xs_printf(uint32_t tx, const char *path, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

int xs_mkdir(uint32_t tx, const char *path);
int xs_rm(uint32_t tx, const char *path);	/* The key and all below. */
int xs_rm_in(const char *dir, const char *key);	/* dir/key, which need not be there. */

/* The names below 'path', each ended by 0, one after the other; the bytes of all. */
int xs_list(uint32_t tx, const char *path, char *names, size_t size);

/* Permissions as xenstore's text: a letter (n r w b) and a domain id, "r0"; each ended by 0. */
int xs_get_perms(uint32_t tx, const char *path, char *perms, size_t size);
int xs_set_perms(uint32_t tx, const char *path, const char *perms, size_t len);

/* Runs body(tx, ctx) in a transaction, again when xenstored says that others came in between (at
 * most XS_TRIES times: MIR_EAGAIN).  An error from the body aborts and is given back. */
#define XS_TRIES 20
int xs_transaction(int (*body)(uint32_t tx, void *ctx), void *ctx);

/* A watch on 'path' and all below.  Each change, and the start itself, counts 'events' up and
 * wakes 'wake'.  The struct is the caller's and stays in place until xs_unwatch. */
struct xs_watch {
	const char *path;
	struct mir_waitq *wake;
	unsigned events;
	uint32_t id;			/* Internal. */
	char token[12];			/* "": not set. */
	struct xs_watch *next;
};

int xs_watch(struct xs_watch *w);

/* For batches: prepares 'w' and the request; events count from when it is sent on. */
struct xs_request xs_to_watch(struct xs_watch *w);
void xs_unwatch(struct xs_watch *w);

/* The text of a decimal number and nothing else.  Pure. */
int xs_parse_uint(const char *text, uint64_t *value);

#endif
