/* SPDX-License-Identifier: ISC */
/* sources: net/http/conn.c net/http/answer.c net/http/content.c net/http/request.c net/http/field.c */
/* sources: net/http/chars.c net/http/text.c */
/* sources: net/http/target.c net/http/date.c net/http/query.c net/http/select.c net/http/body.c */
/* sources: net/http/response.c net/http/log.c */
/* Requests with a body for their handler, and bodies that are made while they are sent. */
#include <stdio.h>
#include <stdlib.h>
#include "mir/err.h"
#include "net/http/http.h"
#include "net/http/select.h"
#include "test/unit/harness.h"

#define H " HTTP/1.1\r\nHost: x\r\n"
#define REPLY_MAX 65536

static struct http_server server;
static struct http_conn conn;
static char reply[REPLY_MAX], got[1 << 18], last_query[64];
static size_t reply_len, got_len, pieces, copied;
static unsigned asked, drops;
static long steps;			/* Of the source; negative: it fails there. */
static mir_ns now;

static int
source_next(struct mir_http_source *s, struct mir_buf **out)
{
	char text[16];

	(void)s;
	if (steps == 0)
		return 0;
	if (steps < 0)
		return MIR_EIO;
	*out = mir_buf_copy_in(text, (size_t)snprintf(text, sizeof text, "step %ld\n", steps--));
	return *out ? 1 : MIR_ENOMEM;
}

static void
source_drop(struct mir_http_source *s)
{
	(void)s;
	drops++;
}

static struct mir_http_source source = { source_next, source_drop };

static void
handle(struct mir_http_handler *h, const struct mir_http_request *r, struct mir_http_response *out)
{
	const struct mir_kv_info there = { .etag = "\"e1\"", .mtime = 784111777 };

	(void)h;
	asked++;
	if (r->method <= MIR_HTTP_HEAD) {
		out->status = 200;
		out->source = &source;
		if (http_query(&r->query, "q", last_query, sizeof last_query) == -1)
			out->status = 400;
		return;
	}
	CHECK_EQ(r->content_len, mir_buf_len(r->content));
	got_len = mir_buf_copy_out(r->content, 0, got, sizeof got);
	pieces = mir_buf_pieces(r->content);
	out->status = http_conditions(r, r->path.len ? &there : NULL);
	if (!out->status)
		out->status = r->method == MIR_HTTP_PUT ? 201 : 204;
}

static struct mir_http_handler handler = {
	.methods = 1 << MIR_HTTP_PUT | 1 << MIR_HTTP_DELETE, .blocks = true, .handle = handle };

static void
begin(void)
{
	server = (struct http_server){ .handler = &handler, .body_limit = 200000 };
	now = MIR_SEC(5);
	reply_len = got_len = asked = drops = 0;
	steps = 3;
	memset(reply, 0, sizeof reply);
	http_conn_init(&conn, &server, now);
}

static void
collect(void)
{
	struct mir_buf *b;

	while ((b = http_conn_output(&conn, now))) {
		reply_len += mir_buf_copy_out(b, 0, reply + reply_len, REPLY_MAX - reply_len - 1);
		mir_buf_free(b);
	}
	reply[reply_len] = '\0';
}

static void
feed(const void *p, size_t len)
{
	struct mir_buf *b = mir_buf_copy_in(p, len);
	uint64_t before = mir_buf_stats.copied_bytes;

	http_conn_input(&conn, now, b);
	copied = (size_t)(mir_buf_stats.copied_bytes - before);
	collect();
}

static int
ask(const char *request)
{
	begin();
	feed(request, strlen(request));
	return strncmp(reply, "HTTP/1.1 ", 9) == 0 ? atoi(reply + 9) : 0;
}

