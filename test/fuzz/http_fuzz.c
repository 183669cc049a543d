/* SPDX-License-Identifier: ISC */
/* sources: net/http/conn.c net/http/answer.c net/http/content.c net/http/request.c net/http/field.c */
/* sources: net/http/chars.c net/http/text.c */
/* sources: net/http/target.c net/http/date.c */
/* sources: net/http/select.c net/http/body.c net/http/response.c net/http/files.c net/http/log.c */
/* sources: test/unit/net/http/site.c */
/* The HTTP engine: what a connection brings, pipelined requests included, once in one piece and
 * once in many.  The answers must be the same bytes, and start like answers.  PUT is answered with
 * the body that came. */
#include <stdlib.h>
#include "mir/err.h"
#include "net/http/http.h"
#include "test/fuzz/fuzz.h"
#include "test/unit/harness.h"
#include "test/unit/net/http/site.h"

struct answers {
	uint64_t len, hash;
	char start[9];
	bool broken;			/* Ended by reset. */
};

static struct http_files files;

/* Sends a chain, piece by piece. */
struct echo {
	struct mir_http_source source;	/* First. */
	struct mir_buf *rest;
};

static int
echo_next(struct mir_http_source *s, struct mir_buf **out)
{
	struct echo *e = (struct echo *)s;
	size_t len = mir_buf_len(e->rest);

	len = len < 64 ? len : 64;
	if (!len)
		return 0;
	*out = mir_buf_clone(e->rest, 0, len);
	e->rest = mir_buf_trim_front(e->rest, len);
	return *out ? 1 : MIR_ENOMEM;
}

static void
echo_drop(struct mir_http_source *s)
{
	mir_buf_free(((struct echo *)s)->rest);
	free(s);
}

static void
handle(struct mir_http_handler *h, const struct mir_http_request *r, struct mir_http_response *out)
{
	struct echo *e;
	size_t len = mir_buf_len(r->content);

	(void)h;
	CHECK_EQ(r->content_len, len);
	CHECK(len <= 3000);
	if (r->method <= MIR_HTTP_HEAD) {
		files.handler.handle(&files.handler, r, out);
		return;
	}
	e = calloc(1, sizeof *e);
	e->source = (struct mir_http_source){ echo_next, echo_drop };
	e->rest = len ? mir_buf_clone(r->content, 0, len) : NULL;
	out->status = r->path.len & 1 ? 201 : 200;
	out->source = &e->source;
}

static mir_ns
wall(void)
{
	return MIR_SEC(784111777);
}

static void
note(struct answers *a, const struct mir_buf *b)
{
	for (; b; b = b->next)
		for (uint32_t i = 0; i < b->len; i++) {
			if (a->len < sizeof a->start)
				a->start[a->len] = (char)b->data[i];
			a->hash = (a->hash ^ b->data[i]) * 0x100000001b3;
			a->len++;
		}
}

static void
drain(struct http_conn *c, struct answers *a)
{
	struct mir_buf *b;

	for (unsigned n = 0; (b = http_conn_output(c, test_now)); n++) {
		CHECK_MSG(n < 100000, "output without end");
		CHECK(mir_buf_len(b) > 0);
		note(a, b);
		mir_buf_free(b);
	}
}

/* The size of the next piece: the one that 'how' says, or with its high bit any. */
static size_t
piece(uint8_t how, uint32_t *random)
{
	if (!(how & 0x80))
		return how + 1u;
	*random = *random * 1664525 + 1013904223;
	return (*random >> 24) % (*random >> 16 & 1 ? 4 : 80) + 1;
}

static struct answers
serve(struct http_server *server, const uint8_t *data, size_t len, bool whole, uint8_t how)
{
	struct answers a = { .hash = 0xcbf29ce484222325 };
	uint32_t random = how;
	struct http_conn c;
	size_t n;

	http_conn_init(&c, server, test_now);
	for (size_t at = 0; at < len && http_conn_wants_input(&c); at += n) {
		n = whole ? len : piece(how, &random);
		n = n < len - at ? n : len - at;
		http_conn_input(&c, test_now, mir_buf_copy_in(data + at, n));
		drain(&c, &a);
	}
	if (http_conn_wants_input(&c)) {
		http_conn_input(&c, test_now, NULL);
		drain(&c, &a);
	}
	CHECK(!http_conn_wants_input(&c));
	a.broken = c.broken;
	http_conn_drop(&c);
	return a;
}

/* The first byte is how the input is cut to pieces. */
void
fuzz_one(const uint8_t *data, size_t len)
{
	static struct mir_kv *site;
	static struct mir_http_handler handler = {
		.methods = 1 << MIR_HTTP_PUT, .handle = handle };
	struct http_server server = { .handler = &handler, .wall = wall, .body_limit = 3000 };
	struct answers whole, cut;

	if (!site)
		site = site_open();
	if (len == 0)
		return;
	http_files_init(&files, site, NULL);
	whole = serve(&server, data + 1, len - 1, true, 0);
	cut = serve(&server, data + 1, len - 1, false, data[0]);
	CHECK_EQ(cut.len, whole.len);
	CHECK_EQ(cut.hash, whole.hash);
	CHECK_EQ(cut.broken, whole.broken);
	CHECK(whole.len == 0 || memcmp(whole.start, "HTTP/1.1 ", sizeof whole.start) == 0);
}
