/* SPDX-License-Identifier: ISC */
/* sources: net/http/chars.c */
/* Fields known by name, and the table of characters beside what the RFCs list. */
#include <ctype.h>
#include "net/http/chars.h"
#include "net/http/field.h"
#include "test/unit/harness.h"

static struct mir_http_request r;
static struct http_fields f;

/* Takes a field whose name is written as it is, in capitals, and mixed. */
static void
take(const char *name, const char *value, unsigned how)
{
	char as[40];
	size_t len = strlen(name);

	for (size_t i = 0; i < len; i++)
		as[i] = (char)(how == 0 || (how == 2 && i % 2) ? name[i] : toupper(name[i]));
	memset(&r, 0, sizeof r);
	memset(&f, 0, sizeof f);
	CHECK_EQ(http_field(&r, &f, as, len, value, strlen(value)), 0);
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
		"a-name-that-is-longer-than-any" };
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
