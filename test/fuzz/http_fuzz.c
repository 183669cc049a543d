/* SPDX-License-Identifier: ISC */
/* sources: net/http/conn.c net/http/request.c net/http/field.c net/http/target.c net/http/date.c */
/* sources: net/http/select.c net/http/body.c net/http/response.c net/http/files.c net/http/log.c */
/* sources: test/unit/net/http/site.c */
/* The HTTP engine: bytes in pieces, as a connection brings them; whatever came, each answer
 * starts like one. */
#include "net/http/http.h"
#include "test/fuzz/fuzz.h"
#include "test/unit/harness.h"
#include "test/unit/net/http/site.h"

static mir_ns
wall(void)
{
	return MIR_SEC(784111777);
}

static void
drain(struct http_conn *c)
{
	struct mir_buf *b;

	for (unsigned n = 0; (b = http_conn_output(c, test_now)); n++) {
		CHECK_MSG(n < 100000, "output without end");
		CHECK(mir_buf_len(b) > 0);
		mir_buf_free(b);
	}
}

/* The first byte is the size of the pieces. */
void
fuzz_one(const uint8_t *data, size_t len)
{
	static struct mir_kv *site;
	struct http_files files;
	struct http_server server = { .handler = &files.handler, .wall = wall };
	struct http_conn c;
	size_t piece = len ? data[0] + 1u : 1, n;

	if (!site)
		site = site_open();
	http_files_init(&files, site, NULL);
	http_conn_init(&c, &server, test_now);
	for (size_t at = 1; at < len && http_conn_wants_input(&c); at += n) {
		n = len - at < piece ? len - at : piece;
		http_conn_input(&c, test_now, mir_buf_copy_in(data + at, n));
		drain(&c);
	}
	if (http_conn_wants_input(&c)) {
		http_conn_input(&c, test_now, NULL);
		drain(&c);
	}
	http_conn_drop(&c);
}
