/* SPDX-License-Identifier: ISC */
/* Files of a kv over HTTP: index pages, conditions, ranges, compressed variants. */
#include <string.h>
#include "mir/err.h"
#include "mir/format.h"
#include "net/http/date.h"
#include "net/http/http.h"
#include "net/http/select.h"

#define KEY_MAX	512
static const char index_name[] = "index.html";

/* The key of a path: a folder's is that of its index page.  Its length, 0: too long. */
static size_t
key_of(const struct mir_http_text *path, char key[KEY_MAX])
{
	size_t len = path->len;

	if (len + sizeof index_name + 1 > KEY_MAX)
		return 0;
	memcpy(key, path->p, len);
	if (len == 0 || key[len - 1] == '/') {
		memcpy(key + len, index_name, sizeof index_name - 1);
		len += sizeof index_name - 1;
	}
	return len;
}

/* "docs" is asked for and "docs/index.html" is there: the client has to learn of the slash, or
 * the page's relative links break.  The header line, or false: it is a plain 404. */
static bool
moved(struct http_files *f, const struct mir_http_text *path, char *key, char extra[MIR_HTTP_EXTRA])
{
	static const char start[] = "Location: /", end[] = "/\r\n";
	size_t at = sizeof start - 1, len = path->len;
	struct mir_kv_info info;

	if (!len || path->p[len - 1] == '/' ||
	    !http_encode_path(path, extra + at, MIR_HTTP_EXTRA - at - (sizeof end - 1)))
		return false;
	memcpy(key, path->p, len);
	key[len] = '/';
	memcpy(key + len + 1, index_name, sizeof index_name - 1);
	if (mir_kv_stat(f->kv, key, len + sizeof index_name, &info))
		return false;
	memcpy(extra, start, at);
	memcpy(extra + strlen(extra), end, sizeof end);
	return true;
}

static void
missing(struct http_files *f, const struct mir_http_text *path, char *key, struct mir_http_response *out)
{
	if (moved(f, path, key, out->extra)) {
		http_response_text(out, 301);
	} else {
		out->extra[0] = '\0';
		http_response_text(out, 404);
	}
}

static void
describe(struct mir_http_response *out, const char *more)
{
	const struct mir_kv_info *info = &out->info;
	bool variants = info->encoded_size[MIR_KV_GZIP] != 0;
	bool gzip = out->encoding == MIR_KV_GZIP;
	char date[HTTP_DATE];
	int tag = (int)strlen(info->etag) - 1;

	http_date_format(info->mtime, date);
	mir_snprintf(out->extra, sizeof out->extra,
		     "ETag: %.*s%s\"\r\nLast-Modified: %s\r\nAccept-Ranges: bytes\r\n%s%s%s",
		     tag, info->etag, gzip ? "-gzip" : "", date,
		     variants ? "Vary: Accept-Encoding\r\n" : "",
		     gzip ? "Content-Encoding: gzip\r\n" : "", more);
}

static void
serve(const struct mir_http_request *r, struct mir_http_response *out)
{
	const struct mir_kv_info *info = &out->info;
	struct http_part part = { 0, info->size };
	char more[80] = "";

	out->type = info->type;
	out->status = http_conditions(r, info);
	if (!out->status)
		out->status = http_range(r, info, &part);
	if (out->status == 412) {
		http_response_text(out, 412);
		return;
	}
	if (out->status == 416) {
		http_response_text(out, 416);
		mir_snprintf(out->extra, sizeof out->extra, "Content-Range: bytes */%llu\r\n",
			     (unsigned long long)info->size);
		return;
	}
	if (out->status == 206) {
		mir_snprintf(more, sizeof more, "Content-Range: bytes %llu-%llu/%llu\r\n",
			     (unsigned long long)part.offset,
			     (unsigned long long)(part.offset + part.len - 1),
			     (unsigned long long)info->size);
	} else if (info->encoded_size[MIR_KV_GZIP] && http_prefers_gzip(r)) {
		out->encoding = MIR_KV_GZIP;
		part.len = info->encoded_size[MIR_KV_GZIP];
	}
	out->offset = part.offset;
	out->length = part.len;
	describe(out, more);
}

static void
files_handle(struct mir_http_handler *h, const struct mir_http_request *r, struct mir_http_response *out)
{
	struct http_files *f = (struct http_files *)h;
	char key[KEY_MAX];
	size_t len;
	int err;

	if (f->next && r->path.len > 5 && memcmp(r->path.p, ".mir/", 5) == 0) {
		f->next->handle(f->next, r, out);
		return;
	}
	len = key_of(&r->path, key);
	if (!len) {
		http_response_text(out, 404);
		return;
	}
	err = mir_kv_stat(f->kv, key, len, &out->info);
	if (err == MIR_ENOENT || err == MIR_EACCES) {
		missing(f, &r->path, key, out);
		return;
	}
	if (err) {
		http_response_text(out, err == MIR_ENOMEM || err == MIR_EAGAIN ? 503 : 500);
		return;
	}
	out->kv = f->kv;
	serve(r, out);
}

void
http_files_init(struct http_files *f, struct mir_kv *kv, struct mir_http_handler *next)
{
	*f = (struct http_files){ .kv = kv, .next = next,
		.handler = { .blocks = kv->ops->blocks, .handle = files_handle } };
}
