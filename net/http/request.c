/* SPDX-License-Identifier: ISC */
/* The request line and the header fields. */
#include <string.h>
#include "mir/panic.h"
#include "net/http/chars.h"
#include "net/http/field.h"
#include "net/http/request.h"

long
http_head_search(const char *p, size_t len, size_t *scanned)
{
	const char *end = p + len, *at = p + *scanned;

	for (; at < end && (at = memchr(at, '\n', (size_t)(end - at))); at++) {
		if (at == p || at[-1] != '\r')
			return -1;
		if (at - p >= 3 && at[-2] == '\n')
			return at + 1 - p;
	}
	*scanned = len;
	return 0;
}

/* 501 for what no RFC names; 405 comes later for what it names and we don't serve. */
static unsigned
parse_method(const char *p, size_t len, enum mir_http_method *out)
{
	static const char *const known[] = { "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS",
		"PATCH", "TRACE", "CONNECT" };	/* As enum mir_http_method begins. */

	if (len == 3 && memcmp(p, "GET", 3) == 0)
		return 0;		/* The first of the enum. */
	if (!len || http_span(p, len, HTTP_TOKEN) < len)
		return 400;
	for (unsigned i = 0; i < sizeof known / sizeof *known; i++) {
		if (strlen(known[i]) == len && memcmp(p, known[i], len) == 0) {
			*out = i < MIR_HTTP_OTHER ? (enum mir_http_method)i : MIR_HTTP_OTHER;
			return 0;
		}
	}
	return 501;
}

static unsigned
parse_version(const char *p, size_t len, unsigned *minor)
{
	if (len != 8 || memcmp(p, "HTTP/", 5) != 0 || p[6] != '.' || p[5] < '0' || p[5] > '9' ||
	    p[7] < '0' || p[7] > '9')
		return 400;
	if (p[5] != '1')
		return 505;
	*minor = p[7] == '0' ? 0 : 1;
	return 0;
}

static unsigned
parse_line(char *p, size_t len, struct mir_http_request *r)
{
	char *target = memchr(p, ' ', len), *version;
	unsigned status, late = 0;

	if (!target || memchr(target, '\n', len - (size_t)(target - p)))
		return 400;
	r->name = (struct mir_http_text){ p, (size_t)(target - p) };
	status = parse_method(p, r->name.len, &r->method);
	if (status == 400)
		return 400;
	late = status;
	target++;
	version = memchr(target, ' ', len - (size_t)(target - p));
	if (!version)
		return 400;
	status = parse_version(version + 1, len - (size_t)(version + 1 - p), &r->minor);
	if (status || late)
		return status ? status : late;
	if (version - target > HTTP_TARGET_MAX)
		return 414;
	if (r->method == MIR_HTTP_OTHER)	/* May be "*" or an authority; refused all the same. */
		return 0;
	return http_parse_target(target, (size_t)(version - target), &r->path, &r->query);
}

/* Nearly every request: GET of a path with nothing to be decoded and no segment that starts with a
 * dot.  Where the next line starts; NULL: anything else, for parse_line to judge. */
static char *
usual_line(char *p, const char *end, struct mir_http_request *r)
{
	static const char method[] = "GET /", version[] = " HTTP/1.1\r\n";
	char *path = p + sizeof method - 1, *at = path;

	if (end - p < 8 || memcmp(p, method, sizeof method - 1) != 0)
		return NULL;
	for (;; at++) {
		at = (char *)http_run(at, HTTP_PATH);
		if (*at != '.' || at[-1] == '/')
			break;
	}
	if (end - at < (ptrdiff_t)sizeof version || at - path >= HTTP_TARGET_MAX ||
	    memcmp(at, version, sizeof version - 1) != 0)
		return NULL;
	r->name = (struct mir_http_text){ p, 3 };
	r->path = (struct mir_http_text){ path, (size_t)(at - path) };
	r->minor = 1;
	return at + sizeof version - 1;
}

/* Any request line.  NULL: refused, by '*status'; else that is for when the fields are fine. */
static char *
any_line(char *p, size_t len, struct mir_http_request *r, unsigned *status)
{
	char *end = memchr(p, '\r', len);

	*status = end && end[1] == '\n' ? parse_line(p, (size_t)(end - p), r) : 400;
	return *status == 400 || *status == 505 ? NULL : end + 2;
}

static unsigned
parse(char *p, size_t len, struct mir_http_request *out, size_t *used)
{
	const char *end = p + len, *at = usual_line(p, end, out);
	struct http_fields f = { 0 };
	unsigned status, late = 0;

	if (!at) {
		at = any_line(p, len, out, &late);
		if (!at)
			return late;
	}
	status = http_fields_read(&at, end - 8, out, &f);
	if (status)
		return status;
	*used = (size_t)(at - p);
	status = http_fields_done(out, &f);
	return status ? status : late;
}

/* A line without CR is refused as such, whatever else is the matter: http_head_end may have seen it,
 * or not. */
unsigned
http_parse_request(char *p, size_t len, struct mir_http_request *out, size_t *used)
{
	size_t scanned = 0;
	unsigned status;

	MIR_ASSERT(http_ends_whole(p, len));
	*out = (struct mir_http_request){ .close = true };	/* Until the head is known to be sound. */
	*used = len;
	status = parse(p, len, out, used);
	if (status && http_head_search(p, len, &scanned) < 0) {
		*out = (struct mir_http_request){ .close = true };
		status = 400;
	}
	return status;
}
