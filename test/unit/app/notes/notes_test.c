/* SPDX-License-Identifier: ISC */
/* sources: app/notes/change.c app/notes/document.c app/notes/history.c app/notes/list.c */
/* sources: app/notes/name.c app/notes/name_spread.c app/notes/no_counters.c app/notes/notes.c */
/* sources: app/notes/reply.c app/notes/source.c net/http/[a-z]*.c fs/store/[a-z]*.c fs/mem/path.c */
/* Documents over HTTP, on a store in memory: requests as bytes, answers as bytes. */
#include <stdio.h>
#include <stdlib.h>
#include "app/notes/notes.h"
#include "fs/store/store.h"
#include "mir/err.h"
#include "net/http/http.h"
#include "test/unit/harness.h"

#define REPLY_MAX 262144

static struct mir_odb *odb;
static struct mir_store *store;
static struct notes notes;
static struct http_server server;
static char reply[REPLY_MAX], value[64];

static void
begin(void)
{
	CHECK_EQ(store_memory_open(&odb), MIR_OK);
	CHECK_EQ(store_open(odb, mir_clock, &store), MIR_OK);
	notes_init(&notes, store);
	server = (struct http_server){ .handler = &notes.handler,
		.body_limit = CONFIG_NOTES_KIB * 1024 };
}

static void
end(void)
{
	store_close(store);
	store_memory_close(odb);
}

/* Its status; the answer, chunks put together, is in 'reply'. */
static int
ask(const char *method, const char *target, const char *fields, const char *body)
{
	static char text[CONFIG_NOTES_KIB * 1024 + 4096];
	struct http_conn c;
	struct mir_buf *b;
	size_t len = 0, n;

	n = (size_t)snprintf(text, sizeof text, "%s %s HTTP/1.0\r\n%sContent-Length: %zu\r\n\r\n%s",
			     method, target, fields ? fields : "", strlen(body), body);
	http_conn_init(&c, &server, test_now);
	http_conn_input(&c, test_now, mir_buf_copy_in(text, n));
	while ((b = http_conn_output(&c, test_now))) {
		len += mir_buf_copy_out(b, 0, reply + len, REPLY_MAX - len - 1);
		mir_buf_free(b);
	}
	reply[len] = '\0';
	CHECK(!c.broken);
	http_conn_drop(&c);
	return strncmp(reply, "HTTP/1.1 ", 9) == 0 ? atoi(reply + 9) : 0;
}

static const char *
body(void)
{
	const char *p = strstr(reply, "\r\n\r\n");

	return p ? p + 4 : "";
}

/* A field's value, until the next call. */
static const char *
field(const char *name)
{
	const char *p = strstr(reply, name);
	size_t n = 0;

	CHECK_MSG(p, "no field %s", name);
	for (p = p ? p + strlen(name) + 2 : ""; *p && *p != '\r' && n < sizeof value - 1; p++)
		value[n++] = *p;
	value[n] = '\0';
	return value;
}

static int
put(const char *name, const char *text)
{
	return ask("PUT", name, NULL, text);
}

static int
get(const char *target)
{
	return ask("GET", target, NULL, "");
}

TEST(what_is_put_is_there_until_it_is_removed)
{
	begin();
	CHECK_EQ(put("/a", "one"), 201);
	CHECK_STR(field("ETag"), "\"43dd47ea691c90a5fa7827892c70241913351963\"");
	CHECK_EQ(get("/a"), 200);
	CHECK_STR(body(), "one");
	CHECK_STR(field("ETag"), "\"43dd47ea691c90a5fa7827892c70241913351963\"");
	CHECK_EQ(put("/a", "two"), 204);
	CHECK(!strstr(reply, "Content-Length"));
	CHECK_EQ(get("/a"), 200);
	CHECK_STR(body(), "two");
	CHECK_EQ(ask("HEAD", "/a", NULL, ""), 200);
	CHECK_STR(field("Content-Length"), "3");
	CHECK_STR(body(), "");
	CHECK_EQ(ask("DELETE", "/a", NULL, ""), 204);
	CHECK_EQ(ask("DELETE", "/a", NULL, ""), 404);
	CHECK_EQ(get("/a"), 404);
	end();
}

