/* SPDX-License-Identifier: ISC */
/* net/http/answer.h - the engine's answering half, for conn.c. */
#ifndef NET_HTTP_ANSWER_H
#define NET_HTTP_ANSWER_H

#include "net/http/http.h"

static inline bool
http_method_allowed(const struct http_conn *c)
{
	return c->request.method <= MIR_HTTP_HEAD ||
	    c->server->handler->methods >> c->request.method & 1;
}

/* Each puts an answer on its way; the body follows by http_answer_window. */
void http_answer_ask(struct http_conn *c);	/* The handler's. */
void http_answer_refuse(struct http_conn *c, unsigned status);	/* And ends the connection. */

/* The next piece of the body, while c->left; NULL: no more, or cut short. */
struct mir_buf *http_answer_window(struct http_conn *c);

void http_answer_drop(struct http_conn *c);

#endif
