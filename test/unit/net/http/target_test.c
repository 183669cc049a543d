/* SPDX-License-Identifier: ISC */
/* sources: net/http/field.c */
/* sources: net/http/chars.c net/http/text.c */
/* Request targets become paths, and paths go back into URLs. */
#include <stdlib.h>
#include "net/http/request.h"
#include "test/unit/harness.h"

static const struct { const char *target; const char *path; } cases[] = {	/* NULL: 400 */
	{ "/", "" }, { "/a", "a" }, { "/a/", "a/" }, { "/a?b/../c", "a" }, { "/?x", "" },
	{ "//", "/" }, { "/a//b", "a//b" }, { "/%61%2Fb", "a/b" }, { "/%20", " " },
	{ "/a+b", "a+b" }, { "/~a;b=c", "~a;b=c" }, { "/%C3%A4", "\xc3\xa4" }, { "/%25", "%" },
	{ "/%2525", "%25" }, { "/%3F", "?" }, { "/%23", "#" }, { "/...", "..." },
	{ "/.a", ".a" }, { "/a.", "a." }, { "/..a/b..", "..a/b.." },
	{ "http://h", "" }, { "http://h/", "" }, { "http://h:80/a?b", "a" }, { "HttP://h/a", "a" },
	{ "http://h?a", "" },
	{ "", NULL }, { "a", NULL }, { "*", NULL }, { "?", NULL }, { "h:80", NULL },
	{ "http:/h/a", NULL }, { "http://", NULL }, { "http:///a", NULL }, { "http://?a", NULL },
	{ "https://h/a", NULL }, { "file:///a", NULL },
	{ "/.", NULL }, { "/..", NULL }, { "/a/..", NULL }, { "/a/../b", NULL }, { "/./a", NULL },
	{ "/%2e", NULL }, { "/a/%2E%2e/b", NULL }, { "/a%2f..", NULL }, { "/.%2e", NULL },
	{ "http://h/..", NULL },
	{ "/%", NULL }, { "/%a", NULL }, { "/%a?", NULL }, { "/%g0", NULL }, { "/%0g", NULL },
	{ "/% 1", NULL }, { "/%00", NULL }, { "/%0a", NULL }, { "/%1f", NULL }, { "/%7f", NULL },
	{ "/a b", NULL }, { "/a\tb", NULL }, { "/a\x7f", NULL }, { "/a#b", NULL }, { "/a\\b", NULL },
};

/* In memory of its own size, so that a look beyond its end is seen. */
static unsigned
parse(const char *target, char **copy, struct mir_http_text *path)
{
	struct mir_http_text query = { NULL, 0 };
	size_t len = strlen(target);

	*copy = malloc(len ? len : 1);
	memcpy(*copy, target, len);
	*path = (struct mir_http_text){ NULL, 0 };
	return http_parse_target(*copy, len, path, &query);
}

TEST(targets_are_decoded_once_or_refused)
{
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *want = cases[i].path;
		struct mir_http_text path;
		char *copy;
		unsigned status = parse(cases[i].target, &copy, &path);

		CHECK_MSG(status == (want ? 0 : 400), "%s: %u", cases[i].target, status);
		if (!status && want)
			CHECK_MSG(path.len == strlen(want) && memcmp(path.p, want, path.len) == 0,
				  "%s: '%.*s'", cases[i].target, (int)path.len, path.p);
		free(copy);
	}
}

/* Whatever a target led to, its path as a URL leads there, too. */
TEST(encoded_paths_lead_to_the_same_place)
{
	char url[3 * 256 + 2] = "/", text[41] = { 0 };
	struct mir_http_text path, again;
	char *first, *second;
	unsigned good = 0;

	for (int round = 0; round < 20000; round++) {
		size_t len = 1 + test_random() % 40;

		for (size_t i = 0; i < len; i++)
			text[i] = test_random() % 3 ? "/.%2eaZ?~"[test_random() % 9] :
			    (char)(1 + test_random() % 255);
		text[0] = '/';
		text[len] = '\0';
		if (parse(text, &first, &path) == 0) {
			good++;
			CHECK(http_encode_path(&path, url + 1, sizeof url - 1));
			CHECK_EQ(parse(url, &second, &again), 0);
			CHECK_MSG(again.len == path.len && memcmp(again.p, path.p, path.len) == 0,
				  "%s", text);
			free(second);
		}
		free(first);
	}
	CHECK_MSG(good > 1000, "only %u were good", good);
}

TEST(a_path_without_room_is_refused)
{
	const struct mir_http_text path = { "\xff\xff", 2 };
	char to[8];

	CHECK(http_encode_path(&path, to, 7));
	CHECK_STR(to, "%FF%FF");
	CHECK(!http_encode_path(&path, to, 6));
	CHECK(!http_encode_path(&path, to, 3));
	CHECK(!http_encode_path(&path, to, 0));
}
