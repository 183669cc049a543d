/* SPDX-License-Identifier: ISC */
/* The request line and the header fields. */
#include <string.h>
#include "net/http/chars.h"
#include "net/http/field.h"
#include "net/http/request.h"

long
http_head_end(const char *p, size_t len, size_t *scanned)
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

	if (!target)
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

/* No name, a folded line or a space before the colon: 400.  What a value may not have ends it, and
 * then is no line's end. */
static unsigned
parse_fields(const char *p, size_t len, struct mir_http_request *r, struct http_fields *f)
{
	const char *end = p + len, *value;
	unsigned status, count = 0;
	size_t name_len, n;

	for (; p < end; p = value + n + 2) {
		name_len = http_span(p, (size_t)(end - p), HTTP_TOKEN);
		value = p + name_len + 1;
		if (!name_len || value >= end || value[-1] != ':')
			return 400;
		n = http_span(value, (size_t)(end - value), HTTP_VALUE);
		if (end - value < (ptrdiff_t)n + 2 || value[n] != '\r' || value[n + 1] != '\n')
			return 400;
		if (++count > HTTP_FIELDS_MAX)
			return 431;
		status = http_field(r, f, p, name_len, value, n);
		if (status)
			return status;
	}
	return 0;
}

unsigned
http_parse_request(char *p, size_t len, struct mir_http_request *out)
{
	struct http_fields f = { 0 };
	char *line_end;
	unsigned status, late;

	memset(out, 0, sizeof *out);
	out->close = true;		/* Until the head is known to be sound. */
	line_end = memchr(p, '\r', len);
	if (!line_end || line_end[1] != '\n')
		return 400;
	late = parse_line(p, (size_t)(line_end - p), out);
	if (late == 400 || late == 505)
		return late;
	line_end += 2;
	status = parse_fields(line_end, len - 2 - (size_t)(line_end - p), out, &f);
	if (!status)
		status = http_fields_done(out, &f);
	return status ? status : late;
}
