/* SPDX-License-Identifier: ISC */
/* Answers in words. */
#include <stdarg.h>
#include "app/notes/notes.h"
#include "mir/err.h"
#include "mir/format.h"
#include "mir/log.h"
#include "net/http/http.h"

#define LINE_MAX	480

void
notes_hex(const struct mir_oid *id, char to[NOTES_HEX])
{
	for (unsigned i = 0; i < MIR_OID_SIZE; i++)
		mir_snprintf(to + 2 * i, 3, "%02x", id->bytes[i]);
}

void
notes_say(struct mir_http_response *out, unsigned status, const char *fmt, ...)
{
	char line[LINE_MAX];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = mir_vsnprintf(line, sizeof line - 1, fmt, ap);
	va_end(ap);
	n = n < LINE_MAX - 2 ? n : LINE_MAX - 2;
	line[n++] = '\n';
	out->status = status;
	out->type = "text/plain; charset=utf-8";
	out->body = mir_buf_copy_in(line, (size_t)n);
	out->length = out->body ? (uint64_t)n : 0;
}

void
notes_fail(struct mir_http_response *out, int err, const char *what)
{
	static const struct { int err; unsigned status; const char *why; } known[] = {
		{ MIR_EINVAL, 409, "a document is where its name needs a folder, or the other way round" },
		{ MIR_EMSGSIZE, 413, "too large for the store" },
		{ MIR_EFULL, 507, "the disk is full" },
		{ MIR_ENOMEM, 503, "no memory now; try again" },
		{ MIR_EAGAIN, 503, "too much at a time; try again" },
		{ MIR_ECANCELED, 503, "stopping" },
		{ MIR_EGONE, 503, "the disk is away" },
		{ MIR_EACCES, 403, "the store is read-only" },
		{ MIR_EPROTO, 500, "what the store keeps is damaged" },
	};

	for (unsigned i = 0; i < sizeof known / sizeof *known; i++) {
		if (known[i].err == err) {
			notes_say(out, known[i].status, "%s: %s", what, known[i].why);
			return;
		}
	}
	mir_error("notes", "%s: %s", what, mir_err_name(err));
	notes_say(out, 500, "%s: %s", what, mir_err_name(err));
}
