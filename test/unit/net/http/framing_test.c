/* SPDX-License-Identifier: ISC */
/* sources: net/http/conn.c net/http/answer.c net/http/content.c net/http/request.c net/http/field.c */
/* sources: net/http/chars.c net/http/text.c */
/* sources: net/http/target.c net/http/date.c */
/* sources: net/http/select.c net/http/body.c net/http/response.c net/http/files.c net/http/log.c */
/* sources: test/unit/net/http/site.c */
/* Where each response ends: with and without a body, in a row, and fed in any pieces. */
#include <stdlib.h>
#include "net/http/http.h"
#include "test/unit/harness.h"
#include "test/unit/net/http/site.h"

#define H " HTTP/1.1\r\nHost: x\r\n"

static struct http_files files;
static struct http_server server;
static struct http_conn conn;
static uint8_t reply[8 * SITE_BIG];
static size_t reply_len, largest;

static void
begin(void)
{
	http_files_init(&files, site_open(), NULL);
	server = (struct http_server){ .handler = &files.handler };
	memset(reply, 0, sizeof reply);
	reply_len = largest = 0;
	http_conn_init(&conn, &server, 0);
}

static void
collect(void)
{
	struct mir_buf *b;
	size_t n;

	while ((b = http_conn_output(&conn, 0))) {
		n = mir_buf_copy_out(b, 0, reply + reply_len, sizeof reply - 1 - reply_len);
		largest = n > largest ? n : largest;
		reply_len += n;
		mir_buf_free(b);
	}
}

static const char *
ask(const char *request)
{
	begin();
	http_conn_input(&conn, 0, mir_buf_copy_in(request, strlen(request)));
	collect();
	http_conn_drop(&conn);
	return (const char *)reply;
}

/* RFC 9110 9.3.2, 15.4.5: the same head, and not a byte behind it. */
TEST(head_has_the_head_of_get_and_nothing_behind)
{
	static const char *const rest[] = {
		"/a%20b.txt" H "\r\n", "/" H "Accept-Encoding: gzip\r\n\r\n", "/docs" H "\r\n",
		"/nothing" H "\r\n", "/empty" H "\r\n", "/" H "If-Match: \"no\"\r\n\r\n",
		"/" H "If-None-Match: \"i1\"\r\n\r\n", "/" H "Expect: tea\r\n\r\n",
		"/" H "Bad Name: x\r\n\r\n", "/../" H "\r\n", "/" H "Transfer-Encoding: x\r\n\r\n",
	};
	char request[200], *end;

	for (size_t i = 0; i < sizeof rest / sizeof *rest; i++) {
		char *head;

		strcpy(request, "GET ");
		head = strdup(ask(strcat(request, rest[i])));
		end = strstr(head, "\r\n\r\n");
		if (CHECK(end != NULL))
			end[4] = '\0';
		strcpy(request, "HEAD ");
		CHECK_STR(ask(strcat(request, rest[i])), head);
		free(head);
	}
}

TEST(a_304_has_what_a_cache_needs_and_no_length)
{
	const char *r = ask("GET /" H "If-None-Match: \"i1\"\r\nAccept-Encoding: gzip\r\n\r\n");

	CHECK(strncmp(r, "HTTP/1.1 304 Not Modified\r\n", 27) == 0);
	CHECK(strstr(r, "ETag: \"i1-gzip\"\r\n") != NULL);
	CHECK(strstr(r, "Vary: Accept-Encoding\r\n") != NULL);
	CHECK(!strstr(r, "Content-Length"));
	CHECK_STR(strstr(r, "\r\n\r\n"), "\r\n\r\n");
}

/* The end of the response that starts at 'p', by its own words; 0: none. */
static size_t
response_end(size_t at, const char *status)
{
	const char *p = (const char *)reply + at, *length, *end = strstr(p, "\r\n\r\n");

	if (!CHECK(end) || !CHECK_MSG(strncmp(p + 9, status, 3) == 0, "%.12s", p))
		return 0;
	length = strstr(p, "Content-Length: ");
	return (size_t)(end + 4 - (const char *)reply) +
	    (length && length < end ? strtoul(length + 16, NULL, 10) : 0);
}

/* Much more output than one window, all asked for at once: in order, and a window at a time. */
TEST(a_pipeline_of_large_answers_goes_window_by_window)
{
	size_t at = 0;

	ask("GET /big.bin" H "\r\nGET /nothing" H "\r\nGET /big.bin" H "\r\n"
	    "GET /" H "If-None-Match: *\r\n\r\nGET /big.bin" H "Range: bytes=5-100004\r\n\r\n"
	    "POST /" H "Content-Length: 4\r\n\r\nGET GET /empty" H "\r\nGET /big.bin" H
	    "Connection: close\r\n\r\nGET /big.bin" H "\r\n");
	for (const char *s = "200404200304206405200200"; *s && (at = response_end(at, s)); s += 3)
		;
	CHECK_EQ(at, reply_len);
	CHECK_MSG(largest <= 2 * HTTP_WINDOW, "%zu bytes in one go", largest);
}

/* As a ring's pages give it: pieces of any size, some of them empty. */
TEST(pieces_of_any_size_make_no_difference)
{
	static const char requests[] = "\r\nPOST /" H "Transfer-Encoding: chunked\r\n\r\n"
	    "3\r\nabc\r\n0\r\nT: v\r\n\r\nGET /a%20b.txt" H "\r\nHEAD /" H "\r\nGET /" H "\r\n";
	static uint8_t whole[4096];
	size_t whole_len;

	ask(requests);
	whole_len = reply_len;
	memcpy(whole, reply, whole_len);
	for (int round = 0; round < 2000; round++) {
		struct mir_buf *chain = NULL;

		begin();
		for (size_t at = 0, n; at < sizeof requests - 1; at += n) {
			n = test_random() % 4 * (test_random() % 30);
			n = n < sizeof requests - 1 - at ? n : sizeof requests - 1 - at;
			mir_buf_append(&chain, mir_buf_copy_in(requests + at, n));
			if (test_random() % 4)
				continue;
			http_conn_input(&conn, 0, chain);
			chain = NULL;
			collect();
		}
		if (chain)
			http_conn_input(&conn, 0, chain);
		collect();
		http_conn_drop(&conn);
		if (!CHECK_EQ(reply_len, whole_len) || !CHECK_MEM(reply, whole, whole_len))
			return;
	}
}