TEST(an_empty_document_is_one)
{
	begin();
	CHECK_EQ(put("/a", ""), 201);
	CHECK_EQ(get("/a"), 200);
	CHECK_STR(field("Content-Length"), "0");
	CHECK_EQ(ask("GET", "/a", "Range: bytes=0-\r\n", ""), 416);
	CHECK_STR(field("Content-Range"), "bytes */0");
	end();
}

static const struct { const char *target; int put, get; } names[] = {
	{ "/a", 201, 200 }, { "/a/b", 201, 200 }, { "/a/b/c", 201, 200 }, { "/%C3%A4/%E4%B8%AD", 201, 200 },
	{ "/a%20b", 201, 200 }, { "/a%25b", 201, 200 }, { "/.git", 201, 200 }, { "/git~1", 201, 200 },
	{ "/.gitmodules/x", 201, 200 }, { "/...", 201, 200 }, { "/%F0%9F%98%80", 201, 200 },
	{ "/historyx", 201, 200 }, { "/x/history", 201, 200 },
	{ "/", 405, 200 }, { "/history", 405, 200 }, { "/history/x", 405, 200 }, { "/.mir/x", 405, 404 },
	{ "/a/", 400, 200 }, { "/a//b", 400, 404 }, { "//a", 400, 404 },
	{ "/%FF", 400, 404 }, { "/%C3", 400, 404 }, { "/%C0%AF", 400, 404 }, { "/%ED%A0%80", 400, 404 },
	{ "/%F4%90%80%80", 400, 404 }, { "/%80", 400, 404 },
	{ "/..", 400, 400 }, { "/a/./b", 400, 400 }, { "/a%00", 400, 400 },
};

TEST(what_is_put_is_whole_and_as_it_is)
{
	begin();
	CHECK_EQ(put("/a", "all of it"), 201);
	CHECK_EQ(ask("PUT", "/a", "Content-Range: bytes 4-5/9\r\n", "of"), 400);
	CHECK_EQ(ask("PUT", "/a", "Content-Encoding: gzip\r\n", "x"), 415);
	CHECK(strncmp(reply, "HTTP/1.1 415 Unsupported Media Type\r\n", 37) == 0);
	CHECK_EQ(get("/a"), 200);
	CHECK_STR(body(), "all of it");
	CHECK_EQ(ask("PUT", "/a", "Content-Encoding: identity\r\n", "new"), 204);
	end();
}

TEST(names_are_utf8_in_parts)
{
	begin();
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		CHECK_MSG(put(names[i].target, "x") == names[i].put, "%s", names[i].target);
		CHECK_MSG(get(names[i].target) == names[i].get, "%s", names[i].target);
	}
	end();
}

TEST(long_names_are_refused_in_words)
{
	char name[400] = "/";

	begin();
	memset(name + 1, 'n', 251);
	CHECK_EQ(put(name, "x"), 201);
	CHECK_EQ(get(name), 200);
	name[252] = 'n';
	CHECK_EQ(put(name, "x"), 400);
	CHECK(strstr(body(), "too long"));
	memset(name, '/', 2);
	for (unsigned i = 1; i < 250; i += 2)
		memcpy(name + i, "n/", 2);
	name[200] = '\0';
	CHECK_EQ(put(name, "x"), 400);	/* Its slashes take three bytes each. */
	end();
}

