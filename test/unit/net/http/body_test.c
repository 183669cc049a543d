/* SPDX-License-Identifier: ISC */
/* sources: net/http/field.c */
/* sources: net/http/chars.c net/http/text.c */
/* Request bodies: where each ends, and what is refused, whatever the pieces they come in. */
#include "net/http/body.h"
#include "test/unit/harness.h"

#define LIMIT 100
#define LONG_LINE "3;aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/* 'used': bytes that belong to the body; -1: it goes on. */
static const struct { const char *why; const char *body; unsigned status; long used; } cases[] = {
	{ "one chunk", "3\r\nabc\r\n0\r\n\r\nGET", 0, 13 },
	{ "two chunks", "1\r\na\r\n2\r\nbc\r\n0\r\n\r\n", 0, 18 },
	{ "empty", "0\r\n\r\nGET", 0, 5 },
	{ "size in capitals and zeros", "000A\r\n0123456789\r\n0\r\n\r\n", 0, 23 },
	{ "extensions", "3;a=b;c=\"d\"\r\nabc\r\n0;x\r\n\r\n", 0, 25 },
	{ "space before an extension", "3 ;a\r\nabc\r\n0\r\n\r\n", 0, 16 },
	{ "trailers", "0\r\na: b\r\nc: d\r\n\r\nX", 0, 17 },
	{ "bytes that look like an end", "5\r\n0\r\n\r\n\r\n0\r\n\r\n", 0, 15 },
	{ "no end yet", "3\r\nabc\r\n", 0, -1 },
	{ "trailers without end", "0\r\na: b\r\n", 0, -1 },
	{ "no size", "\r\nabc", 400, 0 },
	{ "extension alone", ";a\r\n", 400, 0 },
	{ "sign", "-1\r\n", 400, 0 },
	{ "prefix", "0x3\r\nabc\r\n", 400, 0 },
	{ "space in front", " 3\r\nabc\r\n", 400, 0 },
	{ "lone line feed", "3\nabc\r\n", 400, 0 },
	{ "lone carriage return", "3\rabc", 400, 0 },
	{ "lone line feed in a trailer", "0\r\na: b\n\r\n", 400, 0 },
	{ "two carriage returns", "3\r\r\nabc", 400, 0 },
	{ "chunk longer than its size", "3\r\nabcd\r\n", 400, 0 },
	{ "line feed alone behind a chunk", "3\r\nabc\n", 400, 0 },
	{ "a chunk above the limit", "65\r\n", 413, 0 },
	{ "two chunks above the limit", "64\r\n"
	  "0123456789012345678901234567890123456789012345678901234567890123456789"
	  "012345678901234567890123456789\r\n1\r\n", 413, 0 },
	{ "a size without end", "10000000000000000", 413, 0 },
	{ "zeros without end", "00000000000000000000000000000000000000000000000000000000000000"
	  "000000000000000000000000000000000000000000000000000000000000000000000000000000"
	  "000000000000000000000000000000000000000000000000000000000000000000000000000000"
	  "000000000000000000000000000000000000000000000000", 400, 0 },
	{ "an extension without end", LONG_LINE, 400, 0 },
	{ "trailers above the limit", "0\r\na: 0123456789012345678901234567890123456789\r\n"
	  "b: 0123456789012345678901234567890123456789\r\n"
	  "c: 0123456789012345678901234567890123456789\r\n", 413, 0 },
};

static unsigned
read_in_pieces(const char *body, size_t piece, long *used)
{
	const struct mir_http_request r = { .body = MIR_HTTP_CHUNKED };
	size_t len = strlen(body), at = 0, n;
	struct http_body_step step;
	struct http_body_reader b;
	unsigned status;

	http_body_start(&b, &r);
	for (*used = -1; at < len; at += n) {
		n = len - at < piece ? len - at : piece;
		status = http_body_read(&b, body + at, n, LIMIT, &step);
		n = step.used;
		if (status)
			return status;
		if (http_body_done(&b)) {
			*used = (long)(at + n);
			return 0;
		}
	}
	return 0;
}

TEST(chunks_end_where_they_say)
{
	long used;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		for (size_t piece = 1; piece < 400; piece += piece < 20 ? 1 : 379) {
			unsigned got = read_in_pieces(cases[i].body, piece, &used);

			CHECK_MSG(got == cases[i].status, "%s, by %zu: %u, want %u", cases[i].why,
				  piece, got, cases[i].status);
			CHECK_MSG(got || used == cases[i].used, "%s, by %zu: %ld bytes, want %ld",
				  cases[i].why, piece, used, cases[i].used);
		}
	}
}

TEST(a_length_is_counted_down)
{
	struct mir_http_request r = { .body = MIR_HTTP_LENGTH, .length = LIMIT };
	struct http_body_reader b;
	char bytes[LIMIT] = { 0 };
	struct http_body_step step;

	http_body_start(&b, &r);
	CHECK_EQ(http_body_read(&b, bytes, 60, LIMIT, &step), 0);
	CHECK_EQ(step.used, 60);
	CHECK(!http_body_done(&b));
	CHECK_EQ(http_body_read(&b, bytes, LIMIT, LIMIT, &step), 0);
	CHECK_EQ(step.used, 40);
	CHECK(http_body_done(&b));
	r.length = LIMIT + 1;
	http_body_start(&b, &r);
	CHECK_EQ(http_body_read(&b, bytes, 1, LIMIT, &step), 413);
	r.body = MIR_HTTP_NO_BODY;
	http_body_start(&b, &r);
	CHECK(http_body_done(&b));
}
