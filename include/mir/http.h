/* SPDX-License-Identifier: ISC */
/* mir/http.h - an HTTP server, and what answers its requests.
 *
 * Blocking:  serve blocks the calling task until it is cancelled or fails.  A handler may block,
 *            and so may what a response takes its body from; one that says so by 'blocks' gets
 *            tasks beside the one that accepts.  Several tasks may be in one handler at a time.
 * Ownership: a request, its texts and its content are the server's and valid during the call; a
 *            response's 'body' is a chain that the server takes; 'kv' and 'type' must outlive the
 *            response; a 'source' is dropped by the server, once.
 * Errors:    serve: MIR_EEXIST the port is taken; MIR_EINVAL; MIR_ENOMEM; MIR_ECANCELED.
 * Source:    RFC 9110. */
#ifndef MIR_HTTP_H
#define MIR_HTTP_H

#include <stdbool.h>
#include <stdint.h>
#include "mir/buf.h"
#include "mir/kv.h"

enum mir_http_method {
	MIR_HTTP_GET, MIR_HTTP_HEAD, MIR_HTTP_POST, MIR_HTTP_PUT, MIR_HTTP_DELETE,
	MIR_HTTP_OTHER,			/* Known, but not served: 405. */
};
enum mir_http_body { MIR_HTTP_NO_BODY, MIR_HTTP_LENGTH, MIR_HTTP_CHUNKED };

#define MIR_HTTP_EXTRA	384		/* Bytes of a handler's own header lines. */

struct mir_http_text {			/* Not 0-terminated; p is NULL when absent. */
	const char *p;
	size_t len;
};

struct mir_http_request {
	enum mir_http_method method;
	unsigned minor;			/* HTTP/1.minor; above 1 is taken as 1. */
	struct mir_http_text name;	/* Of the method, as it came. */
	struct mir_http_text path;	/* Decoded, without the leading '/' and the query. */
	struct mir_http_text query;	/* As it came, without the '?'. */
	bool close;			/* The connection ends after the response. */
	bool expect_continue;
	enum mir_http_body body;
	bool partial, coded;		/* Content-Range; a Content-Encoding: of the body. */
	uint64_t length;		/* Of MIR_HTTP_LENGTH. */
	struct mir_http_text host, if_match, if_none_match, if_modified_since;
	struct mir_http_text if_unmodified_since, if_range, range, accept, accept_encoding;
	/* The body, where the handler takes the method: views of what was received. */
	const struct mir_buf *content;
	uint64_t content_len;
};

/* A body that is made while it is sent, in pieces of any size. */
struct mir_http_source {
	/* 1 and a chain of some bytes, 0 at the end, or an error: the connection is cut. */
	int (*next)(struct mir_http_source *, struct mir_buf **out);
	void (*drop)(struct mir_http_source *);
};

struct mir_http_response {
	unsigned status;
	const char *type;		/* Content-Type; NULL: none. */
	char extra[MIR_HTTP_EXTRA];	/* More header lines, each ended by CR LF. */
	bool close;			/* End the connection behind it. */
	uint64_t length;		/* Of the body, also when it is not sent (HEAD). */
	/* The body: a chain, or 'length' bytes of a kv's value from 'offset' on, or what a source
	 * gives, or nothing. */
	struct mir_buf *body;
	struct mir_http_source *source;
	struct mir_kv *kv;
	struct mir_kv_info info;
	enum mir_kv_encoding encoding;
	uint64_t offset;
};

/* What answers requests: GET, HEAD and 'methods'; 'out' is all-zero.  Sets at least status. */
struct mir_http_handler {
	unsigned methods;		/* 1 << MIR_HTTP_PUT and so on; 0: others get a 405. */
	bool blocks;
	void (*handle)(struct mir_http_handler *, const struct mir_http_request *,
		       struct mir_http_response *out);
};

struct mir_http_service {		/* What is served on one port. */
	struct mir_http_handler *handler;
	uint16_t port;
	bool log;			/* A line a request on the console. */
	uint32_t body_limit;		/* Bytes of a request's body; 0, or more than
					 * CONFIG_HTTP_BODY_KIB: that.  Above it: 413. */
};

struct mir_http;

struct mir_http_ops {
	const char *name;
	int (*serve)(struct mir_http *, const struct mir_http_service *);
};

struct mir_http {			/* First member of the implementation's struct. */
	const struct mir_http_ops *ops;
};

static inline int
mir_http_serve(struct mir_http *h, const struct mir_http_service *s)
{
	return h->ops->serve(h, s);
}

#endif
