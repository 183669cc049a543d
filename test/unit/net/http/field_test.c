/* SPDX-License-Identifier: ISC */
/* sources: net/http/chars.c net/http/text.c */
/* Fields known by name, the table of characters beside what the RFCs list, and the search that goes by
 * words beside the table. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include "net/http/chars.h"
#include "net/http/field.h"
#include "test/unit/harness.h"

static struct mir_http_request r;
static struct http_fields f;

/* Reads header lines and the empty line, with nothing behind them, and 8 characters before, as a
 * request line has. */
static unsigned
read_lines(const char *lines)
{
	size_t len = strlen(lines);
	char *copy = malloc(8 + len);
	const char *at = memcpy(copy + 8, lines, len);
	unsigned status;

	memset(&r, 0, sizeof r);
	memset(&f, 0, sizeof f);
	status = http_fields_read(&at, copy + len, &r, &f);
	CHECK_EQ(at - copy - 8, status ? 0 : len);
	free(copy);
	return status;
}

/* Takes a field whose name is written as it is, in capitals, and mixed. */
static void
take(const char *name, const char *value, unsigned how)
{
	size_t len = strlen(name);
	char line[80];

	snprintf(line, sizeof line, "%s:%s\r\n\r\n", name, value);
	for (size_t i = 0; i < len; i++)
		line[i] = (char)(how == 0 || (how == 2 && i % 2) ? name[i] : toupper(name[i]));
	CHECK_EQ(read_lines(line), 0);
}

TEST(names_are_known_in_any_case)
{
	static const struct { const char *name; struct mir_http_text *kept; } kept[] = {
		{ "host", &r.host }, { "range", &r.range }, { "accept", &r.accept },
		{ "if-match", &r.if_match }, { "if-range", &r.if_range },
		{ "if-none-match", &r.if_none_match }, { "accept-encoding", &r.accept_encoding },
		{ "if-modified-since", &r.if_modified_since },
		{ "if-unmodified-since", &r.if_unmodified_since },
	};

	for (unsigned how = 0; how < 3; how++) {
		for (unsigned i = 0; i < sizeof kept / sizeof *kept; i++) {
			take(kept[i].name, " x\t", how);
			CHECK_EQ(kept[i].kept->len, 1);
		}
		take("connection", "Close, keep-Alive", how);
		CHECK(f.close && f.keep_alive);
		take("transfer-encoding", "chunked", how);
		CHECK(f.coding && f.chunked && !f.other_coding);
		take("content-length", "17", how);
		CHECK(f.length && r.length == 17);
		take("expect", "100-continue", how);
		CHECK(r.expect_continue && !f.expect_other);
		take("content-range", "bytes 0-1/2", how);
		CHECK(r.partial);
		take("content-encoding", "gzip", how);
		CHECK(r.coded);
	}
}

TEST(other_names_are_not)
{
	static const char *const other[] = { "h", "hos", "hosts", "hast", "accept!", "acceptt",
		"if_match", "content-lengtg", "x-transfer-encoding", "if-unmodified-sinc",
		"a-name-that-is-longer-than-any", "accept-", "hostaccept", "content-", "t", "~" };
	static const struct mir_http_request nothing;
	static const struct http_fields none;

	for (unsigned i = 0; i < sizeof other / sizeof *other; i++) {
		take(other[i], "chunked", 0);
		CHECK_MEM(&r, &nothing, sizeof r);
		CHECK_MEM(&f, &none, sizeof f);
	}
}

TEST(characters_are_those_of_the_rfcs)
{
	for (int i = 0; i < 256; i++) {
		char c = (char)i;
		bool word = i < 128 && isalnum(i), seen = i > 32 && i != 127;

		CHECK_EQ(http_is(c, HTTP_TOKEN), word || (i && strchr("!#$%&'*+-.^_`|~", i)));
		CHECK_EQ(http_is(c, HTTP_HOST), word || (i && strchr("-._~%!$&'()*+,;=:[]", i)));
		CHECK_EQ(http_is(c, HTTP_VALUE), seen || i == ' ' || i == '\t');
		CHECK_EQ(http_is(c, HTTP_PLAIN), seen && !strchr("#\\?%", i));
	}
}

/* Each character at each place of values of each short length, with blanks or tabs around it, and the
 * end of memory at each distance. */
TEST(values_end_where_the_table_says)
{
	static const char fill[] = { 'x', '\t', '\x80', '~', ' ', '\xff' };
	char line[64];

	for (unsigned len = 1; len < 20; len++)
		for (unsigned at = 0; at < len; at++)
			for (unsigned c = 0; c < 256; c++)
				for (unsigned i = 0; i < sizeof fill; i++) {
					snprintf(line, sizeof line, "x:%*s\r\n\r\n", (int)len, "");
					memset(line + 2, fill[i], len);
					line[2 + at] = (char)c;
					if (c)
						CHECK_EQ(read_lines(line), http_is((char)c, HTTP_VALUE) ? 0 : 400);
				}
}

TEST(lines_that_are_none_are_refused)
{
	static const char *const bad[] = { ":\r\n\r\n\r\n", "a\r\n\r\n\r\n", "a :b\r\n\r\n", " a:b\r\n\r\n",
		"a:b\n\r\n\r\n", "a:b\rc\r\n\r\n", "host\r\n\r\n", "accept\r\n\r\n",
		"accept-encoding\r\n\r\n", "accept\rencoding:\r\n\r\n", "host :a\r\n\r\n", "a\r\n:b\r\n\r\n", "a:b\r\n c\r\n\r\n" };

	for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK_EQ(read_lines(bad[i]), 400);
	CHECK_EQ(read_lines("a:\r\nb:\r\n\r\n"), 0);
}
