/* SPDX-License-Identifier: ISC */
/* What is a key, and what type an extension has. */
#include "lib/sitekey.h"
#include "test/unit/harness.h"

TEST(keys)
{
	static const struct { const char *key; bool ok; } cases[] = {
		{ "index.html", true }, { "a/b/c", true }, { "a..b/c..", true }, { "x", true },
		{ "", false }, { "/", false }, { "/a", false }, { "a/", false }, { "a//b", false },
		{ ".", false }, { "..", false }, { "a/..", false }, { "../a", false },
		{ "a/../b", false }, { "./a", false }, { ".git/config", false },
		{ "a/.hidden", false },
	};

	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++)
		CHECK_MSG(sitekey_is_valid(cases[i].key, strlen(cases[i].key)) == cases[i].ok,
			  "'%s'", cases[i].key);
	CHECK(!sitekey_is_valid("a\0b", 3));
}

TEST(types)
{
	static const struct { const char *key, *type; } cases[] = {
		{ "a.html", "text/html; charset=utf-8" }, { "A.HtMl", "text/html; charset=utf-8" },
		{ "b.tar.svg", "image/svg+xml" }, { "a.html/b", "application/octet-stream" },
		{ "html", "application/octet-stream" }, { "a.", "application/octet-stream" },
		{ "a.htm", "application/octet-stream" }, { "a.htmlx", "application/octet-stream" },
	};

	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++)
		CHECK_STR(sitekey_type(cases[i].key, strlen(cases[i].key))->type, cases[i].type);
}
