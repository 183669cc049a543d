/* SPDX-License-Identifier: ISC */
/* The HTTP engine: one connection from request to response and on to the next. */
#include <string.h>
#include "mir/err.h"
#include "mir/page.h"
#include "mir/stats.h"
#include "net/http/answer.h"

#define HEAD_SIZE (CONFIG_HTTP_HEAD_PAGES * MIR_PAGE_SIZE)

const struct http_limits http_limits = {
	.head = MIR_SEC(CONFIG_HTTP_HEAD_SECONDS), .idle = MIR_SEC(CONFIG_HTTP_IDLE_SECONDS),
	.body = MIR_SEC(CONFIG_HTTP_BODY_SECONDS), .send = MIR_SEC(CONFIG_HTTP_SEND_SECONDS),
};

static uint64_t timeouts;
MIR_COUNTER(http_timeouts, &timeouts, "HTTP connections ended because the client was slow");

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

void
http_conn_drop(struct http_conn *c)
{
	mir_buf_free(c->in);
	mir_buf_free(c->out);
	c->in = c->out = NULL;
	http_content_drop(&c->content);
	http_answer_drop(c);
	free_head(c);
	c->state = HTTP_DONE;
}

/* The handler gets the body, it isn't just read past. */
static bool
takes_body(const struct http_conn *c)
{
	return c->request.method > MIR_HTTP_HEAD && http_method_allowed(c);
}

static uint64_t
body_limit(const struct http_conn *c)
{
	const uint64_t most = CONFIG_HTTP_BODY_KIB * 1024ull;

	if (!takes_body(c))
		return HTTP_BODY_LIMIT;
	return c->server->body_limit && c->server->body_limit < most ? c->server->body_limit : most;
}

/* A client that waits for leave before it sends a body gets it only where we'd read the body to
 * some purpose; else the answer comes at once and ends the connection (RFC 9110 10.1.1). */
static void
head_complete(struct http_conn *c, mir_ns now, unsigned status)
{
	static const char leave[] = "HTTP/1.1 100 Continue\r\n\r\n";

	if (status) {
		http_answer_refuse(c, status);
		return;
	}
	http_body_start(&c->body, &c->request);
	if (http_body_done(&c->body)) {
		http_answer_ask(c);
		return;
	}
	if (c->request.body == MIR_HTTP_LENGTH && c->request.length > body_limit(c)) {
		http_answer_refuse(c, 413);
		return;
	}
	if (c->request.expect_continue && !http_method_allowed(c)) {
		http_answer_refuse(c, 405);
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
	http_answer_refuse(c, line ? 414 : 431);
}

static void
read_head(struct http_conn *c, mir_ns now)
{
	size_t had = c->head_len, n, used;
	unsigned status;
	long end;

	if (!c->head && !(c->head = mir_page_alloc(CONFIG_HTTP_HEAD_PAGES))) {
		http_answer_refuse(c, 503);
		return;
	}
	if (had == 0)
		c->deadline = mir_deadline(now, http_limits.head);
	n = mir_buf_copy_out(c->in, 0, c->head + had, HEAD_SIZE - had);
	c->head_len += n;
	end = http_head_end(c->head, c->head_len, &c->scanned);
	if (end > 0) {
		status = http_parse_request(c->head, (size_t)end, &c->request, &used);
		c->in = mir_buf_trim_front(c->in, used - had);
		c->head_len = used;
		head_complete(c, now, status);
		return;
	}
	c->in = mir_buf_trim_front(c->in, n);
	if (end < 0) {
		c->request = (struct mir_http_request){ .close = true };
		http_answer_refuse(c, 400);
	} else if (c->head_len == HEAD_SIZE) {
		head_too_large(c);
	}
}

/* Each HTTP_WINDOW bytes of a body have the time that a short one has. */
static unsigned
keep(struct http_conn *c, mir_ns now, const struct http_body_step *step)
{
	uint64_t windows = c->content.len / HTTP_WINDOW;

	if (http_content_add(&c->content, c->in, step->used - step->content, step->content))
		return 503;
	if (c->content.len / HTTP_WINDOW > windows)
		c->deadline = mir_deadline(now, http_limits.body);
	return 0;
}

static void
read_body(struct http_conn *c, mir_ns now)
{
	struct http_body_step step;
	unsigned status;

	status = http_body_read(&c->body, (const char *)c->in->data, c->in->len, body_limit(c),
				&step);
	if (!status && step.content && takes_body(c))
		status = keep(c, now, &step);
	c->in = mir_buf_trim_front(c->in, step.used);
	if (status)
		http_answer_refuse(c, status);
	else if (http_body_done(&c->body))
		http_answer_ask(c);
}

static void
advance(struct http_conn *c, mir_ns now)
{
	while (c->in && http_conn_wants_input(c)) {
		if (c->state == HTTP_READ_BODY) {
			read_body(c, now);
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
	http_answer_drop(c);
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

struct mir_buf *
http_conn_output(struct http_conn *c, mir_ns now)
{
	struct mir_buf *b = c->out;

	c->out = NULL;
	while (c->state == HTTP_SEND) {
		if (c->left) {
			mir_buf_append(&b, http_answer_window(c));
			if (b)
				break;
			continue;
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
	http_answer_refuse(c, 408);
}