TEST(conditions_keep_others_changes)
{
	begin();
	CHECK_EQ(ask("PUT", "/a", "If-Match: *\r\n", "x"), 412);
	CHECK_EQ(ask("PUT", "/a", "If-None-Match: *\r\n", "one"), 201);
	CHECK_EQ(ask("PUT", "/a", "If-None-Match: *\r\n", "x"), 412);
	CHECK(strstr(body(), "43dd47ea691c90a5fa7827892c70241913351963"));
	CHECK_EQ(ask("PUT", "/a", "If-Match: \"43dd47ea691c90a5fa7827892c70241913351963\"\r\n", "two"), 204);
	CHECK_EQ(ask("PUT", "/a", "If-Match: \"43dd47ea691c90a5fa7827892c70241913351963\"\r\n", "x"), 412);
	CHECK_EQ(ask("DELETE", "/a", "If-Match: \"43dd47ea691c90a5fa7827892c70241913351963\"\r\n", ""), 412);
	CHECK_EQ(get("/a"), 200);
	CHECK_STR(body(), "two");
	CHECK_EQ(ask("GET", "/a", "If-None-Match: \"43dd47ea691c90a5fa7827892c70241913351963\"\r\n", ""), 200);
	CHECK_EQ(put("/a", "one"), 204);
	CHECK_EQ(ask("GET", "/a", "If-None-Match: \"43dd47ea691c90a5fa7827892c70241913351963\"\r\n", ""), 304);
	CHECK_EQ(ask("GET", "/a", "Range: bytes=1-\r\n", ""), 206);
	CHECK_STR(body(), "ne");
	CHECK_STR(field("Content-Range"), "bytes 1-2/3");
	end();
}

/* Somebody else is faster, once, between our look and our change. */
static const struct mir_odb_ops *real;
static const char *rivals_path;

static int
rival_ref_set(struct mir_odb *o, const char *name, const struct mir_oid *old,
	      const struct mir_oid *new)
{
	const char *path = rivals_path;
	struct mir_store *rival;

	rivals_path = NULL;
	if (path) {
		CHECK_EQ(store_open(o, mir_clock, &rival), MIR_OK);
		CHECK_EQ(mir_store_put(rival, "main", path, "rival", 5, "faster"), MIR_OK);
		store_close(rival);
	}
	return real->ref_set(o, name, old, new);
}

TEST(who_comes_second_hears_of_it_only_if_it_matters)
{
	const char *one = "If-Match: \"43dd47ea691c90a5fa7827892c70241913351963\"\r\n";
	struct mir_odb_ops ops;

	begin();
	real = odb->ops;
	ops = *real;
	ops.ref_set = rival_ref_set;
	odb->ops = &ops;
	CHECK_EQ(put("/a", "one"), 201);
	rivals_path = "0/0/other";
	CHECK_EQ(ask("PUT", "/a", one, "two"), 204);
	CHECK_EQ(put("/a", "one"), 204);
	rivals_path = "8/6/a";
	CHECK_EQ(ask("PUT", "/a", one, "two"), 412);
	CHECK_EQ(get("/a"), 200);
	CHECK_STR(body(), "rival");
	rivals_path = "8/6/a";
	CHECK_EQ(put("/a", "three"), 204);
	CHECK_EQ(get("/a"), 200);
	CHECK_STR(body(), "three");
	rivals_path = "e/9/b";
	CHECK_EQ(ask("PUT", "/b", "If-None-Match: *\r\n", "mine"), 412);
	odb->ops = real;
	end();
}

TEST(lists_in_text_and_json)
{
	begin();
	CHECK_EQ(get("/"), 200);
	CHECK_STR(body(), "");
	CHECK_EQ(get("/?format=json"), 200);
	CHECK_STR(body(), "{\"documents\":[\n]}\n");
	put("/a", "one");
	CHECK_EQ(get("/"), 200);
	CHECK_STR(body(), "a\n");
	CHECK_EQ(ask("GET", "/", "Accept: text/html, application/json;q=0.9\r\n", ""), 200);
	CHECK_STR(field("Content-Type"), "application/json");
	CHECK_STR(body(), "{\"documents\":[\n{\"name\":\"a\","
		  "\"id\":\"43dd47ea691c90a5fa7827892c70241913351963\"}\n]}\n");
	CHECK_EQ(ask("GET", "/?format=text", "Accept: application/json\r\n", ""), 200);
	CHECK_STR(body(), "a\n");
	CHECK_EQ(get("/?format=xml"), 400);
	put("/%22", "x");
	CHECK_EQ(get("/?format=json"), 200);
	CHECK(strstr(body(), "\"name\":\"\\\"\""));
	end();
}

