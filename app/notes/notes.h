/* SPDX-License-Identifier: ISC */
/* app/notes/notes.h - documents over HTTP, kept in a store with their history.
 *
 * What a client sees is in docs/notes.md.  A change is answered when it is durable. */
#ifndef APP_NOTES_NOTES_H
#define APP_NOTES_NOTES_H

#include "mir/http.h"
#include "mir/stack.h"
#include "mir/store.h"

#define NOTES_BRANCH	"main"
#define NOTES_HISTORY	"history"	/* The path that is no document. */
#define NOTES_ETAG	(2 * MIR_OID_SIZE + 3)
#define NOTES_HEX	(2 * MIR_OID_SIZE + 1)

/* Serves 'documents' by 'server', which is on 'net', until that fails.  A negative enum mir_err. */
int notes_start(struct mir_stack *net, struct mir_http *server, struct mir_store *documents);

struct notes {
	struct mir_http_handler handler;	/* First. */
	struct mir_store *store;
};

void notes_init(struct notes *n, struct mir_store *store);

/* What answers for paths under ".mir/"; NULL: nothing. */
struct mir_http_handler *notes_counters(void);

/* --- reply.c: answers in words. */

void notes_say(struct mir_http_response *out, unsigned status, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* What an error of the store, met while it did 'what', is to a client. */
void notes_fail(struct mir_http_response *out, int err, const char *what);
void notes_hex(const struct mir_oid *id, char to[NOTES_HEX]);

/* --- document.c, change.c, list.c, history.c: requests. */

/* The view that a request asks for by ?at=, or of what is there now: false: answered.  Of an empty
 * store the commit is all zeros, and there is nothing to close. */
bool notes_view(struct notes *n, const struct mir_http_request *r, struct mir_store_view *v,
		struct mir_http_response *out);
void notes_view_close(struct mir_store_view *v);

void notes_get(struct notes *n, const struct mir_http_request *r, struct mir_http_response *out);
void notes_change(struct notes *n, const struct mir_http_request *r, struct mir_http_response *out);
void notes_list(struct notes *n, const struct mir_http_request *r, struct mir_http_response *out);
/* Of the documents whose name is 'name', "": of all. */
void notes_history(struct notes *n, const struct mir_http_request *r, const char *name,
		   struct mir_http_response *out);

#endif