static const struct { const char *why, *request; int status; const char *got; bool ends; } cases[] = {
	{ "by length", "PUT /a" H "Content-Length: 5\r\n\r\nhello", 201, "hello", false },
	{ "chunked", "PUT /a" H "Transfer-Encoding: chunked\r\n\r\n"
	  "3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nT: v\r\n\r\n", 201, "hello", false },
	{ "empty", "PUT /a" H "Content-Length: 0\r\n\r\n", 201, "", false },
	{ "neither length nor coding", "PUT /a" H "\r\n", 201, "", false },
	{ "no content", "DELETE /a" H "\r\n", 204, "", false },
	{ "delete with a body", "DELETE /a" H "Content-Length: 2\r\n\r\nhm", 204, "hm", false },
	{ "not taken", "POST /a" H "Content-Length: 5\r\n\r\nhello", 405, "", false },
	{ "not taken, unknown to all", "PATCH /a" H "Content-Length: 5\r\n\r\nhello", 405, "", false },
	{ "not taken, and asked before", "POST /a" H "Content-Length: 5\r\n"
	  "Expect: 100-continue\r\n\r\n", 405, "", true },
	{ "too long", "PUT /a" H "Content-Length: 200001\r\n\r\n", 413, "", true },
	{ "too long, and asked before", "PUT /a" H "Content-Length: 200001\r\n"
	  "Expect: 100-continue\r\n\r\n", 413, "", true },
	{ "chunk too long", "PUT /a" H "Transfer-Encoding: chunked\r\n\r\n30d41\r\n", 413, "", true },
	{ "malformed chunk", "PUT /a" H "Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n", 400, "",
	  true },
	{ "it is there", "PUT /a" H "If-None-Match: *\r\nContent-Length: 1\r\n\r\nx", 412, "x", false },
	{ "it is this one", "PUT /a" H "If-None-Match: \"e1\"\r\n\r\n", 412, "", false },
	{ "it is another one", "PUT /a" H "If-None-Match: \"e0\"\r\n\r\n", 201, "", false },
	{ "it isn't there", "PUT /" H "If-None-Match: *\r\n\r\n", 201, "", false },
	{ "the old one is there", "PUT /a" H "If-Match: \"e1\"\r\n\r\n", 201, "", false },
	{ "the old one isn't", "DELETE /a" H "If-Match: \"e0\"\r\n\r\n", 412, "", false },
	{ "nothing is", "DELETE /" H "If-Match: *\r\n\r\n", 412, "", false },
	{ "dates don't matter", "PUT /a" H
	  "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n", 201, "", false },
};

TEST(bodies_reach_the_handler_or_are_refused)
{
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int status = ask(cases[i].request);

		CHECK_MSG(status == cases[i].status, "%s: %d, want %d", cases[i].why, status,
			  cases[i].status);
		CHECK_MSG(got_len == strlen(cases[i].got) && !memcmp(got, cases[i].got, got_len),
			  "%s: got '%.*s'", cases[i].why, (int)got_len, got);
		CHECK_MSG((conn.state == HTTP_DONE) == cases[i].ends, "%s: connection %s",
			  cases[i].why, cases[i].ends ? "stays" : "ends");
		http_conn_drop(&conn);
	}
}

TEST(leave_is_given_once_and_only_to_who_asks)
{
	CHECK_EQ(ask("PUT /a" H "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n"), 100);
	CHECK_STR(reply, "HTTP/1.1 100 Continue\r\n\r\n");
	CHECK_EQ(asked, 0);
	feed("hello", 5);
	CHECK(strstr(reply, "\r\n\r\nHTTP/1.1 201 Created\r\n"));
	CHECK_EQ(got_len, 5);
	http_conn_drop(&conn);
}

TEST(what_follows_a_body_is_the_next_request)
{
	static const char text[] = "PUT /a" H "Content-Length: 5\r\n\r\nhelloPUT /b" H
	    "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\nDELETE /b" H "\r\nPOST /c" H
	    "Content-Length: 3\r\n\r\nabcPUT /d" H "Content-Length: 2\r\n\r\nzz";
	size_t len = sizeof text - 1;

	for (size_t piece = 1; piece <= len; piece = piece * 3 < len ? piece * 3 : len) {
		begin();
		for (size_t at = 0; at < len; at += piece)
			feed(text + at, len - at < piece ? len - at : piece);
		CHECK_EQ(asked, 4);
		CHECK_EQ(got_len, 2);
		CHECK(strstr(reply, "204 No Content\r\nServer: Mir\r\n\r\nHTTP/1.1 405 "));
		CHECK(strstr(reply, "Allow: GET, HEAD, PUT, DELETE\r\n"));
		http_conn_drop(&conn);
		if (piece == len)
			break;
	}
}

TEST(large_bodies_are_not_copied)
{
	static char body[100000];
	char head[80];
	size_t sum = 0;

	for (size_t i = 0; i < sizeof body; i++)
		body[i] = (char)(i * 7 >> 3);
	begin();
	feed(head, (size_t)sprintf(head, "PUT /a" H "Content-Length: %zu\r\n\r\n", sizeof body));
	for (size_t at = 0; at < sizeof body; at += 2000) {
		feed(body + at, 2000);
		sum += copied;
	}
	CHECK_EQ(sum, got_len);		/* By 'handle' itself. */
	CHECK_EQ(got_len, sizeof body);
	CHECK(memcmp(got, body, sizeof body) == 0);
	http_conn_drop(&conn);
}

TEST(tiny_pieces_do_not_hold_a_page_each)
{
	char c = 'x';

	ask("PUT /a" H "Content-Length: 10000\r\n\r\n");
	for (unsigned i = 0; i < 10000; i++)
		feed(&c, 1);
	CHECK_EQ(got_len, 10000);
	CHECK(pieces <= 4);
	http_conn_drop(&conn);
}

