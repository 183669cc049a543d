/* SPDX-License-Identifier: ISC */
/* HTTP: 256 bytes for any path, N bytes for "/N", the counters for "/.mir/counters".
 *
 * A request is parsed where it was received.  The usual answer is one view of the image's own
 * memory; the answers to all requests that came together leave together. */
#include "app/bench/bench.h"
#include "mir/err.h"
#include "mir/stats.h"
#include "net/http/http.h"

#define HEAD_MAX	2048		/* Bytes. */
#define DIGITS_MAX	15		/* Of N. */

static struct mir_mem answer_mem = { .base = (uint8_t *)bench_answer };
static struct mir_mem answer_close_mem = { .base = (uint8_t *)bench_answer_close };
static uint64_t answered;
MIR_COUNTER(bench_http_requests, &answered, "HTTP requests answered");

/* The whole of 'path' as a number. */
static bool
number_of(const struct mir_http_text *path, uint64_t *n)
{
	*n = 0;
	for (size_t i = 0; i < path->len; i++) {
		if (path->p[i] < '0' || path->p[i] > '9')
			return false;
		*n = *n * 10 + (unsigned)(path->p[i] - '0');
	}
	return path->len > 0 && path->len <= DIGITS_MAX;
}

static int
put(struct bench_conn *c, struct mir_buf *b)
{
	if (!b)
		return MIR_ENOMEM;
	mir_buf_append(&c->out, b);
	return MIR_OK;
}

static int
put_usual(struct bench_conn *c)
{
	struct mir_mem *m = c->last ? &answer_close_mem : &answer_mem;
	const uint8_t *end = c->last ? bench_answer_close_end : bench_answer_end;

	return put(c, mir_buf_view(m, m->base, (size_t)(end - m->base)));
}

/* The head of any other answer, and the start of its body. */
static int
put_response(struct bench_conn *c, struct mir_http_response *r, bool body)
{
	const char *line = c->last ? "Connection: close\r\n" : "";
	int err = put(c, http_response_head(r, line, 0));

	if (err || !body) {
		mir_buf_free(r->body);
		return err;
	}
	if (r->body)
		return put(c, r->body);
	c->at = 0;
	c->left = r->length;
	return c->left ? put(c, bench_conn_next(c)) : MIR_OK;
}

/* One task answers, one request at a time: this is too large for its stack. */
static struct mir_http_response *
fresh_response(unsigned status)
{
	static struct mir_http_response r;

	r = (struct mir_http_response){ .status = status, .type = "text/plain" };
	return &r;
}

static int
put_refusal(struct bench_conn *c, unsigned status)
{
	struct mir_http_response *r = fresh_response(status);

	c->last = true;
	http_response_text(r, status);
	return put_response(c, r, true);
}

static int
put_counters(struct bench_conn *c, const struct mir_http_request *q)
{
	struct mir_http_response *r = fresh_response(200);

	http_counters.handle(&http_counters, q, r);
	return put_response(c, r, q->method == MIR_HTTP_GET);
}

static int
put_bytes(struct bench_conn *c, const struct mir_http_request *q, uint64_t n)
{
	struct mir_http_response *r = fresh_response(200);

	r->length = n;
	return put_response(c, r, q->method == MIR_HTTP_GET);
}

static int
answer(struct bench_conn *c, const struct mir_http_request *q)
{
	uint64_t n;

	answered++;
	c->last = q->close;
	if (q->method > MIR_HTTP_HEAD || q->body != MIR_HTTP_NO_BODY)
		return put_refusal(c, 405);
	if (q->path.len && q->path.p[0] == '.')
		return put_counters(c, q);
	if (number_of(&q->path, &n))
		return put_bytes(c, q, n);
	return q->method == MIR_HTTP_GET ? put_usual(c) : put_bytes(c, q, 256);
}

/* Makes a head that came in pieces one piece.  false: it hasn't come whole. */
static bool
gather(struct bench_conn *c)
{
	size_t len = mir_buf_len(c->in);
	struct mir_buf *b;

	if (!c->in->next)
		return false;
	b = mir_buf_pullup(c->in, len < HEAD_MAX ? len : HEAD_MAX);
	if (b)
		c->in = b;
	return b;
}

/* Answers the first request of 'in'.  > 0: bytes it had; 0: it isn't whole yet. */
static long
answer_first(struct bench_conn *c)
{
	struct mir_http_request q;
	unsigned status;
	size_t scanned, used;
	long n;

	do {
		scanned = 0;
		n = http_head_end((char *)c->in->data, c->in->len, &scanned);
	} while (n == 0 && c->in->len < HEAD_MAX && gather(c));
	if (n == 0 && c->in->len < HEAD_MAX)
		return 0;
	status = n < 0 ? 400 : 431;
	used = c->in->len;
	if (n > 0)
		status = http_parse_request((char *)c->in->data, (size_t)n, &q, &used);
	if (status ? put_refusal(c, status) : answer(c, &q))
		return MIR_ENOMEM;
	return (long)used;
}

static int
answer_all(struct bench_conn *c)
{
	long n;

	while (c->in && !c->last && !c->left) {
		n = answer_first(c);
		if (n <= 0)
			return (int)n;
		c->in = mir_buf_trim_front(c->in, (size_t)n);
	}
	return MIR_OK;
}

void
bench_http(struct bench_event *e)
{
	struct bench_conn *c = (struct bench_conn *)e;
	int n;

	do {
		n = bench_conn_send(c);
		if (n || c->last)
			break;
		n = answer_all(c);
		if (!n && !c->out)
			n = bench_conn_recv(c);
		else if (!n)
			n = 1;
	} while (n > 0);
	if (n != MIR_EAGAIN)
		bench_conn_end(c, n);
}
