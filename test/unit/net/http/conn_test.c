/* SPDX-License-Identifier: ISC */
/* sources: net/http/conn.c net/http/answer.c net/http/content.c net/http/request.c net/http/field.c */
/* sources: net/http/chars.c net/http/text.c */
/* sources: net/http/target.c net/http/date.c */
/* sources: net/http/select.c net/http/body.c net/http/response.c net/http/files.c net/http/log.c */
/* sources: test/unit/net/http/site.c */
/* The HTTP engine: requests as bytes, responses as bytes, time by hand. */
#include <stdio.h>
#include <stdlib.h>
#include "net/http/http.h"
#include "test/unit/harness.h"
#include "test/unit/net/http/site.h"

#define REPLY_MAX (SITE_BIG + 65536)

static struct http_files files;
static struct http_server server;
static struct http_conn conn;
static char reply[REPLY_MAX];
static size_t reply_len;
static mir_ns now;

static mir_ns
wall(void)
{
	return MIR_SEC(784111777);
}

static void
begin(void)
{
	http_files_init(&files, site_open(), NULL);
	server = (struct http_server){ .handler = &files.handler, .wall = wall };
	now = MIR_SEC(5);
	reply_len = 0;
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
feed(const char *p, size_t len)
{
	http_conn_input(&conn, now, mir_buf_copy_in(p, len));
	collect();
}

static const char *
ask(const char *request)
{
	begin();
	feed(request, strlen(request));
	return reply;
}

static int
status_of(const char *text)
{
	return strncmp(text, "HTTP/1.1 ", 9) == 0 ? atoi(text + 9) : 0;
}

static const char *
body_of(const char *text)
{
	const char *p = strstr(text, "\r\n\r\n");

	return p ? p + 4 : "";
}

#define H " HTTP/1.1\r\nHost: x\r\n"

static const struct { const char *why; const char *request; int status; bool ends; } cases[] = {
	{ "plain", "GET /" H "\r\n", 200, false },
	{ "empty lines before", "\r\n\r\nGET /" H "\r\n", 200, false },
	{ "absolute form", "GET http://x/index.html" H "\r\n", 200, false },
	{ "absolute form without path", "GET http://x" H "\r\n", 200, false },
	{ "absolute form, upper case", "GET HTTP://x/docs/?q" H "\r\n", 200, false },
	{ "absolute form without host", "GET http:///index.html" H "\r\n", 400, true },
	{ "absolute form, other scheme", "GET ftp://x/index.html" H "\r\n", 400, true },
	{ "two slashes", "GET //index.html" H "\r\n", 404, false },
	{ "backslash", "GET /docs\\index.html" H "\r\n", 400, true },
	{ "escaped slash and dots", "GET /docs%2f..%2findex.html" H "\r\n", 400, true },
	{ "dot", "GET /./index.html" H "\r\n", 400, true },
	{ "three dots are a name", "GET /..." H "\r\n", 404, false },
	{ "fragment", "GET /index.html#x" H "\r\n", 400, true },
	{ "space in the target", "GET /a b.txt" H "\r\n", 400, true },
	{ "bytes above 127", "GET /\xc3\xa4" H "\r\n", 404, false },
	{ "query is left out", "GET /index.html?a=b&c=/../" H "\r\n", 200, false },
	{ "escape", "GET /a%20b.txt" H "\r\n", 200, false },
	{ "empty file", "GET /empty" H "\r\n", 200, false },
	{ "folder", "GET /docs/" H "\r\n", 200, false },
	{ "folder without slash", "GET /docs" H "\r\n", 301, false },
	{ "HTTP/1.0 closes", "GET / HTTP/1.0\r\n\r\n", 200, true },
	{ "HTTP/1.0 keep-alive", "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", 200, false },
	{ "close asked for", "GET /" H "Connection: foo, Close\r\n\r\n", 200, true },
	{ "minor version above ours", "GET / HTTP/1.7\r\nHost: x\r\n\r\n", 200, false },
	{ "missing", "GET /nothing" H "\r\n", 404, false },
	{ "no memory for it", "GET /busy" H "\r\n", 503, false },
	{ "can't be read", "GET /disk" H "\r\n", 500, false },
	{ "no host", "GET / HTTP/1.1\r\n\r\n", 400, true },
	{ "empty host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 200, false },
	{ "host with port", "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", 200, false },
	{ "host with a space", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400, true },
	{ "host with a user", "GET / HTTP/1.1\r\nHost: me@x\r\n\r\n", 400, true },
	{ "two hosts", "GET /" H "Host: y\r\n\r\n", 400, true },
	{ "dot dot", "GET /docs/../index.html" H "\r\n", 400, true },
	{ "escaped dot dot", "GET /%2e%2e/etc/passwd" H "\r\n", 400, true },
	{ "escaped 0", "GET /a%00b" H "\r\n", 400, true },
	{ "bad escape", "GET /%zz" H "\r\n", 400, true },
	{ "cut escape", "GET /%2" H "\r\n", 400, true },
	{ "no path", "GET index.html" H "\r\n", 400, true },
	{ "two spaces", "GET  /" H "\r\n", 400, true },
	{ "no version", "GET /\r\nHost: x\r\n\r\n", 400, true },
	{ "bad version", "GET / HTTP/1.\r\nHost: x\r\n\r\n", 400, true },
	{ "version 2", "GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505, true },
	{ "post", "POST /" H "Content-Length: 3\r\n\r\nabc", 405, false },
	{ "post without length", "POST /" H "\r\n", 405, false },
	{ "delete", "DELETE /" H "\r\n", 405, false },
	{ "options *", "OPTIONS *" H "\r\n", 405, false },
	{ "unknown method", "BREW /" H "\r\n", 501, true },
	{ "method not a token", "G(T /" H "\r\n", 400, true },
	{ "lower case method", "get /" H "\r\n", 501, true },
	{ "space before colon", "GET /" H "A : b\r\n\r\n", 400, true },
	{ "folded line", "GET /" H "A: b\r\n c\r\n\r\n", 400, true },
	{ "line without colon", "GET /" H "nonsense\r\n\r\n", 400, true },
	{ "empty name", "GET /" H ": b\r\n\r\n", 400, true },
	{ "lone line feed", "GET / HTTP/1.1\nHost: x\n\n", 400, true },
	{ "control character", "GET /" H "A: b\001c\r\n\r\n", 400, true },
	{ "lone carriage return", "GET /" H "A: b\rc\r\n\r\n", 400, true },
	{ "two lengths", "GET /" H "Content-Length: 1\r\nContent-Length: 1\r\n\r\na", 400, true },
	{ "length with sign", "GET /" H "Content-Length: +1\r\n\r\na", 400, true },
	{ "list of lengths", "GET /" H "Content-Length: 1, 1\r\n\r\na", 400, true },
	{ "length and coding", "GET /" H "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
	  400, true },
	{ "coding in 1.0", "GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400, true },
	{ "unknown coding", "GET /" H "Transfer-Encoding: gzip, chunked\r\n\r\n", 501, true },
	{ "chunked twice", "GET /" H "Transfer-Encoding: chunked, chunked\r\n\r\n", 501, true },
	{ "long body", "POST /" H "Content-Length: 70000\r\n\r\n", 413, true },
	{ "enormous body", "POST /" H "Content-Length: 99999999999999999999999\r\n\r\n", 413, true },
	{ "chunked body", "POST /" H "Transfer-Encoding: chunked\r\n\r\n"
	  "3;x=y\r\nabc\r\n0\r\nT: v\r\n\r\n", 405, false },
	{ "chunk size nonsense", "POST /" H "Transfer-Encoding: chunked\r\n\r\nxyz\r\n", 400, true },
	{ "chunk too long", "POST /" H "Transfer-Encoding: chunked\r\n\r\n20000\r\n", 413, true },
	{ "chunk size overflow", "POST /" H "Transfer-Encoding: chunked\r\n\r\n"
	  "fffffffffffffffff\r\n", 413, true },
	{ "chunk without its end", "POST /" H "Transfer-Encoding: chunked\r\n\r\n"
	  "1\r\nabc\r\n", 400, true },
	{ "expect and post", "POST /" H "Content-Length: 3\r\nExpect: 100-continue\r\n\r\n",
	  405, true },
	{ "expect nonsense", "GET /" H "Expect: tea\r\n\r\n", 417, true },
	{ "range", "GET /a%20b.txt" H "Range: bytes=2-4\r\n\r\n", 206, false },
	{ "range beyond", "GET /a%20b.txt" H "Range: bytes=10-\r\n\r\n", 416, false },
	{ "if-match holds", "GET /" H "If-Match: \"x\", \"i1\"\r\n\r\n", 200, false },
	{ "if-match, any", "GET /" H "If-Match: *\r\n\r\n", 200, false },
	{ "if-match is strong", "GET /" H "If-Match: W/\"i1\"\r\n\r\n", 412, false },
	{ "star inside a tag", "GET /" H "If-None-Match: \"a,*,b\"\r\n\r\n", 200, false },
	{ "tag of the gzip variant", "GET /" H "If-None-Match: \"i1-gzip\"\r\n\r\n", 304, false },
	{ "unmodified since", "GET /" H
	  "If-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n", 200, false },
	{ "modified since", "GET /" H
	  "If-Unmodified-Since: Sun, 06 Nov 1994 08:49:36 GMT\r\n\r\n", 412, false },
	{ "newer than asked", "GET /" H
	  "If-Modified-Since: Sun, 06 Nov 1994 08:49:36 GMT\r\n\r\n", 200, false },
	{ "tag outweighs date", "GET /" H "If-None-Match: \"x\"\r\n"
	  "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n", 200, false },
	{ "if-range holds", "GET /a%20b.txt" H "If-Range: \"s1\"\r\nRange: bytes=1-2\r\n\r\n",
	  206, false },
	{ "if-range fails", "GET /a%20b.txt" H "If-Range: \"x\"\r\nRange: bytes=1-2\r\n\r\n",
	  200, false },
	{ "if-range is strong", "GET /a%20b.txt" H "If-Range: W/\"s1\"\r\n"
	  "Range: bytes=1-2\r\n\r\n", 200, false },
	{ "if-range by date", "GET /a%20b.txt" H "If-Range: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
	  "Range: bytes=1-2\r\n\r\n", 206, false },
	{ "range of a HEAD", "HEAD /a%20b.txt" H "Range: bytes=1-2\r\n\r\n", 200, false },
	{ "range of nothing", "GET /empty" H "Range: bytes=0-\r\n\r\n", 416, false },
	{ "if-match fails", "GET /" H "If-Match: \"no\"\r\n\r\n", 412, false },
	{ "not modified", "GET /" H "If-None-Match: W/\"i1\"\r\n\r\n", 304, false },
	{ "not modified since", "GET /" H
	  "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n", 304, false },
};

TEST(requests_and_their_status)
{
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int got = status_of(ask(cases[i].request));

		CHECK_MSG(got == cases[i].status, "%s: %d, want %d", cases[i].why, got,
			  cases[i].status);
		CHECK_MSG((conn.state == HTTP_DONE) == cases[i].ends, "%s: connection %s",
			  cases[i].why, cases[i].ends ? "stays" : "ends");
		CHECK_MSG(!cases[i].ends == !strstr(reply, "Connection: close"), "%s: says it",
			  cases[i].why);
		http_conn_drop(&conn);
	}
}

TEST(bytes_one_by_one_give_the_same)
{
	static char whole[REPLY_MAX];
	size_t whole_len;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		ask(cases[i].request);
		whole_len = reply_len;
		memcpy(whole, reply, reply_len + 1);
		http_conn_drop(&conn);
		begin();
		for (const char *p = cases[i].request; *p; p++)
			feed(p, 1);
		CHECK_MSG(reply_len == whole_len && memcmp(whole, reply, whole_len) == 0,
			  "%s: differs", cases[i].why);
		http_conn_drop(&conn);
	}
}

TEST(pipelined_requests_are_answered_in_order)
{
	const char *second;

	ask("GET /a%20b.txt" H "\r\nHEAD /big.bin" H "\r\nGET /" H "Connection: close\r\n\r\n"
	    "GET /never" H "\r\n");
	CHECK_MEM(body_of(reply), "0123456789", 10);
	second = body_of(reply) + 10;
	CHECK_EQ(status_of(second), 200);
	CHECK(strstr(second, "Content-Length: 200000\r\n") != NULL);
	second = body_of(second);
	CHECK_EQ(status_of(second), 200);
	CHECK_STR(body_of(second), "hello");
	CHECK_EQ(conn.state, HTTP_DONE);
	http_conn_drop(&conn);
}

TEST(a_large_file_comes_whole)
{
	const char *body = body_of(ask("GET /big.bin" H "\r\n"));
	size_t bad = 0;

	CHECK_EQ(reply_len - (size_t)(body - reply), SITE_BIG);
	for (size_t i = 0; i < SITE_BIG; i++)
		bad += (uint8_t)body[i] != (uint8_t)(i * 7);
	CHECK_EQ(bad, 0);
	http_conn_drop(&conn);
}

static const struct { const char *range; const char *body; const char *says; } ranges[] = {
	{ "bytes=0-0", "0", "bytes 0-0/10" }, { "bytes=7-", "789", "bytes 7-9/10" },
	{ "bytes=-3", "789", "bytes 7-9/10" }, { "bytes=-99", "0123456789", "bytes 0-9/10" },
	{ "bytes=8-99999999999999999", "89", "bytes 8-9/10" },
	{ "bytes=3-1", "0123456789", NULL }, { "bytes=1-2,4-5", "0123456789", NULL },
	{ "bytes=-", "0123456789", NULL }, { "lines=1-2", "0123456789", NULL },
	{ "bytes=99999999999999999999999-", "0123456789", NULL },
};

TEST(ranges_give_their_bytes)
{
	char request[200];

	for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
		snprintf(request, sizeof request, "GET /a%%20b.txt" H "Range: %s\r\n\r\n",
			 ranges[i].range);
		ask(request);
		CHECK_STR(body_of(reply), ranges[i].body);
		CHECK_EQ(status_of(reply), ranges[i].says ? 206 : 200);
		CHECK(!ranges[i].says || strstr(reply, ranges[i].says));
		http_conn_drop(&conn);
	}
}

static const struct { const char *accept; bool gzip; } accepts[] = {
	{ "gzip", true }, { "deflate, gzip;q=0.5", true }, { "gzip;q=0", false },
	{ "gzip; q=0.000, *", false }, { "*", true }, { "br", false }, { "", false },
	{ "identity, *;q=0", false }, { "gzip;q=0.5, identity", false },
	{ "gzip, identity;q=0.5", true }, { "gzip;q=0.5, *", false },
	{ "gzip;q=0.123, identity;q=0.123", true }, { "gzip;q=0.001, identity;q=0", true },
	{ "GZIP ; Q=1.0", true },
};

TEST(gzip_goes_to_those_who_take_it)
{
	char request[200];

	for (size_t i = 0; i < sizeof accepts / sizeof *accepts; i++) {
		snprintf(request, sizeof request, "GET /" H "Accept-Encoding: %s\r\n\r\n",
			 accepts[i].accept);
		ask(request);
		CHECK_STR(body_of(reply), accepts[i].gzip ? "GZ!" : "hello");
		CHECK(!strstr(reply, "ETag: \"i1-gzip\"") == !accepts[i].gzip);
		CHECK(strstr(reply, "Vary: Accept-Encoding") != NULL);
		http_conn_drop(&conn);
	}
}

TEST(continue_is_said_before_a_body_that_is_wanted)
{
	ask("GET /" H "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n");
	CHECK_STR(reply, "HTTP/1.1 100 Continue\r\n\r\n");
	reply_len = 0;
	feed("ab", 2);
	CHECK_EQ(status_of(reply), 200);
	http_conn_drop(&conn);
}

TEST(heads_and_lines_have_limits)
{
	static char big[20000];

	begin();
	memset(big, 'a', sizeof big);
	memcpy(big, "GET /", 5);
	feed(big, sizeof big);
	CHECK_EQ(status_of(reply), 414);
	http_conn_drop(&conn);
	begin();
	memcpy(big, "GET /" H "A: ", strlen("GET /" H "A: "));
	feed(big, sizeof big);
	CHECK_EQ(status_of(reply), 431);
	http_conn_drop(&conn);
	begin();
	memcpy(big + 3000, H "\r\n", strlen(H "\r\n"));
	memset(big, 'a', 3000);
	memcpy(big, "GET /", 5);
	feed(big, 3000 + strlen(H "\r\n"));
	CHECK_EQ(status_of(reply), 414);
	http_conn_drop(&conn);
}

TEST(a_slow_head_ends_in_408_and_silence_without_a_word)
{
	begin();
	for (int i = 0; i < 5; i++) {
		now += MIR_SEC(1);
		feed("GET /slow"+ i, 1);
	}
	CHECK(conn.deadline < MIR_SEC(5) + MIR_SEC(60));
	now = conn.deadline;
	http_conn_timeout(&conn, now);
	collect();
	CHECK_EQ(status_of(reply), 408);
	CHECK_EQ(conn.state, HTTP_DONE);
	begin();
	http_conn_timeout(&conn, now);
	collect();
	CHECK_EQ(reply_len, 0);
	CHECK_EQ(conn.state, HTTP_DONE);
}

TEST(a_folder_without_its_slash_is_elsewhere)
{
	ask("GET /b%20%25/%c3%a4?x=y" H "\r\n");
	CHECK(strstr(reply, "\r\nLocation: /b%20%25/%C3%A4/\r\n") != NULL);
	http_conn_drop(&conn);
}

TEST(the_connection_line_says_what_happens)
{
	CHECK(!strstr(ask("GET /" H "\r\n"), "Connection:"));
	http_conn_drop(&conn);
	ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
	CHECK(strstr(reply, "Connection: keep-alive\r\n") != NULL);
	http_conn_drop(&conn);
	CHECK(strstr(ask("GET / HTTP/1.0\r\n\r\n"), "Connection: close\r\n") != NULL);
	http_conn_drop(&conn);
}

/* What was refused before it was understood must not be answered like the request before it. */
TEST(a_head_request_does_not_stick)
{
	ask("HEAD /" H "\r\n");
	reply_len = 0;
	feed("GET ", 4);
	http_conn_timeout(&conn, now);
	collect();
	CHECK_EQ(status_of(reply), 408);
	CHECK_STR(body_of(reply), "408 Request Timeout\n");
	http_conn_drop(&conn);
}

TEST(a_slow_body_ends_in_408)
{
	ask("POST /" H "Content-Length: 3\r\n\r\na");
	CHECK_EQ(reply_len, 0);
	CHECK_EQ(conn.deadline, now + http_limits.body);
	http_conn_timeout(&conn, now);
	collect();
	CHECK_EQ(status_of(reply), 408);
	CHECK_EQ(conn.state, HTTP_DONE);
}

TEST(a_kept_connection_has_its_own_time)
{
	ask("GET /" H "\r\n");
	CHECK_EQ(conn.deadline, now + http_limits.idle);
	now += MIR_SEC(3);
	feed("G", 1);
	CHECK_EQ(conn.deadline, now + http_limits.head);
	http_conn_drop(&conn);
}

TEST(without_pages_the_answer_is_503)
{
	struct mir_buf *b = mir_buf_copy_in("GET ", 4);
	size_t left = test_pages_left;

	begin();
	test_pages_left = 0;
	http_conn_input(&conn, now, b);
	test_pages_left = left;
	collect();
	CHECK_EQ(status_of(reply), 503);
	http_conn_drop(&conn);
}

TEST(a_body_that_cannot_be_read_breaks_the_connection)
{
	ask("GET /broken" H "\r\n");
	CHECK_EQ(conn.state, HTTP_DONE);
	CHECK(conn.broken);
	CHECK(!strstr(reply, "200 OK") || !*body_of(reply));
}

TEST(trailers_have_a_limit)
{
	static const char head[] = "POST /" H "Transfer-Encoding: chunked\r\n\r\n0\r\n";

	ask(head);
	for (int i = 0; i < 40000 && conn.state != HTTP_DONE; i++)
		feed("a:b\r\n", 5);
	CHECK_EQ(status_of(reply), 413);
	http_conn_drop(&conn);
}

TEST(a_deadline_does_not_move_with_each_byte)
{
	mir_ns first;

	begin();
	feed("G", 1);
	first = conn.deadline;
	now += MIR_SEC(3);
	feed("E", 1);
	CHECK_EQ(conn.deadline, first);
	http_conn_drop(&conn);
}

TEST(random_changes_break_nothing)
{
	uint64_t seed = 42;
	char request[400];

	for (int round = 0; round < 20000; round++) {
		const char *base = cases[round % (sizeof cases / sizeof *cases)].request;
		size_t len = strlen(base), cut = (seed >> 40) % (len + 1);

		memcpy(request, base, len);
		for (int change = 0; change < 3; change++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			request[(seed >> 33) % len] = (char)(seed >> 20);
		}
		begin();
		feed(request, cut);
		feed(request + cut, len - cut);
		http_conn_input(&conn, now, NULL);
		collect();
		if (!CHECK_MSG(conn.state == HTTP_DONE, "round %d: still open", round))
			return;
		http_conn_drop(&conn);
	}
}
