/* SPDX-License-Identifier: ISC */
/* Conditions, ranges, encodings. */
#include <string.h>
#include "net/http/date.h"
#include "net/http/field.h"
#include "net/http/select.h"

struct etag_match {
	const char *etag;		/* Ours, with quotes. */
	bool strong, found;
};

/* The gzip variant's tag is ours with "-gzip" before the closing quote. */
static bool
same_tag(const char *etag, const char *p, size_t len)
{
	static const char suffix[] = "-gzip\"";
	size_t n = strlen(etag), s = sizeof suffix - 1;

	if (len == n && memcmp(etag, p, n) == 0)
		return true;
	return len == n - 1 + s && memcmp(etag, p, n - 1) == 0 &&
	    memcmp(p + n - 1, suffix, s) == 0;
}

static void
match(void *ctx, struct mir_http_text t)
{
	struct etag_match *m = ctx;

	if (t.len > 2 && t.p[0] == 'W' && t.p[1] == '/') {
		if (m->strong)
			return;
		t.p += 2;
		t.len -= 2;
	}
	if (same_tag(m->etag, t.p, t.len))
		m->found = true;
}

static bool
matches(const struct mir_http_text *list, const char *etag, bool strong)
{
	struct etag_match m = { etag, strong, list->len == 1 && *list->p == '*' };

	http_list_each(list, match, &m);
	return m.found;
}

unsigned
http_conditions(const struct mir_http_request *r, const struct mir_kv_info *info)
{
	bool reads = r->method <= MIR_HTTP_HEAD;
	uint64_t t;

	if (!info)
		return r->if_match.p ? 412 : 0;
	if (r->if_match.p) {
		if (!matches(&r->if_match, info->etag, true))
			return 412;
	} else if (r->if_unmodified_since.p &&
		   !http_date_parse(r->if_unmodified_since.p, r->if_unmodified_since.len, &t) &&
		   info->mtime > t) {
		return 412;
	}
	if (r->if_none_match.p)
		return !matches(&r->if_none_match, info->etag, false) ? 0 : reads ? 304 : 412;
	if (reads && r->if_modified_since.p &&
	    !http_date_parse(r->if_modified_since.p, r->if_modified_since.len, &t) &&
	    info->mtime <= t)
		return 304;
	return 0;
}

static bool
if_range_holds(const struct mir_http_request *r, const struct mir_kv_info *info)
{
	const struct mir_http_text *t = &r->if_range;
	uint64_t when;

	if (!t->p)
		return true;
	if (t->len && t->p[0] == '"')
		return strlen(info->etag) == t->len && memcmp(info->etag, t->p, t->len) == 0;
	return !http_date_parse(t->p, t->len, &when) && when == info->mtime;
}

static bool
number(const char **p, const char *end, uint64_t *out)
{
	const char *from = *p;
	uint64_t n = 0;

	for (; *p < end && **p >= '0' && **p <= '9'; (*p)++) {
		if (n > (UINT64_MAX - 9) / 10)
			return false;
		n = n * 10 + (uint64_t)(**p - '0');
	}
	*out = n;
	return *p > from;
}

unsigned
http_range(const struct mir_http_request *r, const struct mir_kv_info *info, struct http_part *out)
{
	const char *p = r->range.p, *end;
	uint64_t first = 0, last = UINT64_MAX;
	bool has_first;

	if (!p || r->method != MIR_HTTP_GET || !if_range_holds(r, info))
		return 200;
	if (r->range.len < 7 || memcmp(p, "bytes=", 6) != 0)
		return 200;
	end = p + r->range.len;
	p += 6;
	has_first = number(&p, end, &first);
	if (p >= end || *p++ != '-')
		return 200;
	if (p < end && !number(&p, end, &last))
		return 200;
	if (p != end || (!has_first && last == UINT64_MAX) || (has_first && last < first))
		return 200;
	if (!has_first) {
		if (last == 0 || info->size == 0)
			return 416;
		first = last < info->size ? info->size - last : 0;
		last = UINT64_MAX;
	}
	if (first >= info->size)
		return 416;
	if (last >= info->size)
		last = info->size - 1;
	*out = (struct http_part){ first, last - first + 1 };
	return 206;
}

/* Weights in thousandths; -1: not in the list. */
struct codings {
	int gzip, identity, any;
};

/* The weight behind a ';' (RFC 9110 12.4.2). */
static int
weight(const char *p, const char *end)
{
	int q = 0, unit = 100;

	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	if (end - p < 3 || (*p | 0x20) != 'q' || p[1] != '=' || p[2] != '0')
		return 1000;
	for (p += 3; p < end && (*p == '.' || (*p >= '0' && *p <= '9')); p++) {
		if (*p != '.') {
			q += (*p - '0') * unit;
			unit /= 10;
		}
	}
	return q;
}

static void
look(void *ctx, struct mir_http_text t)
{
	const char *semicolon = memchr(t.p, ';', t.len);
	int q = semicolon ? weight(semicolon + 1, t.p + t.len) : 1000;
	struct codings *c = ctx;

	if (semicolon)
		t.len = (size_t)(semicolon - t.p);
	while (t.len && (t.p[t.len - 1] == ' ' || t.p[t.len - 1] == '\t'))
		t.len--;
	if (http_text_is(&t, "gzip") || http_text_is(&t, "x-gzip"))
		c->gzip = q;
	else if (http_text_is(&t, "identity"))
		c->identity = q;
	else if (http_text_is(&t, "*"))
		c->any = q;
}

bool
http_prefers_gzip(const struct mir_http_request *r)
{
	struct codings c = { -1, -1, -1 };

	if (!r->accept_encoding.p)
		return false;
	http_list_each(&r->accept_encoding, look, &c);
	if (c.gzip < 0)
		c.gzip = c.any;
	if (c.identity < 0)
		c.identity = c.any;
	return c.gzip > 0 && c.gzip >= c.identity;
}
