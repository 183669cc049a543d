/* SPDX-License-Identifier: ISC */
/* A document is put or removed: answered when the store says that it is durable. */
#include <stdlib.h>
#include <string.h>
#include "app/notes/name.h"
#include "app/notes/notes.h"
#include "mir/err.h"
#include "mir/format.h"
#include "mir/stats.h"
#include "net/http/select.h"

#define TRIES		8		/* Of a conditional change, while others change it. */
#define MESSAGE_MAX	320

static uint64_t puts_done, removed;
MIR_COUNTER(notes_puts, &puts_done, "documents put, and durable");
MIR_COUNTER(notes_removed, &removed, "documents removed, and that durable");

struct document {
	const char *name;
	char path[NOTES_PATH], message[MESSAGE_MAX];
	bool there, empty;		/* Empty: the store has nothing at all. */
	struct mir_store_value old;	/* Zeros where there is none. */
	void *copy;			/* Of the content, where it came in pieces. */
};

/* What is there now. */
static int
look(struct notes *n, struct document *d)
{
	struct mir_store_view v;
	int err = mir_store_view_open(n->store, NOTES_BRANCH, &v);

	d->empty = err == MIR_ENOENT;
	if (!err) {
		err = mir_store_stat(&v, d->path, &d->old);
		mir_store_view_close(&v);
	}
	d->there = !err && d->old.mode != MIR_STORE_FOLDER;
	if (!d->there)
		memset(&d->old, 0, sizeof d->old);
	return err == MIR_ENOENT ? MIR_OK : err;
}

static bool
conditions_hold(const struct document *d, const struct mir_http_request *r,
		struct mir_http_response *out)
{
	char hex[NOTES_HEX], etag[NOTES_ETAG];
	struct mir_kv_info info = { .etag = etag };

	notes_hex(&d->old.id, hex);
	mir_snprintf(etag, sizeof etag, "\"%s\"", hex);
	out->status = http_conditions(r, d->there ? &info : NULL);
	if (!out->status)
		return true;
	if (d->there)
		notes_say(out, 412, "the document is %s now", etag);
	else
		notes_say(out, 412, "there is no document '%s'", d->name);
	return false;
}

/* In one piece; NULL: no memory. */
static const void *
flat(struct document *d, const struct mir_http_request *r)
{
	if (!r->content)
		return "";
	if (!r->content->next)
		return r->content->data;
	d->copy = malloc((size_t)r->content_len);
	if (d->copy)
		mir_buf_copy_out(r->content, 0, d->copy, (size_t)r->content_len);
	return d->copy;
}

/* MIR_EEXIST: somebody else changed it since we looked. */
static int
commit(struct notes *n, struct document *d, const struct mir_http_request *r, const void *data,
       struct mir_oid *out)
{
	bool conditional = r->if_match.p || r->if_none_match.p;
	struct mir_store_change c = { .path = d->path, .mode = MIR_STORE_NONE };
	struct mir_store_note note = { .message = d->message };

	if (r->method == MIR_HTTP_PUT)
		c = (struct mir_store_change){ d->path, MIR_STORE_VALUE, data,
			(size_t)r->content_len, NULL };
	if (conditional)
		c.expect = &d->old.id;
	return mir_store_update(n->store, NOTES_BRANCH, &c, 1, &note, out);
}

/* The new value's tag, and the version that has it first. */
static void
answer_put(struct notes *n, const struct document *d, const struct mir_oid *commit,
	   struct mir_http_response *out)
{
	struct mir_store_value value;
	struct mir_store_view v;
	char version[NOTES_HEX], hex[NOTES_HEX];
	int err = mir_store_view_commit(n->store, commit, &v);

	puts_done++;
	notes_hex(commit, version);
	if (d->there)
		out->status = 204;
	else
		notes_say(out, 201, "created, version %s", version);
	if (err)
		return;
	err = mir_store_stat(&v, d->path, &value);
	mir_store_view_close(&v);
	if (err)
		return;
	notes_hex(&value.id, hex);
	mir_snprintf(out->extra, sizeof out->extra, "ETag: \"%s\"\r\nVersion: %s\r\n", hex, version);
}

static void
bad_name(const struct document *d, struct mir_http_response *out)
{
	notes_say(out, 400, "'%s' can't be a document's name", d->name);
}

static void
answer(struct notes *n, const struct document *d, const struct mir_http_request *r, int err,
       const struct mir_oid *commit, struct mir_http_response *out)
{
	char version[NOTES_HEX];

	if (err == MIR_EEXIST) {
		notes_say(out, 409, "'%s' is changed by others all the time", d->name);
	} else if (err == MIR_EINVAL && d->empty) {
		bad_name(d, out);
	} else if (err == MIR_ENOENT) {
		notes_say(out, 404, "there is no document '%s'", d->name);
	} else if (err) {
		notes_fail(out, err, r->method == MIR_HTTP_PUT ? "putting" : "removing");
	} else if (r->method == MIR_HTTP_PUT) {
		answer_put(n, d, commit, out);
	} else {
		removed++;
		out->status = 204;
		notes_hex(commit, version);
		mir_snprintf(out->extra, sizeof out->extra, "Version: %s\r\n", version);
	}
}

static void
change(struct notes *n, struct document *d, const struct mir_http_request *r,
       struct mir_http_response *out)
{
	const void *data = flat(d, r);
	struct mir_oid id;
	int err = data ? MIR_EEXIST : MIR_ENOMEM;

	for (unsigned i = 0; i < TRIES && err == MIR_EEXIST; i++) {
		err = look(n, d);
		if (err == MIR_EINVAL) {
			bad_name(d, out);
			return;
		}
		if (!err && !conditions_hold(d, r, out))
			return;
		if (!err && !d->there && r->method == MIR_HTTP_DELETE)
			err = MIR_ENOENT;
		if (!err)
			err = commit(n, d, r, data, &id);
	}
	answer(n, d, r, err, &id, out);
}

/* The client's words, or ours; false: they are no text of that length. */
static bool
find_message(struct document *d, const struct mir_http_request *r)
{
	long len = http_query(&r->query, "message", d->message, sizeof d->message);

	if (len == HTTP_QUERY_NONE)
		mir_snprintf(d->message, sizeof d->message, "%s %s",
			     r->method == MIR_HTTP_PUT ? "put" : "remove", d->name);
	return len != -1;
}

void
notes_change(struct notes *n, const struct mir_http_request *r, struct mir_http_response *out)
{
	struct document *d = calloc(1, sizeof *d);
	char name[NOTES_NAME];
	const char *wrong = name_from_text(&r->path, name);

	if (!d) {
		notes_fail(out, MIR_ENOMEM, "changing");
		return;
	}
	d->name = name;
	if (!wrong && !name_to_path(name, d->path))
		wrong = "is too long";
	if (wrong)
		notes_say(out, 400, "no document: its name %s", wrong);
	else if (r->partial)		/* RFC 9110 14.5: taken for the whole it would be lost. */
		notes_say(out, 400, "a document is put whole, not a part of it");
	else if (r->coded)
		notes_say(out, 415, "a document is put as it is, without Content-Encoding");
	else if (!find_message(d, r))
		notes_say(out, 400, "message: want up to %u bytes of text", MESSAGE_MAX - 1);
	else
		change(n, d, r, out);
	free(d->copy);
	free(d);
}
