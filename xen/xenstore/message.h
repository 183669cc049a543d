/* SPDX-License-Identifier: ISC */
/* xen/xenstore/message.h - xenstore's messages (xen/io/xs_wire.h): building requests and judging
 * what came.  Pure. */
#ifndef XEN_XENSTORE_MESSAGE_H
#define XEN_XENSTORE_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#define XS_HEADER	16u		/* Bytes: four 32-bit numbers. */
#define XS_REPLY_MAX	4096u		/* Bytes of payload (XENSTORE_PAYLOAD_MAX). */

struct xs_header {
	uint32_t type, id, tx, len;	/* len: bytes of payload. */
};

void xs_header_put(uint8_t to[XS_HEADER], const struct xs_header *h);

/* MIR_EPROTO: a type or length that no xenstored may send; the stream is lost. */
int xs_header_get(const uint8_t from[XS_HEADER], struct xs_header *h);

/* Judges the reply 'h' with 'payload' to a request of type 'asked'.  MIR_OK; the error that
 * xenstored names; MIR_EPROTO: a reply to something else. */
int xs_reply_check(const struct xs_header *h, const uint8_t *payload, uint32_t asked);

/* A watch event's two strings, both ended by 0 inside the payload.  MIR_EPROTO. */
int xs_event_parse(const uint8_t *payload, size_t len, const char **path, const char **token);

/* The error that the text (not ended by 0) names, MIR_EIO for a name not known. */
int xs_error_number(const uint8_t *name, size_t len);

/* "read", "write": the request's type in words. */
const char *xs_type_name(uint32_t type);

#endif
