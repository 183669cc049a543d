/* SPDX-License-Identifier: ISC */
/* net/http/http.h - an HTTP/1.1 server: the engine, its handlers, and the glue to a stack.
 *
 * The engine (struct http_conn) does no I/O and reads no clock: chains of bytes and 'now' in, chains
 * of bytes and a deadline out.  http_serve runs it on a stack.  A handler turns a request into a
 * response, whose body may be a value of a kv, sent by reference. */
#ifndef NET_HTTP_HTTP_H
#define NET_HTTP_HTTP_H

#include "mir/clock.h"
#include "mir/http.h"
#include "mir/kv.h"
#include "mir/stack.h"
#include "net/http/body.h"
#include "net/http/content.h"
#include "net/http/request.h"

#define HTTP_BODY_LIMIT	65536		/* Bytes of a request's body that are read past. */
#define HTTP_WINDOW	65536		/* Bytes of a body that are sent, or awaited, in one go. */

struct http_files {			/* Files of a kv: net/http/files.c. */
	struct mir_http_handler handler;	/* First. */
	struct mir_kv *kv;
	struct mir_http_handler *next;	/* Asked first for paths under ".mir/"; may be NULL. */
};

void http_files_init(struct http_files *f, struct mir_kv *kv, struct mir_http_handler *next);

/* Counters as Prometheus text at ".mir/counters": net/http/counters.c. */
extern struct mir_http_handler http_counters;

struct http_server {
	struct mir_http_handler *handler;
	mir_ns (*wall)(void);		/* For Date; 0: not known, and left out. */
	bool log;			/* A line a request on the console. */
	uint32_t body_limit;		/* As in struct mir_http_service. */
};

struct http_limits {			/* CONFIG_HTTP_...; times in ns. */
	mir_ns head, idle, body, send;
};
extern const struct http_limits http_limits;

enum http_state { HTTP_READ_HEAD, HTTP_READ_BODY, HTTP_SEND, HTTP_DONE };

struct http_conn {
	struct http_server *server;
	enum http_state state;
	struct mir_buf *in;		/* Received, not used. */
	char *head;			/* CONFIG_HTTP_HEAD_PAGES pages, while one is read. */
	size_t head_len, scanned;
	struct mir_http_request request;	/* Its texts point into 'head'. */
	struct http_body_reader body;
	struct http_content content;	/* Of it, for a handler that takes it. */
	struct mir_http_response response;
	struct mir_buf *out;		/* Response head and the like, ready to be sent. */
	uint64_t left;			/* Of the response's body. */
	bool end_of_input, send_body, close;
	bool broken;			/* A response was cut short: end by reset. */
	mir_ns deadline;
	struct mir_addr peer;		/* For the log. */
};

void http_conn_init(struct http_conn *c, struct http_server *s, mir_ns now);
void http_conn_drop(struct http_conn *c);	/* Frees what it holds. */

/* Takes the chain; NULL: the peer's end of stream. */
void http_conn_input(struct http_conn *c, mir_ns now, struct mir_buf *b);

/* The next piece to send, the caller's; NULL: none now.  Call until NULL after each input. */
struct mir_buf *http_conn_output(struct http_conn *c, mir_ns now);

/* What the connection waits for when there is nothing to send. */
static inline bool
http_conn_wants_input(const struct http_conn *c)
{
	return c->state == HTTP_READ_HEAD || c->state == HTTP_READ_BODY;
}

/* Waited long enough for input: answers 408 where a request had begun. */
void http_conn_timeout(struct http_conn *c, mir_ns now);

/* Writes the response's head, with the header line 'connection' or "".  NULL: no memory. */
struct mir_buf *http_response_head(const struct mir_http_response *r, const char *connection,
				   mir_ns wall);
const char *http_status_text(unsigned status);
void http_log(const struct http_conn *c);
/* A short text as the body. */
void http_response_text(struct mir_http_response *r, unsigned status);

/* Listens on 'port' and serves until cancelled or an error, in the calling task. */
int http_serve(struct http_server *s, struct mir_stack *stack, uint16_t port);

/* The same as an implementation of mir/http.h: net/http/open.c. */
int http_open(struct mir_stack *stack, struct mir_http **out);

#endif
