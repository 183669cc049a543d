/* SPDX-License-Identifier: ISC */
/* sources: app/notes/change.c app/notes/document.c app/notes/history.c app/notes/list.c */
/* sources: app/notes/name.c app/notes/name_plain.c app/notes/no_counters.c app/notes/notes.c */
/* sources: app/notes/reply.c app/notes/source.c net/http/[a-z]*.c fs/store/[a-z]*.c fs/mem/path.c */
/* Documents where their names say, in a store that others write, too (git, for one). */
#include <stdio.h>
#include <stdlib.h>
#include "app/notes/name.h"
#include "app/notes/notes.h"
#include "fs/store/store.h"
#include "mir/err.h"
#include "net/http/http.h"
#include "test/unit/harness.h"

static struct mir_odb *odb;
static struct mir_store *store;
static struct notes notes;
static struct http_server server;
static char reply[16384];

static void
begin(void)
{
	CHECK_EQ(store_memory_open(&odb), MIR_OK);
	CHECK_EQ(store_open(odb, mir_clock, &store), MIR_OK);
	notes_init(&notes, store);
	server = (struct http_server){ .handler = &notes.handler, .body_limit = 1024 };
}

static void
end(void)
{
	store_close(store);
	store_memory_close(odb);
}

static int
ask(const char *method, const char *target, const char *body)
{
	struct http_conn c;
	struct mir_buf *b;
	char text[2048];
	size_t len = 0, n;

	n = (size_t)snprintf(text, sizeof text, "%s %s HTTP/1.0\r\nContent-Length: %zu\r\n\r\n%s",
			     method, target, strlen(body), body);
	http_conn_init(&c, &server, test_now);
	http_conn_input(&c, test_now, mir_buf_copy_in(text, n));
	while ((b = http_conn_output(&c, test_now))) {
		len += mir_buf_copy_out(b, 0, reply + len, sizeof reply - len - 1);
		mir_buf_free(b);
	}
	reply[len] = '\0';
	http_conn_drop(&c);
	return strncmp(reply, "HTTP/1.1 ", 9) == 0 ? atoi(reply + 9) : 0;
}

/* Also of a store where nothing is yet, and so nothing in the way. */
TEST(names_that_the_store_has_not_are_bad_requests)
{
	begin();
	CHECK_EQ(ask("PUT", "/.git/config", "x"), 400);
	CHECK_EQ(ask("PUT", "/a", "x"), 201);
	CHECK_EQ(ask("PUT", "/.git/config", "x"), 400);
	CHECK_EQ(ask("PUT", "/a/b", "x"), 409);
	CHECK_EQ(ask("GET", "/.git/config", ""), 404);
	end();
}

/* Git writes more than the store would: names that nobody could ask for are not listed. */
TEST(what_is_no_documents_name_is_not_listed)
{
	static const char *const none[] = { "bad\xff", "d/\xc3", "one\ntwo", "\x1b[2J", "del\x7f", "" };
	char name[NOTES_NAME], large[NOTES_NAME + 1];

	for (unsigned i = 0; i < sizeof none / sizeof *none; i++)
		CHECK_MSG(!name_from_path(none[i], name), "%u", i);
	memset(large, 'x', sizeof large);
	large[NOTES_NAME] = '\0';
	CHECK(!name_from_path(large, name));
	CHECK(name_from_path(large + 1, name));
	CHECK_STR(name, large + 1);
}
