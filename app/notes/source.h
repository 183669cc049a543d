/* SPDX-License-Identifier: ISC */
/* app/notes/source.h - long answers, made a page at a time while they are sent: text or JSON. */
#ifndef APP_NOTES_SOURCE_H
#define APP_NOTES_SOURCE_H

#include "app/notes/name.h"
#include "app/notes/notes.h"

#define LEVELS		(CONFIG_STORE_DEPTH + 1)

struct notes_source {
	struct mir_http_source source;	/* First. */
	bool json, begun, done;
	unsigned given;			/* Entries. */
	struct mir_buf *page;		/* That is being filled. */
	const char *open, *close;	/* What stands around JSON's entries. */

	/* 1: went on, and perhaps added an entry; 0: there are no more; or an error. */
	int (*entry)(struct notes_source *);
	void (*end)(struct notes_source *);

	struct mir_store_view view;	/* The list's. */
	char start[NOTES_NAME];		/* How names begin. */
	char path[NOTES_PATH], name[NOTES_NAME];
	struct { uint64_t at; size_t len; } levels[LEVELS];
	unsigned depth;			/* Levels in use. */
	struct mir_store_entry found;

	struct mir_store_log *log;	/* The history's. */
	unsigned limit;
	struct mir_store_commit commit;
};

/* One for an answer, which is filled in; NULL: answered. */
struct notes_source *source_new(const struct mir_http_request *r, struct mir_http_response *out);
/* It isn't the answer after all; nothing has been opened for it. */
void source_cancel(struct notes_source *s, struct mir_http_response *out);

void source_add(struct notes_source *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void source_add_json(struct notes_source *s, const char *text);	/* With its quotes. */

#endif
