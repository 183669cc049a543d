/* SPDX-License-Identifier: ISC */
/* sources: net/http/request.c net/http/field.c net/http/chars.c net/http/text.c net/http/target.c */
/* A request's head, read as it is served and beside it character by character, slowly, as the RFCs
 * have it: the same status, the same meaning, the same end. */
#include <ctype.h>
#include <stdlib.h>
#include <strings.h>
#include "net/http/request.h"
#include "test/fuzz/fuzz.h"
#include "test/unit/harness.h"

enum { NO_CODING, CHUNKED, OTHER };

struct plain {
	struct mir_http_request r;
	unsigned hosts, lengths, coding;
	bool coded, close, keep_alive, expect_other;
};

static bool
is_token(int c)
{
	return c < 128 && (isalnum(c) || (c && strchr("!#$%&'*+-.^_`|~", c)));
}

/* As http_head_end, but it looks at all. */
static long
plain_end(const char *p, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (p[i] == '\n' && (i == 0 || p[i - 1] != '\r'))
			return -1;
		if (i >= 3 && memcmp(p + i - 3, "\r\n\r\n", 4) == 0)
			return (long)i + 1;
	}
	return 0;
}

static bool
is(const struct mir_http_text *t, const char *text)
{
	return t->len == strlen(text) && strncasecmp(t->p, text, t->len) == 0;
}

static struct mir_http_text
trimmed(const char *p, size_t len)
{
	for (; len && (*p == ' ' || *p == '\t'); len--)
		p++;
	while (len && (p[len - 1] == ' ' || p[len - 1] == '\t'))
		len--;
	return (struct mir_http_text){ p, len };
}

static void
plain_list(struct plain *s, const struct mir_http_text *list, bool coding)
{
	struct mir_http_text t;

	for (size_t at = 0, n; at < list->len; at += n + 1) {
		for (n = 0; at + n < list->len && list->p[at + n] != ','; n++)
			;
		t = trimmed(list->p + at, n);
		if (coding && t.len)
			s->coding = is(&t, "chunked") && s->coding == NO_CODING ? CHUNKED : OTHER;
		s->close |= !coding && is(&t, "close");
		s->keep_alive |= !coding && is(&t, "keep-alive");
	}
}

static unsigned
plain_length(struct plain *s, const struct mir_http_text *v)
{
	if (s->lengths++ || !v->len)
		return 400;
	if (v->len > 18)
		return 413;
	for (size_t i = 0; i < v->len; i++) {
		if (!isdigit((unsigned char)v->p[i]))
			return 400;
		s->r.length = s->r.length * 10 + (uint64_t)(v->p[i] - '0');
	}
	return 0;
}

static unsigned
plain_host(struct plain *s, const struct mir_http_text *v)
{
	for (size_t i = 0; i < v->len; i++)
		if (!isalnum((unsigned char)v->p[i]) && !strchr("-._~%!$&'()*+,;=:[]", v->p[i]))
			return 400;
	s->r.host = *v;
	return s->hosts++ ? 400 : 0;
}

static unsigned
plain_field(struct plain *s, const struct mir_http_text *name, const struct mir_http_text *v)
{
	const struct { const char *name; struct mir_http_text *to; } kept[] = {
		{ "range", &s->r.range }, { "accept", &s->r.accept }, { "if-match", &s->r.if_match },
		{ "if-range", &s->r.if_range }, { "if-none-match", &s->r.if_none_match },
		{ "accept-encoding", &s->r.accept_encoding },
		{ "if-modified-since", &s->r.if_modified_since },
		{ "if-unmodified-since", &s->r.if_unmodified_since },
	};

	for (unsigned i = 0; i < sizeof kept / sizeof *kept; i++)
		if (is(name, kept[i].name))
			*kept[i].to = *v;
	if (is(name, "connection"))
		plain_list(s, v, false);
	if (is(name, "transfer-encoding")) {
		s->coded = true;
		plain_list(s, v, true);
	}
	if (is(name, "expect") && is(v, "100-continue"))
		s->r.expect_continue = true;
	else if (is(name, "expect"))
		s->expect_other = true;
	s->r.partial |= is(name, "content-range");
	if (is(name, "content-encoding"))
		s->r.coded = v->len && !is(v, "identity");
	if (is(name, "content-length"))
		return plain_length(s, v);
	return is(name, "host") ? plain_host(s, v) : 0;
}

