/* SPDX-License-Identifier: ISC */
/* The HTTP engine: one connection from request to response and on to the next. */
#include <string.h>
#include "mir/err.h"
#include "mir/page.h"
#include "mir/stats.h"
#include "net/http/http.h"

#define HEAD_SIZE (CONFIG_HTTP_HEAD_PAGES * MIR_PAGE_SIZE)

const struct http_limits http_limits = {
	.head = MIR_SEC(CONFIG_HTTP_HEAD_SECONDS), .idle = MIR_SEC(CONFIG_HTTP_IDLE_SECONDS),
	.body = MIR_SEC(CONFIG_HTTP_BODY_SECONDS), .send = MIR_SEC(CONFIG_HTTP_SEND_SECONDS),
};

static uint64_t requests, refused, timeouts, broken;
MIR_COUNTER(http_requests, &requests, "HTTP requests answered");
MIR_COUNTER(http_refused, &refused, "HTTP requests answered with a status of 400 or more");
MIR_COUNTER(http_timeouts, &timeouts, "HTTP connections ended because the client was slow");
MIR_COUNTER(http_cut_short, &broken, "HTTP responses not given whole, for want of memory");

void
http_conn_init(struct http_conn *c, struct http_server *s, mir_ns now)
{
	*c = (struct http_conn){ .server = s, .deadline = mir_deadline(now, http_limits.idle) };
}

static void
free_head(struct http_conn *c)
{
	if (c->head)
		mir_page_free(c->head, CONFIG_HTTP_HEAD_PAGES);
	c->head = NULL;
	c->head_len = c->scanned = 0;
}

static void
free_response(struct http_conn *c)
{
	mir_buf_free(c->response.body);
	memset(&c->response, 0, sizeof c->response);
}

void
http_conn_drop(struct http_conn *c)
{
	mir_buf_free(c->in);
	mir_buf_free(c->out);
	c->in = c->out = NULL;
	free_response(c);
	free_head(c);
	c->state = HTTP_DONE;
}

static void
cut_short(struct http_conn *c)
{
	broken++;
	c->broken = true;
	http_conn_drop(c);
}

/* HTTP/1.0 has to be told that the connection stays (RFC 9112 C.2.2). */
static const char *
connection_line(const struct http_conn *c)
{
	if (c->close)
		return "Connection: close\r\n";
	return c->request.minor == 0 ? "Connection: keep-alive\r\n" : "";
}

/* Puts the response's head on its way; the body follows by http_conn_output. */
static void
start_response(struct http_conn *c)
{
	struct mir_http_response *r = &c->response;
	mir_ns wall = c->server->wall ? c->server->wall() : 0;
	struct mir_buf *head;

	requests++;
	if (r->status >= 400)
		refused++;
	c->close |= r->close || c->request.close || c->end_of_input;
	c->send_body = c->request.method != MIR_HTTP_HEAD && r->status != 304;
	c->left = c->send_body ? r->length : 0;
	head = http_response_head(r, connection_line(c), wall);
	if (c->server->log)
		http_log(c);
	if (!head) {
		cut_short(c);
		return;
	}
	mir_buf_append(&c->out, head);
	c->state = HTTP_SEND;
}

static void
refuse(struct http_conn *c, unsigned status)
{
	free_response(c);
	http_response_text(&c->response, status);
	c->response.close = true;
	if (status == 405)
		memcpy(c->response.extra, "Allow: GET, HEAD\r\n", 19);
	start_response(c);
}

static void
respond(struct http_conn *c)
{
	if (c->request.method == MIR_HTTP_OTHER) {
		http_response_text(&c->response, 405);
		memcpy(c->response.extra, "Allow: GET, HEAD\r\n", 19);
	} else {
		c->server->handler->handle(c->server->handler, &c->request, &c->response);
	}
	start_response(c);
}

/* A client that waits for leave before it sends a body gets it only where we'd read the body to
 * some purpose; else the answer comes at once and ends the connection (RFC 9110 10.1.1). */
static void
head_complete(struct http_conn *c, mir_ns now, size_t len)
{
	static const char leave[] = "HTTP/1.1 100 Continue\r\n\r\n";
	unsigned status = http_parse_request(c->head, len, &c->request);

	if (status) {
		refuse(c, status);
		return;
	}
	http_body_start(&c->body, &c->request);
	if (http_body_done(&c->body)) {
		respond(c);
		return;
	}
	if (c->request.body == MIR_HTTP_LENGTH && c->request.length > HTTP_BODY_LIMIT) {
		refuse(c, 413);
		return;
	}
	if (c->request.expect_continue && c->request.method == MIR_HTTP_OTHER) {
		refuse(c, 405);
		return;
	}
	if (c->request.expect_continue)
		mir_buf_append(&c->out, mir_buf_copy_in(leave, sizeof leave - 1));
	c->state = HTTP_READ_BODY;
	c->deadline = mir_deadline(now, http_limits.body);
}

