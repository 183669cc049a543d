/* SPDX-License-Identifier: ISC */
/* Answers: who gives them, how their bodies are cut to pieces. */
#include <string.h>
#include "mir/err.h"
#include "mir/format.h"
#include "mir/stats.h"
#include "net/http/answer.h"

static uint64_t requests, refused, broken;
MIR_COUNTER(http_requests, &requests, "HTTP requests answered");
MIR_COUNTER(http_refused, &refused, "HTTP requests answered with a status of 400 or more");
MIR_COUNTER(http_cut_short, &broken, "HTTP responses not given whole, for want of memory");

void
http_answer_drop(struct http_conn *c)
{
	mir_buf_free(c->response.body);
	if (c->response.source)
		c->response.source->drop(c->response.source);
	memset(&c->response, 0, sizeof c->response);
}

static void
cut_short(struct http_conn *c)
{
	broken++;
	c->broken = true;
	http_conn_drop(c);
}

/* HTTP/1.0 has to be told that the connection stays (RFC 9112 C.2.2), and knows no chunks: a body
 * of unknown length ends with the connection (6.3). */
static const char *
connection_line(const struct http_conn *c)
{
	static const char *const lines[2][2] = {
		{ "", "Transfer-Encoding: chunked\r\n" },
		{ "Connection: close\r\n", "Connection: close\r\nTransfer-Encoding: chunked\r\n" },
	};

	if (c->request.minor == 0 && !c->close)
		return "Connection: keep-alive\r\n";
	return lines[c->close][c->request.minor > 0 && c->response.source];
}

static void
start(struct http_conn *c)
{
	struct mir_http_response *r = &c->response;
	mir_ns wall = c->server->wall ? c->server->wall() : 0;
	struct mir_buf *head;

	requests++;
	if (r->status >= 400)
		refused++;
	c->close |= r->close || c->request.close || c->end_of_input;
	c->close |= r->source && c->request.minor == 0;
	c->send_body = c->request.method != MIR_HTTP_HEAD && r->status != 304 && r->status != 204;
	c->left = c->send_body ? r->length : 0;
	head = http_response_head(r, connection_line(c), wall);
	if (c->server->log)
		http_log(c);
	if (!head) {
		cut_short(c);
		return;
	}
	if (r->source && c->send_body)
		c->left = 1;		/* Until it says that it is done. */
	mir_buf_append(&c->out, head);
	c->state = HTTP_SEND;
}

static void
not_allowed(struct http_conn *c)
{
	unsigned methods = c->server->handler->methods;

	http_response_text(&c->response, 405);
	mir_snprintf(c->response.extra, sizeof c->response.extra, "Allow: GET, HEAD%s%s%s\r\n",
		     methods & 1 << MIR_HTTP_POST ? ", POST" : "",
		     methods & 1 << MIR_HTTP_PUT ? ", PUT" : "",
		     methods & 1 << MIR_HTTP_DELETE ? ", DELETE" : "");
}

void
http_answer_refuse(struct http_conn *c, unsigned status)
{
	http_answer_drop(c);
	http_content_drop(&c->content);
	if (status == 405)
		not_allowed(c);
	else
		http_response_text(&c->response, status);
	c->response.close = true;
	start(c);
}

void
http_answer_ask(struct http_conn *c)
{
	if (!http_method_allowed(c)) {
		not_allowed(c);
	} else {
		c->request.content = c->content.first;
		c->request.content_len = c->content.len;
		c->server->handler->handle(c->server->handler, &c->request, &c->response);
	}
	http_content_drop(&c->content);
	start(c);
}

/* A chunk, or the last one (RFC 9112 7.1). */
static struct mir_buf *
chunk(struct mir_buf *b)
{
	char line[24];
	int n = mir_snprintf(line, sizeof line, b ? "%zx\r\n" : "0\r\n\r\n", mir_buf_len(b));
	struct mir_buf *chain = mir_buf_copy_in(line, (size_t)n);
	struct mir_buf *end = b ? mir_buf_copy_in("\r\n", 2) : NULL;

	if (!chain || (b && !end)) {
		mir_buf_free(chain);
		mir_buf_free(end);
		mir_buf_free(b);
		return NULL;
	}
	mir_buf_append(&chain, b);
	mir_buf_append(&chain, end);
	return chain;
}

static struct mir_buf *
source_window(struct http_conn *c)
{
	struct mir_http_source *s = c->response.source;
	struct mir_buf *b = NULL;
	int got = s->next(s, &b);

	if (got == 0)
		c->left = 0;
	if (got >= 0 && c->request.minor == 0)
		return b;
	b = got >= 0 ? chunk(b) : NULL;
	if (!b)
		cut_short(c);
	return b;
}

struct mir_buf *
http_answer_window(struct http_conn *c)
{
	struct mir_http_response *r = &c->response;
	size_t len = c->left < HTTP_WINDOW ? (size_t)c->left : HTTP_WINDOW;
	struct mir_buf *b = r->body;

	if (b) {
		r->body = NULL;
		c->left = 0;
		return b;
	}
	if (r->source)
		return source_window(c);
	if (!r->kv || mir_kv_read(r->kv, &r->info, r->encoding, r->offset, len, &b)) {
		cut_short(c);
		return NULL;
	}
	r->offset += len;
	c->left -= len;
	return b;
}