TEST(all_bodies_together_are_bounded)
{
	static const char head[] = "PUT /a" H "Content-Length: 160000\r\n\r\n";
	static char body[150000];
	struct http_conn *conns = calloc(64, sizeof *conns);
	unsigned held = 0;

	begin();
	for (unsigned i = 0; i < 64; i++) {
		http_conn_init(&conns[i], &server, now);
		http_conn_input(&conns[i], now, mir_buf_copy_in(head, sizeof head - 1));
		http_conn_input(&conns[i], now, mir_buf_copy_in(body, sizeof body));
		held += conns[i].state == HTTP_READ_BODY;
	}
	CHECK_EQ(held, CONFIG_HTTP_BODIES_KIB * 1024 / sizeof body);
	CHECK_EQ(conns[63].response.status, 503);
	for (unsigned i = 0; i < 64; i++)
		http_conn_drop(&conns[i]);
	free(conns);
	CHECK_EQ(ask("PUT /a" H "Content-Length: 1\r\n\r\nx"), 201);
	http_conn_drop(&conn);
}

TEST(a_slow_body_is_408_and_a_long_one_has_its_time)
{
	static char body[HTTP_WINDOW];

	CHECK_EQ(ask("PUT /a" H "Content-Length: 199999\r\n\r\nx"), 0);
	CHECK_EQ(conn.deadline, now + http_limits.body);
	now += MIR_SEC(3);
	feed("y", 1);
	CHECK_EQ(conn.deadline, now - MIR_SEC(3) + http_limits.body);
	feed(body, sizeof body);
	CHECK_EQ(conn.deadline, now + http_limits.body);
	http_conn_timeout(&conn, now);
	collect();
	CHECK_EQ(atoi(reply + 9), 408);
	CHECK_EQ(asked, 0);
	CHECK_EQ(conn.state, HTTP_DONE);
}

TEST(a_source_is_sent_in_chunks)
{
	CHECK_EQ(ask("GET /" H "\r\nGET /" H "\r\n"), 200);
	CHECK(strstr(reply, "Transfer-Encoding: chunked\r\n"));
	CHECK(!strstr(reply, "Content-Length"));
	CHECK(strstr(reply, "\r\n\r\n7\r\nstep 3\n\r\n7\r\nstep 2\n\r\n7\r\nstep 1\n\r\n0\r\n\r\n"
		     "HTTP/1.1 200 OK\r\n"));
	CHECK(strcmp(reply + reply_len - 9, "\r\n\r\n0\r\n\r\n") == 0);
	CHECK_EQ(drops, 2);
	http_conn_drop(&conn);
}

TEST(a_source_ends_with_an_old_connection)
{
	static const char old[] = "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";

	begin();
	feed(old, sizeof old - 1);
	CHECK(strstr(reply, "Connection: close\r\n"));
	CHECK(!strstr(reply, "chunked"));
	CHECK(strstr(reply, "\r\n\r\nstep 3\nstep 2\nstep 1\n"));
	CHECK_EQ(conn.state, HTTP_DONE);
	CHECK_EQ(drops, 1);
}

TEST(a_source_is_not_asked_for_a_head)
{
	CHECK_EQ(ask("HEAD /" H "\r\n"), 200);
	CHECK(strcmp(reply + reply_len - 4, "\r\n\r\n") == 0);
	CHECK(strstr(reply, "Transfer-Encoding: chunked\r\n"));
	CHECK_EQ(steps, 3);
	CHECK_EQ(drops, 1);
	http_conn_drop(&conn);
}

TEST(a_source_that_fails_cuts_the_connection)
{
	begin();
	steps = -1;
	feed("GET /" H "\r\n", sizeof "GET /" H "\r\n" - 1);
	CHECK(conn.broken);
	CHECK_EQ(drops, 1);
	CHECK(!strstr(reply, "\r\n0\r\n"));
}

TEST(queries_are_decoded)
{
	CHECK_EQ(ask("GET /a?x=1&qq=2&q=a%20b+%C3%A4&q=2" H "\r\n"), 200);
	CHECK_STR(last_query, "a b \xc3\xa4");
	http_conn_drop(&conn);
	CHECK_EQ(ask("GET /a?q" H "\r\n"), 200);
	CHECK_STR(last_query, "");
	http_conn_drop(&conn);
	CHECK_EQ(ask("GET /a?q=%0" H "\r\n"), 400);
	http_conn_drop(&conn);
	CHECK_EQ(ask("GET /a?q=%00" H "\r\n"), 400);
	http_conn_drop(&conn);
}
