/* SPDX-License-Identifier: ISC */
/* What was changed, when, and in which words: newest first, a page of it at a time. */
#include <string.h>
#include "app/notes/source.h"
#include "lib/text.h"
#include "mir/err.h"
#include "mir/format.h"
#include "net/http/date.h"
#include "net/http/request.h"

#define LIMIT		100u		/* Entries, unless the client says. */
#define LIMIT_MAX	1000u

/* "1994-11-06T08:49:37Z" (RFC 3339). */
static void
add_time(struct notes_source *s)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	char d[HTTP_DATE];
	unsigned month = 0;

	http_date_format(s->commit.time, d);
	while (month < 11 && memcmp(months + 3 * month, d + 8, 3) != 0)
		month++;
	source_add(s, "%.4s-%02u-%.2sT%.8sZ", d + 12, month + 1, d + 5, d + 17);
}

static void
add_text(struct notes_source *s, const char *id)
{
	char *end = strchr(s->commit.message, '\n');

	if (end)
		*end = '\0';
	source_add(s, "%s ", id);
	add_time(s);
	source_add(s, " %s\n", s->commit.message);
}

static void
add_json(struct notes_source *s, const char *id)
{
	source_add(s, "%s\n{\"id\":\"%s\",\"time\":\"", s->given ? "," : "", id);
	add_time(s);
	source_add(s, "\",\"message\":");
	source_add_json(s, s->commit.message);
	source_add(s, "}");
}

/* Behind the last entry of a page: where the next page begins. */
static int
more(struct notes_source *s, const char *id)
{
	if (s->json)
		source_add(s, "\n],\"next\":\"%s\"}\n", id);
	else
		source_add(s, "# more: ?at=%s\n", id);
	s->close = "";
	return 0;
}

static int
entry(struct notes_source *s)
{
	int got = s->log ? mir_store_log_next(s->log, &s->commit) : 0;
	char id[NOTES_HEX], *m = s->commit.message;

	if (got <= 0)
		return got;
	notes_hex(&s->commit.id, id);
	if (s->given == s->limit)
		return more(s, id);
	m[strlen(m) - (*m && m[strlen(m) - 1] == '\n')] = '\0';
	if (s->json)
		add_json(s, id);
	else
		add_text(s, id);
	s->given++;
	return 1;
}

static void
end(struct notes_source *s)
{
	if (s->log)
		mir_store_log_close(s->log);
}

/* false: answered. */
static bool
find_limit(const struct mir_http_request *r, unsigned *limit, struct mir_http_response *out)
{
	char text[12];
	const char *at = text;
	long len = http_query(&r->query, "limit", text, sizeof text);
	uint32_t n;

	*limit = LIMIT;
	if (len == HTTP_QUERY_NONE)
		return true;
	if (len <= 0 || text_number(&at, LIMIT_MAX, &n) || *at || !n) {
		notes_say(out, 400, "limit: want 1 to %u", LIMIT_MAX);
		return false;
	}
	*limit = n;
	return true;
}

/* 'view' is where it begins; false: answered. */
static bool
open_log(struct notes *n, const struct mir_store_view *view, const char *name,
	 struct mir_store_log **log, struct mir_http_response *out)
{
	char path[NOTES_PATH] = "", revision[NOTES_HEX];
	int err = MIR_OK;

	*log = NULL;
	if (*name && !name_to_path(name, path)) {
		notes_say(out, 404, "no document: its name is too long");
		return false;
	}
	notes_hex(&view->commit, revision);
	if (!mir_oid_is_zero(&view->commit))
		err = mir_store_log_open(n->store, revision, path, log);
	if (err)
		notes_fail(out, err, "reading the history");
	return !err;
}

void
notes_history(struct notes *n, const struct mir_http_request *r, const char *name,
	      struct mir_http_response *out)
{
	struct mir_store_log *log = NULL;
	struct mir_store_view v;
	struct notes_source *s;
	unsigned limit;
	bool fine;

	if (!find_limit(r, &limit, out) || !notes_view(n, r, &v, out))
		return;
	fine = open_log(n, &v, name, &log, out);
	notes_view_close(&v);
	s = fine ? source_new(r, out) : NULL;
	if (!s) {
		if (log)
			mir_store_log_close(log);
		return;
	}
	s->log = log;
	s->limit = limit;
	s->entry = entry;
	s->end = end;
	s->open = "{\"history\":[";
	s->close = "\n],\"next\":null}\n";
}
