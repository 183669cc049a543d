/* SPDX-License-Identifier: ISC */
/* Response heads (RFC 9112 4, RFC 9110 15). */
#include "mir/format.h"
#include "mir/page.h"
#include "net/http/date.h"
#include "net/http/http.h"

#define HEAD_MAX 900

const char *
http_status_text(unsigned status)
{
	static const struct { unsigned status; const char *text; } texts[] = {
		{ 200, "OK" }, { 201, "Created" }, { 204, "No Content" },
		{ 206, "Partial Content" }, { 301, "Moved Permanently" },
		{ 304, "Not Modified" }, { 400, "Bad Request" }, { 403, "Forbidden" }, { 404, "Not Found" },
		{ 405, "Method Not Allowed" }, { 408, "Request Timeout" },
		{ 409, "Conflict" }, { 412, "Precondition Failed" }, { 413, "Content Too Large" },
		{ 414, "URI Too Long" }, { 416, "Range Not Satisfiable" },
		{ 415, "Unsupported Media Type" }, { 417, "Expectation Failed" },
		{ 431, "Request Header Fields Too Large" },
		{ 500, "Internal Server Error" }, { 501, "Not Implemented" },
		{ 503, "Service Unavailable" }, { 505, "HTTP Version Not Supported" },
		{ 507, "Insufficient Storage" },
	};

	for (unsigned i = 0; i < sizeof texts / sizeof *texts; i++)
		if (texts[i].status == status)
			return texts[i].text;
	return "Error";
}

void
http_response_text(struct mir_http_response *r, unsigned status)
{
	char text[80];
	int n = mir_snprintf(text, sizeof text, "%u %s\n", status, http_status_text(status));

	r->status = status;
	r->type = "text/plain; charset=utf-8";
	r->body = mir_buf_copy_in(text, (size_t)n);
	r->length = r->body ? (uint64_t)n : 0;
}

/* Appends to the head of 'len' bytes at 'to'; its length then, above HEAD_MAX - 1 when it does not
 * fit. */
static size_t __attribute__((format(printf, 3, 4)))
add(char *to, size_t len, const char *fmt, ...)
{
	size_t room = len < HEAD_MAX ? HEAD_MAX - len : 0;
	va_list ap;

	va_start(ap, fmt);
	len += (size_t)mir_vsnprintf(room ? to + len : NULL, room, fmt, ap);
	va_end(ap);
	return len;
}

struct mir_buf *
http_response_head(const struct mir_http_response *r, const char *connection, mir_ns wall)
{
	struct mir_buf *b = mir_buf_alloc(MIR_BUF_HEADROOM, HEAD_MAX);
	char date[HTTP_DATE];
	size_t n;
	char *to;

	if (!b)
		return NULL;
	to = (char *)b->data;
	n = add(to, 0, "HTTP/1.1 %u %s\r\nServer: Mir\r\n", r->status,
		http_status_text(r->status));
	if (wall) {
		http_date_format(wall / MIR_SEC(1), date);
		n = add(to, n, "Date: %s\r\n", date);
	}
	if (r->type)
		n = add(to, n, "Content-Type: %s\r\n", r->type);
	if (r->status != 304 && r->status != 204 && !r->source)
		n = add(to, n, "Content-Length: %llu\r\n", (unsigned long long)r->length);
	n = add(to, n, "%s%s\r\n", r->extra, connection);
	if (n >= HEAD_MAX) {
		mir_buf_free(b);
		return NULL;
	}
	b->len = (uint32_t)n;
	return b;
}
