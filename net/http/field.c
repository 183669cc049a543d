/* SPDX-License-Identifier: ISC */
/* Header fields: which ones matter, and the ways in which they may contradict each other. */
#include <string.h>
#include "net/http/field.h"

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

bool
http_text_is(const struct mir_http_text *t, const char *text)
{
	size_t i;

	for (i = 0; i < t->len && text[i]; i++)
		if (lower(t->p[i]) != text[i])
			return false;
	return i == t->len && !text[i];
}

bool
http_char_in(char c, const char *others)
{
	char l = lower(c);

	return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || (c && strchr(others, c));
}

int
http_hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static struct mir_http_text
trim(const char *p, size_t len)
{
	while (len && (*p == ' ' || *p == '\t')) {
		p++;
		len--;
	}
	while (len && (p[len - 1] == ' ' || p[len - 1] == '\t'))
		len--;
	return (struct mir_http_text){ p, len };
}

void
http_list_each(const struct mir_http_text *list, void (*fn)(void *, struct mir_http_text), void *ctx)
{
	const char *p = list->p, *end = p + list->len, *comma;
	struct mir_http_text t;

	while (p < end) {
		comma = memchr(p, ',', (size_t)(end - p));
		if (!comma)
			comma = end;
		t = trim(p, (size_t)(comma - p));
		if (t.len)
			fn(ctx, t);
		p = comma + 1;
	}
}

static void
connection_option(void *ctx, struct mir_http_text t)
{
	struct http_fields *f = ctx;

	f->close |= http_text_is(&t, "close");
	f->keep_alive |= http_text_is(&t, "keep-alive");
}

static void
coding(void *ctx, struct mir_http_text t)
{
	struct http_fields *f = ctx;

	if (!http_text_is(&t, "chunked") || f->chunked)
		f->other_coding = true;
	else
		f->chunked = true;
}

static unsigned
content_length(struct mir_http_request *r, struct http_fields *f, const struct mir_http_text *v)
{
	uint64_t n = 0;

	if (f->length || !v->len || v->len > 18)
		return v->len > 18 && !f->length ? 413 : 400;
	for (size_t i = 0; i < v->len; i++) {
		if (v->p[i] < '0' || v->p[i] > '9')
			return 400;
		n = n * 10 + (uint64_t)(v->p[i] - '0');
	}
	f->length = true;
	r->length = n;
	return 0;
}

/* RFC 3986 3.2: a name or address, and a port; no user. */
static bool
host_fine(const struct mir_http_text *v)
{
	for (size_t i = 0; i < v->len; i++)
		if (!http_char_in(v->p[i], "-._~%!$&'()*+,;=:[]"))
			return false;
	return true;
}

static unsigned
special(struct mir_http_request *r, struct http_fields *f, const struct mir_http_text *n,
	const struct mir_http_text *v)
{
	if (http_text_is(n, "content-length"))
		return content_length(r, f, v);
	if (http_text_is(n, "transfer-encoding")) {
		f->coding = true;
		http_list_each(v, coding, f);
	} else if (http_text_is(n, "connection")) {
		http_list_each(v, connection_option, f);
	} else if (http_text_is(n, "expect")) {
		if (http_text_is(v, "100-continue"))
			r->expect_continue = true;
		else
			f->expect_other = true;
	} else if (http_text_is(n, "host")) {
		if (f->hosts || !host_fine(v))
			return 400;
		f->hosts = true;
		r->host = *v;
	} else if (http_text_is(n, "content-range")) {
		r->partial = true;
	} else if (http_text_is(n, "content-encoding")) {
		r->coded = v->len && !http_text_is(v, "identity");
	}
	return 0;
}

#define KEPT(text, member) \
	{ text, sizeof text - 1, offsetof(struct mir_http_request, member) }

unsigned
http_field(struct mir_http_request *r, struct http_fields *f, const char *name, size_t name_len,
	   const char *value, size_t value_len)
{
	static const struct { char name[20]; uint8_t len; uint16_t at; } kept[] = {
		KEPT("accept", accept), KEPT("accept-encoding", accept_encoding),
		KEPT("if-match", if_match), KEPT("if-none-match", if_none_match),
		KEPT("if-modified-since", if_modified_since),
		KEPT("if-unmodified-since", if_unmodified_since),
		KEPT("if-range", if_range), KEPT("range", range),
	};
	struct mir_http_text n = { name, name_len }, v = trim(value, value_len);

	for (size_t i = 0; i < v.len; i++)
		if ((unsigned char)v.p[i] < 0x20 ? v.p[i] != '\t' : v.p[i] == 0x7f)
			return 400;
	for (unsigned i = 0; i < sizeof kept / sizeof *kept; i++) {
		if (kept[i].len == name_len && http_text_is(&n, kept[i].name)) {
			*(struct mir_http_text *)((char *)r + kept[i].at) = v;
			return 0;
		}
	}
	return special(r, f, &n, &v);
}

unsigned
http_fields_done(struct mir_http_request *r, const struct http_fields *f)
{
	if (r->minor == 1 && !f->hosts)
		return 400;
	if (f->coding && (f->length || r->minor == 0))
		return 400;
	if (f->coding && (f->other_coding || !f->chunked))
		return 501;
	if (f->expect_other)
		return 417;
	r->body = f->coding ? MIR_HTTP_CHUNKED : f->length && r->length ? MIR_HTTP_LENGTH : MIR_HTTP_NO_BODY;
	r->close = f->close || (r->minor == 0 && !f->keep_alive);
	if (r->minor == 0)
		r->expect_continue = false;
	return 0;
}
