/* SPDX-License-Identifier: ISC */
/* Header fields: which ones matter, and the ways in which they may contradict each other. */
#include <string.h>
#include "net/http/chars.h"
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
		if (t->p[i] != text[i] && lower(t->p[i]) != text[i])
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

	if (t.len == sizeof "close" - 1)
		f->close |= http_text_is(&t, "close");
	else
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

static unsigned
transfer_encoding(struct mir_http_request *r, struct http_fields *f, const struct mir_http_text *v)
{
	(void)r;
	f->coding = true;
	http_list_each(v, coding, f);
	return 0;
}

static unsigned
connection(struct mir_http_request *r, struct http_fields *f, const struct mir_http_text *v)
{
	(void)r;
	http_list_each(v, connection_option, f);
	return 0;
}

static unsigned
expect(struct mir_http_request *r, struct http_fields *f, const struct mir_http_text *v)
{
	if (http_text_is(v, "100-continue"))
		r->expect_continue = true;
	else
		f->expect_other = true;
	return 0;
}

static unsigned
host(struct mir_http_request *r, struct http_fields *f, const struct mir_http_text *v)
{
	if (f->hosts || http_span(v->p, v->len, HTTP_HOST) < v->len)
		return 400;
	f->hosts = true;
	r->host = *v;
	return 0;
}

static unsigned
content_range(struct mir_http_request *r, struct http_fields *f, const struct mir_http_text *v)
{
	(void)f;
	(void)v;
	r->partial = true;
	return 0;
}

static unsigned
content_encoding(struct mir_http_request *r, struct http_fields *f, const struct mir_http_text *v)
{
	(void)f;
	r->coded = v->len && !http_text_is(v, "identity");
	return 0;
}

/* A field that matters: what reads it, or else where its value is kept. */
struct known {
	char name[20];
	uint8_t len;
	uint16_t at;
	unsigned (*read)(struct mir_http_request *, struct http_fields *,
			 const struct mir_http_text *);
};

#define KEPT(text, member) \
	{ text, sizeof text - 1, offsetof(struct mir_http_request, member), NULL }
#define READ(text, function)	{ text, sizeof text - 1, 0, function }

/* By length, which is 4 or more. */
static const struct known known[] = {
	READ("host", host), KEPT("range", range), KEPT("accept", accept), READ("expect", expect),
	KEPT("if-match", if_match), KEPT("if-range", if_range), READ("connection", connection),
	KEPT("if-none-match", if_none_match), READ("content-range", content_range),
	READ("content-length", content_length), KEPT("accept-encoding", accept_encoding),
	READ("content-encoding", content_encoding), KEPT("if-modified-since", if_modified_since),
	READ("transfer-encoding", transfer_encoding),
	KEPT("if-unmodified-since", if_unmodified_since),
};

#define KNOWN	(sizeof known / sizeof *known)

/* For each length, the first of its names, counted from 1; 0: there is none. */
static const uint8_t first[] = {
	[4] = 1, [5] = 2, [6] = 3, [8] = 5, [10] = 7, [13] = 8, [14] = 10, [15] = 11, [16] = 12,
	[17] = 13, [19] = 15,
};

/* Four characters in lower case: 'p' is of a token, in which none but capitals differ by 0x20 from
 * what a known name has. */
static inline uint32_t
lower4(const char *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof v);
	return v | 0x20202020;
}

/* Four by four; the last four may overlap those before. */
static bool
is_name(const struct known *k, const char *name)
{
	size_t last = k->len - 4u;

	for (size_t i = 0; i < last; i += 4)
		if (lower4(name + i) != lower4(k->name + i))
			return false;
	return lower4(name + last) == lower4(k->name + last);
}

unsigned
http_field(struct mir_http_request *r, struct http_fields *f, const char *name, size_t name_len,
	   const char *value, size_t value_len)
{
	const struct known *k;
	struct mir_http_text v;

	if (name_len >= sizeof first || !first[name_len])
		return 0;
	for (k = known + first[name_len] - 1; k < known + KNOWN && k->len == name_len; k++) {
		if (!is_name(k, name))
			continue;
		v = trim(value, value_len);
		if (k->read)
			return k->read(r, f, &v);
		*(struct mir_http_text *)((char *)r + k->at) = v;
		return 0;
	}
	return 0;
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
