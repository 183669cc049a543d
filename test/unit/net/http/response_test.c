/* SPDX-License-Identifier: ISC */
/* sources: net/http/date.c */
/* Response heads, line by line. */
#include "mir/page.h"
#include "net/http/http.h"
#include "test/unit/harness.h"

static const char *
head(const struct mir_http_response *r, const char *connection, mir_ns wall)
{
	static char text[1024];
	struct mir_buf *b = http_response_head(r, connection, wall);

	memset(text, 0, sizeof text);
	if (!b)
		return NULL;
	mir_buf_copy_out(b, 0, text, sizeof text - 1);
	mir_buf_free(b);
	return text;
}

TEST(a_head_has_its_lines_in_order)
{
	const struct mir_http_response r = { .status = 200, .type = "text/html", .length = 7,
		.extra = "ETag: \"x\"\r\n" };

	CHECK_STR(head(&r, "Connection: close\r\n", MIR_SEC(784111777)),
		  "HTTP/1.1 200 OK\r\nServer: Mir\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
		  "Content-Type: text/html\r\nContent-Length: 7\r\nETag: \"x\"\r\n"
		  "Connection: close\r\n\r\n");
}

TEST(without_a_clock_there_is_no_date_and_304_has_no_length)
{
	const struct mir_http_response r = { .status = 304, .length = 7 };

	CHECK_STR(head(&r, "", 0), "HTTP/1.1 304 Not Modified\r\nServer: Mir\r\n\r\n");
}

TEST(large_lengths_are_told_whole)
{
	const struct mir_http_response r = { .status = 200, .length = 20000000000 };

	CHECK(strstr(head(&r, "", 0), "Content-Length: 20000000000\r\n") != NULL);
}

/* A handler's type may be of any length; the head's memory is not. */
TEST(a_head_that_does_not_fit_is_none)
{
	static char type[5000];
	struct mir_http_response r = { .status = 200, .type = type };

	for (size_t len = 700; len < sizeof type - 1; len += 7) {
		const char *text;

		memset(type, 'a', len);
		type[len] = '\0';
		text = head(&r, "Connection: close\r\n", MIR_SEC(1));
		CHECK(text ? strstr(text, "\r\n\r\n") != NULL : len > 700);
	}
	CHECK(!head(&r, "", 0));
}

TEST(a_status_has_a_text_and_a_page)
{
	struct mir_http_response r = { .status = 0 };
	char text[30] = { 0 };

	http_response_text(&r, 416);
	CHECK_EQ(mir_buf_copy_out(r.body, 0, text, sizeof text), r.length);
	CHECK_STR(text, "416 Range Not Satisfiable\n");
	CHECK_STR(http_status_text(599), "Error");
	mir_buf_free(r.body);
}

/* The status goes out without its page, and with the length of what is there. */
TEST(without_memory_the_page_is_empty)
{
	struct mir_http_response r = { .length = 1 };
	struct mir_buf *hog[64];
	size_t left = test_pages_left;
	unsigned n = 0;

	test_pages_left = 0;
	while ((hog[n] = mir_buf_alloc(0, 200)))
		n++;
	http_response_text(&r, 404);
	CHECK(!r.body);
	CHECK_EQ(r.length, 0);
	while (n)
		mir_buf_free(hog[--n]);
	test_pages_left = left;
}
