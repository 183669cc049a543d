/* SPDX-License-Identifier: ISC */
/* Long answers: their form, and their pages. */
#include <stdarg.h>
#include <string.h>
#include "app/notes/source.h"
#include "mir/err.h"
#include "mir/format.h"
#include "mir/page.h"
#include "mir/pool.h"
#include "net/http/field.h"
#include "net/http/http.h"

#define ENTRY_MAX	2200u		/* Bytes of an entry, with all of it escaped. */

static struct mir_pool sources = MIR_POOL(struct notes_source, "notes lists", CONFIG_NOTES_LISTS);

void
source_add(struct notes_source *s, const char *fmt, ...)
{
	size_t room = MIR_PAGE_SIZE - s->page->len, n;
	va_list ap;

	va_start(ap, fmt);
	n = (size_t)mir_vsnprintf((char *)s->page->data + s->page->len, room, fmt, ap);
	va_end(ap);
	s->page->len += (uint32_t)(n < room ? n : room - 1);
}

/* RFC 8259 7. */
void
source_add_json(struct notes_source *s, const char *text)
{
	source_add(s, "\"");
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			source_add(s, "\\%c", *text);
		else if ((unsigned char)*text < 0x20)
			source_add(s, "\\u%04x", *text);
		else
			source_add(s, "%c", *text);
	}
	source_add(s, "\"");
}

/* Goes on until the page has something and has no room for one more. */
static int
fill(struct notes_source *s)
{
	int got = 1;

	if (!s->begun && s->json)
		source_add(s, "%s", s->open);
	s->begun = true;
	while (got > 0 && s->page->len + ENTRY_MAX < MIR_PAGE_SIZE)
		got = s->entry(s);
	if (got < 0)
		return got;
	s->done = got == 0;
	if (s->done && s->json)
		source_add(s, "%s", s->close);
	return MIR_OK;
}

static int
next(struct mir_http_source *source, struct mir_buf **out)
{
	struct notes_source *s = (struct notes_source *)source;
	int err;

	if (s->done)
		return 0;
	s->page = mir_buf_alloc(0, MIR_PAGE_SIZE);
	if (!s->page)
		return MIR_ENOMEM;
	s->page->len = 0;
	err = fill(s);
	if (err || !s->page->len) {
		mir_buf_free(s->page);
		return err;
	}
	*out = s->page;
	return 1;
}

static void
drop(struct mir_http_source *source)
{
	struct notes_source *s = (struct notes_source *)source;

	s->end(s);
	mir_pool_put(&sources, s);
}

static void
look_for_json(void *json, struct mir_http_text t)
{
	const char *end = memchr(t.p, ';', t.len);

	if (end)
		t.len = (size_t)(end - t.p);
	while (t.len && t.p[t.len - 1] == ' ')
		t.len--;
	*(bool *)json |= http_text_is(&t, "application/json");
}

/* false: answered. */
static bool
form(const struct mir_http_request *r, bool *json, struct mir_http_response *out)
{
	char format[8];
	long len = http_query(&r->query, "format", format, sizeof format);

	*json = strcmp(format, "json") == 0;
	if (len == HTTP_QUERY_NONE && r->accept.p)
		http_list_each(&r->accept, look_for_json, json);
	if (len == HTTP_QUERY_NONE || *json || strcmp(format, "text") == 0)
		return true;
	notes_say(out, 400, "format: want text or json");
	return false;
}

void
source_cancel(struct notes_source *s, struct mir_http_response *out)
{
	out->source = NULL;
	out->extra[0] = '\0';
	mir_pool_put(&sources, s);
}

struct notes_source *
source_new(const struct mir_http_request *r, struct mir_http_response *out)
{
	struct notes_source *s;
	bool json;

	if (!form(r, &json, out))
		return NULL;
	s = mir_pool_get(&sources);
	if (!s) {
		notes_say(out, 503, "too many lists at a time; try again");
		return NULL;
	}
	s->source = (struct mir_http_source){ next, drop };
	s->json = json;
	out->status = 200;
	out->type = json ? "application/json" : "text/plain; charset=utf-8";
	mir_snprintf(out->extra, sizeof out->extra, "Cache-Control: no-cache\r\nVary: Accept\r\n");
	out->source = &s->source;
	return s;
}