TEST(lists_of_many_are_whole)
{
	char name[40];
	unsigned lines = 0;

	begin();
	for (unsigned i = 0; i < 1000; i++) {
		snprintf(name, sizeof name, "/%s/%u", i % 4 ? "d" : "e", i);
		CHECK_EQ(put(name, name), 201);
	}
	CHECK_EQ(get("/"), 200);
	for (const char *p = body(); *p; p++)
		lines += *p == '\n';
	CHECK_EQ(lines, 1000);
	CHECK(strstr(reply, "\nd/999\n"));
	CHECK_EQ(get("/e/"), 200);
	lines = 0;
	for (const char *p = body(); *p; p++)
		lines += *p == '\n';
	CHECK_EQ(lines, 250);
	end();
}

TEST(bodies_too_large_and_stores_that_are_full)
{
	static char text[CONFIG_NOTES_KIB * 1024 + 2];
	char name[16];
	int status = 0;

	begin();
	memset(text, 'x', sizeof text - 1);
	CHECK_EQ(put("/a", text), 413);
	text[CONFIG_NOTES_KIB * 1024] = '\0';
	CHECK_EQ(put("/a", text), 201);
	for (unsigned i = 0; i < 1000 && status != 507; i++) {
		snprintf(name, sizeof name, "/%u", i);
		memcpy(text, name, strlen(name));
		status = put(name, text);
		CHECK_MSG(status == 201 || status == 507, "%d", status);
	}
	CHECK_EQ(status, 507);
	CHECK(strstr(body(), "disk is full"));
	CHECK_EQ(get("/a"), 200);
	end();
}

TEST(history_tells_what_was_done_and_old_versions_are_there)
{
	char first[64], target[120];

	begin();
	CHECK_EQ(get("/history"), 200);
	CHECK_STR(body(), "");
	put("/a", "one");
	snprintf(first, sizeof first, "%s", field("Version"));
	put("/b", "two");
	ask("PUT", "/a?message=better+words", NULL, "three");
	ask("DELETE", "/b", NULL, "");
	CHECK_EQ(get("/history"), 200);
	CHECK(strstr(body(), "Z remove b\n"));
	CHECK(strstr(strstr(body(), "remove b"), "Z better words\n"));
	CHECK(strstr(strstr(body(), "better words"), "Z put b\n"));
	CHECK(strstr(strstr(body(), "put b"), first));
	CHECK_EQ(get("/history/a"), 200);
	CHECK(strstr(body(), "better words") && strstr(body(), "put a") && !strstr(body(), " b\n"));
	CHECK_EQ(get("/a?history"), 200);
	CHECK(strstr(body(), "better words") && strstr(body(), "put a") && !strstr(body(), " b\n"));
	CHECK_EQ(get("/history?name=b&limit=1&format=json"), 200);
	CHECK(strstr(body(), "\"message\":\"remove b\"}\n],\"next\":\""));
	snprintf(target, sizeof target, "/a?at=%s", first);
	CHECK_EQ(get(target), 200);
	CHECK_STR(body(), "one");
	snprintf(target, sizeof target, "/?at=%s", first);
	CHECK_EQ(get(target), 200);
	CHECK_STR(body(), "a\n");
	snprintf(target, sizeof target, "/b?at=%s", first);
	CHECK_EQ(get(target), 404);
	CHECK_EQ(get("/a?at=12"), 400);
	CHECK_EQ(get("/a?at=43dd47ea691c90a5fa7827892c70241913351963"), 404);
	CHECK_EQ(get("/history?limit=0"), 400);
	CHECK_EQ(get("/history?limit=1001"), 400);
	end();
}

TEST(history_goes_page_by_page)
{
	char target[120], name[16];
	unsigned seen = 0, pages = 0;
	const char *p;

	begin();
	for (unsigned i = 0; i < 25; i++) {
		snprintf(name, sizeof name, "/%u", i);
		put(name, "x");
	}
	snprintf(target, sizeof target, "/history?limit=10");
	do {
		CHECK_EQ(get(target), 200);
		pages++;
		for (p = strstr(reply, " put "); p; p = strstr(p + 1, " put "))
			seen++;
		p = strstr(body(), "# more: ?at=");
		if (p)
			snprintf(target, sizeof target, "/history?limit=10&at=%.40s", p + 12);
	} while (p && pages < 10);
	CHECK_EQ(seen, 25);
	CHECK_EQ(pages, 3);
	end();
}
