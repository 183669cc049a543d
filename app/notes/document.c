/* SPDX-License-Identifier: ISC */
/* One document is read, as it is or as it was. */
#include <stdlib.h>
#include <string.h>
#include "app/notes/name.h"
#include "app/notes/notes.h"
#include "mir/err.h"
#include "mir/format.h"
#include "net/http/select.h"

struct bytes {				/* A value's, viewed by a chain. */
	struct mir_mem mem;		/* First. */
	struct mir_store_value value;
};

static bool
is_id(const char *text)
{
	return strlen(text) == NOTES_HEX - 1 && strspn(text, "0123456789abcdef") == NOTES_HEX - 1;
}

void
notes_view_close(struct mir_store_view *v)
{
	if (!mir_oid_is_zero(&v->commit))
		mir_store_view_close(v);
}

bool
notes_view(struct notes *n, const struct mir_http_request *r, struct mir_store_view *v,
	   struct mir_http_response *out)
{
	char at[NOTES_HEX + 1];
	long len = http_query(&r->query, "at", at, sizeof at);
	int err;

	memset(v, 0, sizeof *v);
	if (len != HTTP_QUERY_NONE && (len < 0 || !is_id(at))) {
		notes_say(out, 400, "at: want the 40 digits of an id in /history");
		return false;
	}
	err = mir_store_view_open(n->store, len < 0 ? NOTES_BRANCH : at, v);
	if (!err)
		return true;
	memset(v, 0, sizeof *v);
	if (err == MIR_ENOENT && len < 0)
		return true;
	if (err == MIR_ENOENT || (len > 0 && err == MIR_EPROTO))
		notes_say(out, 404, "at: there is no version %s", at);
	else
		notes_fail(out, err, "reading");
	return false;
}

static void
release(struct mir_mem *m)
{
	struct bytes *b = (struct bytes *)m;

	mir_store_value_free(&b->value);
	free(b);
}

/* The part of a value, as a chain that holds it. */
static struct mir_buf *
chain_of(struct mir_store_value *v, const struct http_part *part)
{
	struct bytes *b = malloc(sizeof *b);
	struct mir_buf *chain;

	if (!b)
		return NULL;
	*b = (struct bytes){ .mem = { .size = (uint32_t)v->size, .base = v->data,
				      .release = release }, .value = *v };
	chain = mir_buf_view(&b->mem, (uint8_t *)v->data + part->offset, part->len);
	if (!chain)
		free(b);
	return chain;
}

static const char *
type_of(const char *name)
{
	static const char *const types[][2] = {
		{ ".json", "application/json" }, { ".png", "image/png" }, { ".jpg", "image/jpeg" },
		{ ".gif", "image/gif" }, { ".pdf", "application/pdf" },
		{ ".bin", "application/octet-stream" },
	};
	const char *end = strrchr(name, '.');

	for (unsigned i = 0; end && i < sizeof types / sizeof *types; i++)
		if (strcmp(end, types[i][0]) == 0)
			return types[i][1];
	return "text/plain; charset=utf-8";
}

static void
give(const struct mir_http_request *r, struct mir_store_value *v, const char *name,
     const struct mir_kv_info *info, struct mir_http_response *out)
{
	struct http_part part = { 0, v->size };
	char range[80] = "";

	out->status = http_range(r, info, &part);
	if (out->status == 416) {
		notes_say(out, 416, "the document has %zu bytes", v->size);
		part.len = 0;
	} else if (part.len && r->method == MIR_HTTP_GET && !(out->body = chain_of(v, &part))) {
		notes_fail(out, MIR_ENOMEM, "reading");
		part.len = 0;
	} else {
		out->length = part.len;
		out->type = type_of(name);
	}
	if (out->status == 206)
		mir_snprintf(range, sizeof range, "Content-Range: bytes %llu-%llu/%zu\r\n",
			     (unsigned long long)part.offset,
			     (unsigned long long)(part.offset + part.len - 1), v->size);
	else if (out->status == 416)
		mir_snprintf(range, sizeof range, "Content-Range: bytes */%zu\r\n", v->size);
	mir_snprintf(out->extra, sizeof out->extra, "ETag: %s\r\nAccept-Ranges: bytes\r\n"
		     "X-Content-Type-Options: nosniff\r\nCache-Control: no-cache\r\n%s",
		     info->etag, range);
	if (!out->body || !part.len)
		mir_store_value_free(v);
}

static void
read_value(struct mir_store_view *v, const struct mir_http_request *r, const char *name,
	   const char *path, struct mir_http_response *out)
{
	struct mir_store_value value = { .data = NULL };
	struct mir_kv_info info = { 0 };
	char etag[NOTES_ETAG], hex[NOTES_HEX];
	int err = mir_oid_is_zero(&v->commit) ? MIR_ENOENT : mir_store_stat(v, path, &value);

	if (err == MIR_ENOENT || (!err && value.mode == MIR_STORE_FOLDER)) {
		notes_say(out, 404, "there is no document '%s'", name);
		return;
	}
	if (!err) {
		notes_hex(&value.id, hex);
		mir_snprintf(etag, sizeof etag, "\"%s\"", hex);
		info.etag = etag;
		info.size = value.size;
		out->status = http_conditions(r, &info);
	}
	if (!err && out->status == 304)
		mir_snprintf(out->extra, sizeof out->extra, "ETag: %s\r\n", etag);
	else if (!err && out->status)
		notes_say(out, out->status, "the document is %s now", etag);
	else if (err || (err = mir_store_get(v, path, &value)))
		err == MIR_EINVAL ? notes_say(out, 404, "'%s' can't be a document", name) :
				    notes_fail(out, err, "reading");
	else
		give(r, &value, name, &info, out);
}

void
notes_get(struct notes *n, const struct mir_http_request *r, struct mir_http_response *out)
{
	char name[NOTES_NAME], path[NOTES_PATH];
	const char *wrong = name_from_text(&r->path, name);
	struct mir_store_view v;

	if (wrong || !name_to_path(name, path)) {
		notes_say(out, 404, "no document: its name %s", wrong ? wrong : "is too long");
		return;
	}
	if (!notes_view(n, r, &v, out))
		return;
	read_value(&v, r, name, path, out);
	notes_view_close(&v);
}
