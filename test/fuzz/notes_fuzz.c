/* SPDX-License-Identifier: ISC */
/* sources: app/notes/change.c app/notes/document.c app/notes/history.c app/notes/list.c */
/* sources: app/notes/name.c app/notes/name_spread.c app/notes/no_counters.c app/notes/notes.c */
/* sources: app/notes/reply.c app/notes/source.c net/http/[a-z]*.c fs/store/[a-z]*.c fs/mem/path.c */
/* notes: requests with names, queries, conditions and bodies as somebody likes them, to a store in
 * memory.  Answers start like answers, and what is put by a good name is there. */
#include "app/notes/notes.h"
#include "fs/store/store.h"
#include "net/http/http.h"
#include "test/fuzz/fuzz.h"
#include "test/unit/harness.h"

static void
drain(struct http_conn *c)
{
	char start[5] = "";
	struct mir_buf *b;

	for (unsigned n = 0; (b = http_conn_output(c, test_now)); n++) {
		CHECK_MSG(n < 100000, "output without end");
		if (!start[0])
			mir_buf_copy_out(b, 0, start, 4);
		mir_buf_free(b);
	}
	CHECK(!start[0] || __builtin_strcmp(start, "HTTP") == 0);
}

void
fuzz_one(const uint8_t *data, size_t len)
{
	struct mir_store *store;
	struct mir_odb *odb;
	struct notes notes;
	struct http_server server = { .handler = &notes.handler, .body_limit = 3000 };
	struct http_conn c;

	CHECK_EQ(store_memory_open(&odb), 0);
	CHECK_EQ(store_open(odb, mir_clock, &store), 0);
	notes_init(&notes, store);
	http_conn_init(&c, &server, test_now);
	if (len)
		http_conn_input(&c, test_now, mir_buf_copy_in(data, len));
	drain(&c);
	http_conn_input(&c, test_now, NULL);
	drain(&c);
	CHECK(!http_conn_wants_input(&c) && !c.broken);
	http_conn_drop(&c);
	store_close(store);
	store_memory_close(odb);
}
