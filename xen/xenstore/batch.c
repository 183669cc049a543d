/* SPDX-License-Identifier: ISC */
/* Building batches of xenstore requests: the paths and values are kept in the batch. */
#include <stdarg.h>
#include "mir/err.h"
#include "mir/format.h"
#include "xen/abi.h"
#include "xen/xenstore/batch.h"
#include <xen/io/xs_wire.h>

void
xs_batch_init(struct xs_batch *b)
{
	b->count = 0;
	b->used = 0;
	b->full = b->optional = false;
}

/* The formatted text, kept in the batch; "" when there is no room left. */
static const char *
keep(struct xs_batch *b, const char *fmt, va_list ap)
{
	size_t room = sizeof b->text - b->used;
	char *at = b->text + b->used;
	int len = mir_vsnprintf(at, room, fmt, ap);

	if (len < 0 || (size_t)len >= room) {
		b->full = true;
		return "";
	}
	b->used += (size_t)len + 1;
	return at;
}

__attribute__((format(printf, 2, 3))) static const char *
keep_text(struct xs_batch *b, const char *fmt, ...)
{
	const char *text;
	va_list ap;

	va_start(ap, fmt);
	text = keep(b, fmt, ap);
	va_end(ap);
	return text;
}

static void
add(struct xs_batch *b, struct xs_request r)
{
	r.optional = b->optional;
	if (b->count < XS_BATCH_MAX)
		b->request[b->count++] = r;
	else
		b->full = true;
}

void
xs_batch_read(struct xs_batch *b, const char *dir, const char *key, char *value, size_t size)
{
	value[0] = 0;
	add(b, xs_to_read(keep_text(b, "%s/%s", dir, key), value, size));
}

void
xs_batch_write(struct xs_batch *b, const char *dir, const char *key, const char *fmt, ...)
{
	const char *path = keep_text(b, "%s/%s", dir, key), *value;
	va_list ap;

	va_start(ap, fmt);
	value = keep(b, fmt, ap);
	va_end(ap);
	add(b, xs_to_write(path, value));
}

void
xs_batch_watch(struct xs_batch *b, struct xs_watch *w)
{
	add(b, xs_to_watch(w));
}

int
xs_batch_do(struct xs_batch *b)
{
	struct xs_request *r;

	if (b->full)
		return MIR_EMSGSIZE;
	xs_do(b->request, b->count);
	for (unsigned i = 0; i < b->count; i++) {
		r = &b->request[i];
		if (r->err && !r->optional && !(r->type == XS_READ && r->err == MIR_ENOENT))
			return r->err;
	}
	return MIR_OK;
}

int
xs_batch_room(struct xs_batch *b)
{
	int err;

	if (b->count < XS_BATCH_MAX / 2)
		return MIR_OK;
	err = xs_batch_do(b);
	xs_batch_init(b);
	return err;
}

bool
xs_batch_answered(const struct xs_batch *b)
{
	for (unsigned i = 0; i < b->count; i++)
		if (b->request[i].err == MIR_ETIMEDOUT || b->request[i].err == MIR_EPROTO)
			return false;
	return true;
}
