/* SPDX-License-Identifier: ISC */
/* Header fields: line by line, which ones matter, and the ways in which they may contradict each
 * other. */
#include <string.h>
#include "net/http/chars.h"
#include "net/http/field.h"

/* Four characters, of which letters may be capitals.  Of 'word', in lower case, what is above 0x60 is
 * a letter: they differ by 0x20, which half of the word has where it has a letter. */
static inline bool
same4(const char *p, const char *word)
{
	uint32_t is, wanted;

	memcpy(&is, p, sizeof is);
	memcpy(&wanted, word, sizeof wanted);
	return (is | (wanted >> 1 & 0x20202020)) == wanted;
}

/* 'word' is of 4 characters or more; the last four may overlap those before.  What is at 'p' may be
 * shorter if an empty line is behind it: that ends the comparison. */
static inline bool
starts(const char *p, const char *word, size_t len)
{
	size_t last = len - 4;

	for (size_t i = 0; i < last; i += 4)
		if (!same4(p + i, word + i))
			return false;
	return same4(p + last, word + last);
}

static inline bool
is_word(const struct mir_http_text *t, const char *word, size_t len)
{
	return t->len == len && starts(t->p, word, len);
}

static void
connection_option(void *ctx, struct mir_http_text t)
{
	struct http_fields *f = ctx;

	f->close |= is_word(&t, "close", 5);
	f->keep_alive |= is_word(&t, "keep-alive", 10);
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
	if (is_word(v, "keep-alive", 10))	/* Alone, as most often. */
		f->keep_alive = true;
	else
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
	if (f->hosts || http_run(v->p, HTTP_HOST) != v->p + v->len)
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
#define END			{ .len = 0 }

/* By first letter, an end behind each. */
static const struct known known[] = {
	END,
	KEPT("accept", accept), KEPT("accept-encoding", accept_encoding), END,
	READ("connection", connection), READ("content-length", content_length),
	READ("content-encoding", content_encoding), READ("content-range", content_range), END,
	READ("expect", expect), END,
	READ("host", host), END,
	KEPT("if-none-match", if_none_match), KEPT("if-modified-since", if_modified_since),
	KEPT("if-match", if_match), KEPT("if-range", if_range),
	KEPT("if-unmodified-since", if_unmodified_since), END,
	KEPT("range", range), END,
	READ("transfer-encoding", transfer_encoding), END,
};

/* The first for each letter. */
static const uint8_t first[32] = {
	['A' & 31] = 1, ['C' & 31] = 4, ['E' & 31] = 9, ['H' & 31] = 11, ['I' & 31] = 13,
	['R' & 31] = 19, ['T' & 31] = 21,
};

/* The field whose name stands at 'p' with its colon; NULL: none that matters. */
static inline const struct known *
find(const char *p)
{
	for (const struct known *k = known + first[*p & 31]; k->len; k++)
		if (starts(p, k->name, k->len) && p[k->len] == ':')
			return k;
	return NULL;
}

static inline bool
is_line_end(const char *p)
{
	return memcmp(p, "\r\n", 2) == 0;
}

static unsigned
take(const struct known *k, struct mir_http_request *r, struct http_fields *f,
     const struct mir_http_text *v)
{
	if (k->read)
		return k->read(r, f, v);
	*(struct mir_http_text *)((char *)r + k->at) = *v;
	return 0;
}

/* No name, a folded line or a space before the colon: 400.  What a value may not have ends it, and
 * then is no line's end. */
unsigned
http_fields_read(const char **at, const char *last, struct mir_http_request *r, struct http_fields *f)
{
	const char *p = *at, *value, *end;
	const struct known *k;
	struct mir_http_text v;
	unsigned status;

	for (unsigned count = 0; !is_line_end(p); p = end + 2) {
		k = find(p);
		value = k ? p + k->len : http_run(p, HTTP_TOKEN);
		if (!k && (*value != ':' || value == p))
			return 400;
		end = http_value_end(++value, last);
		if (!is_line_end(end))
			return 400;
		if (++count > HTTP_FIELDS_MAX)
			return 431;
		if (!k)
			continue;
		v = http_trim(value, end);
		status = take(k, r, f, &v);
		if (status)
			return status;
	}
	*at = p + 2;
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
