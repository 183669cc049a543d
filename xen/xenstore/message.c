/* SPDX-License-Identifier: ISC */
/* xenstore's messages: headers, replies, watch events, error names. */
#include <string.h>
#include "mir/err.h"
#include "xen/abi.h"
#include "xen/xenstore/message.h"
#include <xen/io/xs_wire.h>

static const struct { const char *name; int number; } errors[] = {
	{ "EINVAL", MIR_EINVAL }, { "EACCES", MIR_EACCES }, { "EEXIST", MIR_EEXIST },
	{ "EISDIR", MIR_EINVAL }, { "ENOENT", MIR_ENOENT }, { "ENOMEM", MIR_ENOMEM },
	{ "ENOSPC", MIR_ENOMEM }, { "EIO", MIR_EIO }, { "ENOTEMPTY", MIR_EEXIST },
	{ "ENOSYS", MIR_ENOSYS }, { "EROFS", MIR_EACCES }, { "EBUSY", MIR_EAGAIN },
	{ "EAGAIN", MIR_EAGAIN }, { "EISCONN", MIR_EEXIST }, { "E2BIG", MIR_EMSGSIZE },
	{ "EPERM", MIR_EACCES }, { "EQUOTA", MIR_ENOMEM },
};

void
xs_header_put(uint8_t to[XS_HEADER], const struct xs_header *h)
{
	memcpy(to, (const uint32_t[]){ h->type, h->id, h->tx, h->len }, XS_HEADER);
}

int
xs_header_get(const uint8_t from[XS_HEADER], struct xs_header *h)
{
	uint32_t field[4];

	memcpy(field, from, XS_HEADER);
	*h = (struct xs_header){ field[0], field[1], field[2], field[3] };
	return h->type < XS_TYPE_COUNT && h->len <= XS_REPLY_MAX ? MIR_OK : MIR_EPROTO;
}

int
xs_error_number(const uint8_t *name, size_t len)
{
	for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
		if (strlen(errors[i].name) == len && !memcmp(errors[i].name, name, len))
			return errors[i].number;
	return MIR_EIO;
}

/* The payload of an error is its name with an ending 0. */
int
xs_reply_check(const struct xs_header *h, const uint8_t *payload, uint32_t asked)
{
	if (h->type == asked)
		return MIR_OK;
	if (h->type != XS_ERROR || h->len == 0)
		return MIR_EPROTO;
	return xs_error_number(payload, h->len - (payload[h->len - 1] == 0));
}

int
xs_event_parse(const uint8_t *payload, size_t len, const char **path, const char **token)
{
	const uint8_t *end = memchr(payload, 0, len);
	size_t first;

	if (!end)
		return MIR_EPROTO;
	first = (size_t)(end - payload) + 1;
	if (!memchr(payload + first, 0, len - first))
		return MIR_EPROTO;
	*path = (const char *)payload;
	*token = (const char *)payload + first;
	return MIR_OK;
}

const char *
xs_type_name(uint32_t type)
{
	static const char *const names[XS_TYPE_COUNT] = {
		[XS_DIRECTORY] = "list", [XS_READ] = "read", [XS_GET_PERMS] = "get permissions",
		[XS_WATCH] = "watch", [XS_UNWATCH] = "unwatch",
		[XS_TRANSACTION_START] = "transaction start",
		[XS_TRANSACTION_END] = "transaction end", [XS_WRITE] = "write",
		[XS_MKDIR] = "mkdir", [XS_RM] = "rm", [XS_SET_PERMS] = "set permissions",
	};

	return type < XS_TYPE_COUNT && names[type] ? names[type] : "request";
}