/* Empty lines before a request line are skipped (RFC 9112 2.2); empty pieces, too. */
static void
skip_empty_lines(struct http_conn *c)
{
	c->in = mir_buf_trim_front(c->in, 0);
	while (c->in && !c->head_len && (c->in->data[0] == '\r' || c->in->data[0] == '\n'))
		c->in = mir_buf_trim_front(c->in, 1);
}

/* A head that doesn't fit: a request line without end is 414, else it is too many fields. */
static void
head_too_large(struct http_conn *c)
{
	bool line = !memchr(c->head, '\n', c->head_len);

	c->request = (struct mir_http_request){ .close = true };
	refuse(c, line ? 414 : 431);
}

static void
read_head(struct http_conn *c, mir_ns now)
{
	size_t had = c->head_len, n;
	long end;

	if (!c->head && !(c->head = mir_page_alloc(CONFIG_HTTP_HEAD_PAGES))) {
		refuse(c, 503);
		return;
	}
	if (had == 0)
		c->deadline = mir_deadline(now, http_limits.head);
	n = mir_buf_copy_out(c->in, 0, c->head + had, HEAD_SIZE - had);
	c->head_len += n;
	end = http_head_end(c->head, c->head_len, &c->scanned);
	if (end > 0) {
		c->in = mir_buf_trim_front(c->in, (size_t)end - had);
		c->head_len = (size_t)end;
		head_complete(c, now, (size_t)end);
		return;
	}
	c->in = mir_buf_trim_front(c->in, n);
	if (end < 0) {
		c->request = (struct mir_http_request){ .close = true };
		refuse(c, 400);
	} else if (c->head_len == HEAD_SIZE) {
		head_too_large(c);
	}
}

static void
read_body(struct http_conn *c)
{
	unsigned status;
	size_t used;

	status = http_body_read(&c->body, (const char *)c->in->data, c->in->len, HTTP_BODY_LIMIT,
				&used);
	c->in = mir_buf_trim_front(c->in, used);
	if (status)
		refuse(c, status);
	else if (http_body_done(&c->body))
		respond(c);
}

static void
advance(struct http_conn *c, mir_ns now)
{
	while (c->in && http_conn_wants_input(c)) {
		if (c->state == HTTP_READ_BODY) {
			read_body(c);
			continue;
		}
		skip_empty_lines(c);
		if (c->in)
			read_head(c, now);
	}
	if (c->end_of_input && http_conn_wants_input(c))
		http_conn_drop(c);
}

void
http_conn_input(struct http_conn *c, mir_ns now, struct mir_buf *b)
{
	if (c->state == HTTP_DONE) {
		mir_buf_free(b);
		return;
	}
	if (!b)
		c->end_of_input = true;
	mir_buf_append(&c->in, b);
	advance(c, now);
}

/* The response is out: on to the next request, which may be here already. */
static void
next_request(struct http_conn *c, mir_ns now)
{
	free_response(c);
	free_head(c);
	c->request = (struct mir_http_request){ .minor = 1 };	/* Its texts are gone. */
	if (c->close) {
		http_conn_drop(c);
		return;
	}
	c->state = HTTP_READ_HEAD;
	c->deadline = mir_deadline(now, http_limits.idle);
	advance(c, now);
}

static struct mir_buf *
next_window(struct http_conn *c)
{
	struct mir_http_response *r = &c->response;
	size_t len = c->left < HTTP_WINDOW ? (size_t)c->left : HTTP_WINDOW;
	struct mir_buf *b = r->body;

	if (b) {
		r->body = NULL;
		c->left = 0;
		return b;
	}
	if (!r->kv || mir_kv_read(r->kv, &r->info, r->encoding, r->offset, len, &b)) {
		cut_short(c);
		return NULL;
	}
	r->offset += len;
	c->left -= len;
	return b;
}

struct mir_buf *
http_conn_output(struct http_conn *c, mir_ns now)
{
	struct mir_buf *b = c->out;

	c->out = NULL;
	while (c->state == HTTP_SEND) {
		if (c->left) {
			mir_buf_append(&b, next_window(c));
			break;
		}
		if (b && c->close)
			break;
		next_request(c, now);
		mir_buf_append(&b, c->out);
		c->out = NULL;
		if (mir_buf_len(b) > HTTP_WINDOW)
			break;
	}
	return b;
}

void
http_conn_timeout(struct http_conn *c, mir_ns now)
{
	(void)now;
	timeouts++;
	if (c->state == HTTP_READ_HEAD && !c->head_len) {
		http_conn_drop(c);
		return;
	}
	c->request.close = true;
	refuse(c, 408);
}
