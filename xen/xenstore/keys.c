/* SPDX-License-Identifier: ISC */
/* One xenstore request at a time: the calls most code uses. */
#include <stdarg.h>
#include <string.h>
#include "mir/err.h"
#include "mir/format.h"
#include "xen/abi.h"
#include "xen/xenstore/xenstore.h"
#include <xen/io/xs_wire.h>

#define PRINTF_MAX	256		/* Bytes of a formatted value. */
#define JOINED_MAX	128		/* Of a path in two parts. */

struct xs_request
xs_to_read(const char *path, char *value, size_t size)
{
	return (struct xs_request){ .type = XS_READ, .path = path, .reply = value,
				    .reply_size = size };
}

struct xs_request
xs_to_write(const char *path, const char *value)
{
	return (struct xs_request){ .type = XS_WRITE, .path = path, .value = value,
				    .value_len = strlen(value) };
}

/* Requests whose reply is text: the bytes of it. */
static int
fetch(uint32_t type, uint32_t tx, const char *path, char *to, size_t size)
{
	struct xs_request r = { .type = type, .tx = tx, .path = path, .reply = to,
				.reply_size = size };
	int err = xs_do(&r, 1);

	return err ? err : (int)r.reply_len;
}

static int
command(uint32_t type, uint32_t tx, const char *path, const void *value, size_t len)
{
	struct xs_request r = { .type = type, .tx = tx, .path = path, .value = value,
				.value_len = len };

	return xs_do(&r, 1);
}

int
xs_read(uint32_t tx, const char *path, char *value, size_t size)
{
	return fetch(XS_READ, tx, path, value, size);
}

int
xs_parse_uint(const char *text, uint64_t *value)
{
	uint64_t v = 0;

	if (!*text)
		return MIR_EINVAL;
	for (; *text; text++) {
		if (*text < '0' || *text > '9' || v > (UINT64_MAX - 9) / 10)
			return MIR_EINVAL;
		v = v * 10 + (uint64_t)(*text - '0');
	}
	*value = v;
	return MIR_OK;
}

int
xs_read_uint(uint32_t tx, const char *path, uint64_t *value)
{
	char text[24];
	int len = xs_read(tx, path, text, sizeof text);

	return len < 0 ? len : xs_parse_uint(text, value);
}

int
xs_write(uint32_t tx, const char *path, const char *value)
{
	return command(XS_WRITE, tx, path, value, strlen(value));
}

int
xs_printf(uint32_t tx, const char *path, const char *fmt, ...)
{
	char text[PRINTF_MAX];
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = mir_vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (len < 0 || (size_t)len >= sizeof text)
		return MIR_EMSGSIZE;
	return xs_write(tx, path, text);
}

int
xs_mkdir(uint32_t tx, const char *path)
{
	return command(XS_MKDIR, tx, path, NULL, 0);
}

int
xs_rm(uint32_t tx, const char *path)
{
	return command(XS_RM, tx, path, NULL, 0);
}

int
xs_rm_in(const char *dir, const char *key)
{
	char path[JOINED_MAX];

	if ((size_t)mir_snprintf(path, sizeof path, "%s/%s", dir, key) >= sizeof path)
		return MIR_EMSGSIZE;
	return xs_rm(0, path);
}

int
xs_list(uint32_t tx, const char *path, char *names, size_t size)
{
	return fetch(XS_DIRECTORY, tx, path, names, size);
}

int
xs_get_perms(uint32_t tx, const char *path, char *perms, size_t size)
{
	return fetch(XS_GET_PERMS, tx, path, perms, size);
}

int
xs_set_perms(uint32_t tx, const char *path, const char *perms, size_t len)
{
	return command(XS_SET_PERMS, tx, path, perms, len);
}
