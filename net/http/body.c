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

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
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
	int v = hex(c);

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
http_body_read(struct http_body_reader *b, const char *p, size_t len, uint64_t limit, size_t *used)
{
	unsigned status = 0;
	size_t i = 0, n;

	if (b->state == BODY_RAW && b->left > limit)
		status = 413;
	while (!status && i < len && b->state != BODY_END) {
		if (b->state == BODY_RAW || b->state == BODY_DATA) {
			n = len - i < b->left ? len - i : (size_t)b->left;
			b->left -= n;
			i += n;
			if (!b->left)
				b->state = b->state == BODY_RAW ? BODY_END : BODY_DATA_END;
		} else {
			status = line_char(b, p[i++], limit);
		}
	}
	*used = i;
	return status;
}
