/* SPDX-License-Identifier: ISC */
/* xen/xenstore/client.h - between the client's files. */
#ifndef XEN_XENSTORE_CLIENT_H
#define XEN_XENSTORE_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "mir/clock.h"
#include "xen/xenstore/message.h"
#include "xen/xenstore/xenstore.h"

/* ring.c: the ring pages.  xs_ring_send: MIR_EAGAIN: no room now, xs_ring_room is woken. */
extern struct mir_waitq xs_ring_room;
int xs_ring_start(void (*message)(const struct xs_header *, const uint8_t *payload),
		  void (*broken)(void));
int xs_ring_send(const struct xs_header *h, const char *path, const void *value);
void xs_ring_kick(void);		/* Tells xenstored about what was sent. */

/* watch.c: one watch event came. */
void xs_watch_event(const uint8_t *payload, size_t len);

#endif
