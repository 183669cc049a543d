/* SPDX-License-Identifier: ISC */
/* The list of documents: of one version, while it is sent. */
#include <string.h>
#include "app/notes/source.h"
#include "mir/err.h"
#include "mir/format.h"

static void
add(struct notes_source *s)
{
	char id[NOTES_HEX];

	notes_hex(&s->found.id, id);
	if (!s->json) {
		source_add(s, "%s\n", s->name);
	} else {
		source_add(s, "%s\n{\"name\":", s->given ? "," : "");
		source_add_json(s, s->name);
		source_add(s, ",\"id\":\"%s\"}", id);
	}
	s->given++;
}

/* Into a folder; one that is too deep has no document. */
static void
enter(struct notes_source *s, size_t len)
{
	if (s->depth == LEVELS)
		return;
	s->levels[s->depth].at = 0;
	s->levels[s->depth++].len = len;
}

static int
entry(struct notes_source *s)
{
	size_t had, len;
	int got;

	if (s->depth == 0)
		return 0;
	had = s->levels[s->depth - 1].len;
	s->path[had] = '\0';
	got = mir_store_list(&s->view, s->path, &s->levels[s->depth - 1].at, &s->found);
	if (got == MIR_ENOENT && s->depth == 1)
		return 0;		/* The folder to begin with. */
	if (got < 0)
		return got;
	if (got == 0) {
		s->depth--;
		return 1;
	}
	len = had + (size_t)mir_snprintf(s->path + had, sizeof s->path - had, "%s%s",
					 had ? "/" : "", s->found.name);
	if (len >= sizeof s->path)
		return 1;
	if (s->found.mode == MIR_STORE_FOLDER)
		enter(s, len);
	else if (name_from_path(s->path, s->name) &&
		 strncmp(s->name, s->start, strlen(s->start)) == 0)
		add(s);
	return 1;
}

static void
end(struct notes_source *s)
{
	notes_view_close(&s->view);
}

/* "" or a name with a slash at its end. */
void
notes_list(struct notes *n, const struct mir_http_request *r, struct mir_http_response *out)
{
	struct notes_source *s;

	if (r->path.len >= NOTES_NAME) {
		notes_say(out, 404, "no folder has a name that long");
		return;
	}
	s = source_new(r, out);
	if (!s)
		return;
	if (!notes_view(n, r, &s->view, out)) {
		source_cancel(s, out);
		return;
	}
	s->entry = entry;
	s->end = end;
	s->open = "{\"documents\":[";
	s->close = "\n]}\n";
	memcpy(s->start, r->path.p, r->path.len);
	name_folder(s->start, s->path);
	if (!mir_oid_is_zero(&s->view.commit))
		enter(s, strlen(s->path));
}