static unsigned
plain_line(char *p, size_t len, struct plain *s)
{
	static const char *const methods[] = { "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS",
		"PATCH", "TRACE", "CONNECT" };
	size_t one = 0, two;
	unsigned method = 0;

	while (one < len && is_token((unsigned char)p[one]))
		one++;
	for (two = one + 1; two < len && p[two] != ' '; two++)
		;
	if (!one || one >= len || p[one] != ' ' || len - two != 9 || memcmp(p + two, " HTTP/", 6) ||
	    !isdigit((unsigned char)p[two + 6]) || p[two + 7] != '.' || !isdigit((unsigned char)p[two + 8]))
		return 400;
	s->r.name = (struct mir_http_text){ p, one };
	while (method < 9 && (strlen(methods[method]) != one || memcmp(p, methods[method], one)))
		method++;
	s->r.method = method < MIR_HTTP_OTHER ? (enum mir_http_method)method : MIR_HTTP_OTHER;
	if (p[two + 6] != '1')
		return 505;
	s->r.minor = p[two + 8] != '0';
	if (method == 9)
		return 501;
	if (two - one - 1 > HTTP_TARGET_MAX)
		return 414;
	return method >= MIR_HTTP_OTHER ? 0 :
	    http_parse_target(p + one + 1, two - one - 1, &s->r.path, &s->r.query);
}

static unsigned
plain_fields(const char *p, const char *end, struct plain *s)
{
	struct mir_http_text name, value;
	unsigned status;
	size_t n;

	for (unsigned count = 1; p < end; p += n + 2, count++) {
		for (n = 0; is_token((unsigned char)p[n]); n++)
			;
		if (!n || p[n] != ':')
			return 400;
		name = (struct mir_http_text){ p, n };
		p += n + 1;
		for (n = 0; (unsigned char)p[n] >= 0x20 ? p[n] != 0x7f : p[n] == '\t'; n++)
			;
		if (p[n] != '\r' || p[n + 1] != '\n')
			return 400;
		value = trimmed(p, n);
		status = count > HTTP_FIELDS_MAX ? 431 : plain_field(s, &name, &value);
		if (status)
			return status;
	}
	return 0;
}

static unsigned
plain_verdict(struct plain *s)
{
	if (s->r.minor && !s->hosts)
		return 400;
	if (s->coded && (s->lengths || !s->r.minor))
		return 400;
	if (s->coded && s->coding != CHUNKED)
		return 501;
	if (s->expect_other)
		return 417;
	s->r.body = s->coded ? MIR_HTTP_CHUNKED : s->r.length ? MIR_HTTP_LENGTH : MIR_HTTP_NO_BODY;
	s->r.close = s->close || (!s->r.minor && !s->keep_alive);
	s->r.expect_continue &= s->r.minor;
	return 0;
}

static unsigned
plain_parse(char *p, size_t len, struct plain *s)
{
	size_t line = 0;
	unsigned status, late;

	while (p[line] != '\r')
		line++;
	if (p[line + 1] != '\n')
		return 400;
	late = plain_line(p, line, s);
	if (late == 400 || late == 505)
		return late;
	status = plain_fields(p + line + 2, p + len - 2, s);
	if (!status)
		status = plain_verdict(s);
	return status ? status : late;
}

static void
check_text(const struct mir_http_text *a, const struct mir_http_text *b)
{
	CHECK_EQ(a->len, b->len);
	CHECK_EQ(a->p == NULL, b->p == NULL);
	CHECK(a->len == 0 || memcmp(a->p, b->p, a->len) == 0);
}

static void
check_same(const struct mir_http_request *a, const struct mir_http_request *b)
{
	const struct mir_http_text *x = &a->host, *y = &b->host;

	CHECK_EQ(a->method, b->method);
	CHECK_EQ(a->minor, b->minor);
	check_text(&a->name, &b->name);
	check_text(&a->path, &b->path);
	check_text(&a->query, &b->query);
	CHECK_EQ(a->close, b->close);
	CHECK_EQ(a->expect_continue, b->expect_continue);
	CHECK_EQ(a->body, b->body);
	CHECK_EQ(a->partial, b->partial);
	CHECK_EQ(a->coded, b->coded);
	CHECK_EQ(a->length, b->length);
	while (x <= &a->accept_encoding)
		check_text(x++, y++);
}

/* In memory of its own size, so that a look beyond its end is seen. */
static char *
copy_of(const void *data, size_t len)
{
	return memcpy(malloc(len + !len), data, len);
}

void
fuzz_one(const uint8_t *data, size_t len)
{
	char *fast = copy_of(data, len), *slow = copy_of(data, len);
	struct plain want = { .coding = NO_CODING };
	long plain = plain_end(slow, len), whole;
	struct mir_http_request got;
	size_t scanned = 0, used;
	unsigned status;

	whole = http_head_end(fast, len, &scanned);
	CHECK_EQ(whole == 0, plain == 0);
	CHECK(whole >= plain && whole <= (long)len);
	if (whole > 0) {
		status = http_parse_request(fast, (size_t)whole, &got, &used);
		CHECK_EQ(status, plain < 0 ? 400 : plain_parse(slow, (size_t)plain, &want));
		if (!status) {
			CHECK_EQ(used, plain);
			check_same(&got, &want.r);
		}
	}
	free(fast);
	free(slow);
}
