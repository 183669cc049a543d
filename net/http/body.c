/* SPDX-License-Identifier: ISC */
/* Request bodies: by length and chunked. */
#include "net/http/body.h"

void
http_body_start(struct http_body_reader *b, const struct mir_http_request *r)
{
	*b = (struct http_body_reader){ .state = BODY_END };
	if (r->body == MIR_HTTP_LENGTH) {
		b->state = BODY_RAW;
		b->left = r->length;
	} else if (r->body == MIR_HTTP_CHUNKED) {
		b->state = BODY_SIZE;
	}
}

/* The line of a chunk's size has ended. */
static unsigned
size_done(struct http_body_reader *b, uint64_t limit)
{
	if (!b->digit)
		return 400;
	b->total += b->left;
	b->line = 0;
	b->digit = false;
	b->state = b->left ? BODY_DATA : BODY_TRAILER;
	return b->total > limit ? 413 : 0;
}

static unsigned
size_char(struct http_body_reader *b, char c)
{
	int v = http_hex(c);

	if (v >= 0) {
		if (b->left >> 48)
			return 413;
		b->left = b->left << 4 | (unsigned)v;
		b->digit = true;
		return 0;
	}
	if (!b->digit || (c != ';' && c != ' ' && c != '\t'))
		return 400;
	b->state = BODY_EXTENSION;
	return 0;
}

/* One character of a line; every line ends in CR LF and nothing else. */
static unsigned
line_char(struct http_body_reader *b, char c, uint64_t limit)
{
	if (b->cr != (c == '\n'))
		return 400;
	if (c == '\r') {
		b->cr = true;
		return 0;
	}
	if (c != '\n') {
		if (++b->line > HTTP_BODY_LINE)
			return 400;
		if (b->state == BODY_TRAILER && ++b->total > limit)
			return 413;
		if (b->state == BODY_DATA_END)
			return 400;
		return b->state == BODY_SIZE ? size_char(b, c) : 0;
	}
	b->cr = false;
	if (b->state == BODY_SIZE || b->state == BODY_EXTENSION)
		return size_done(b, limit);
	if (b->state == BODY_DATA_END)
		b->state = BODY_SIZE;
	else if (b->line == 0)
		b->state = BODY_END;
	b->line = 0;
	return 0;
}

unsigned
http_body_read(struct http_body_reader *b, const char *p, size_t len, uint64_t limit,
	       struct http_body_step *out)
{
	bool raw = b->state == BODY_RAW;
	unsigned status = raw && b->left > limit ? 413 : 0;
	size_t i = 0, n = 0;

	while (!status && i < len && b->state != BODY_END && b->state != BODY_RAW &&
	       b->state != BODY_DATA)
		status = line_char(b, p[i++], limit);
	if (!status && (b->state == BODY_RAW || b->state == BODY_DATA)) {
		n = len - i < b->left ? len - i : (size_t)b->left;
		b->left -= n;
		if (!b->left)
			b->state = raw ? BODY_END : BODY_DATA_END;
	}
	*out = (struct http_body_step){ .used = i + n, .content = n };
	return status;
}
