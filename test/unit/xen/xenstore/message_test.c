/* SPDX-License-Identifier: ISC */
/* xenstore messages, hostile ones included. */
#include <stdlib.h>
#include "mir/err.h"
#include "test/unit/harness.h"
#include "xen/abi.h"
#include "xen/xenstore/message.h"
#include <xen/io/xs_wire.h>

/* A copy with nothing behind it, so that the address sanitizer sees each byte too many. */
static uint8_t *
exact(const char *bytes, size_t len)
{
	return memcpy(malloc(len ? len : 1), bytes, len);
}

static const struct { const char *why; struct xs_header h; int want; } headers[] = {
	{ "empty reply", { XS_WRITE, 1, 0, 0 }, MIR_OK },
	{ "largest reply", { XS_READ, 1, 0, 4096 }, MIR_OK },
	{ "one byte too long", { XS_READ, 1, 0, 4097 }, MIR_EPROTO },
	{ "length near 2^32", { XS_READ, 1, 0, UINT32_MAX }, MIR_EPROTO },
	{ "watch event", { XS_WATCH_EVENT, 0, 0, 9 }, MIR_OK },
	{ "last type", { XS_TYPE_COUNT - 1, 0, 0, 0 }, MIR_OK },
	{ "type behind the last", { XS_TYPE_COUNT, 0, 0, 0 }, MIR_EPROTO },
	{ "the type that never is", { XS_INVALID, 0, 0, 0 }, MIR_EPROTO },
};

TEST(header_there_and_back)
{
	uint8_t raw[XS_HEADER];
	struct xs_header h;

	for (unsigned i = 0; i < sizeof headers / sizeof *headers; i++) {
		xs_header_put(raw, &headers[i].h);
		CHECK_MSG(xs_header_get(raw, &h) == headers[i].want, "%s", headers[i].why);
		CHECK_MEM(&h, &headers[i].h, sizeof h);
	}
}

static const struct {
	const char *why, *payload;
	size_t len;
	uint32_t type, asked;
	int want;
} replies[] = {
	{ "what was asked", "0", 1, XS_READ, XS_READ, MIR_OK },
	{ "an answer to something else", "0", 1, XS_WRITE, XS_READ, MIR_EPROTO },
	{ "no such key", "ENOENT", 7, XS_ERROR, XS_READ, MIR_ENOENT },
	{ "without its ending 0", "ENOENT", 6, XS_ERROR, XS_READ, MIR_ENOENT },
	{ "conflict", "EAGAIN", 7, XS_ERROR, XS_TRANSACTION_END, MIR_EAGAIN },
	{ "name not known", "EWHATEVER", 10, XS_ERROR, XS_READ, MIR_EIO },
	{ "prefix of a name", "ENO", 4, XS_ERROR, XS_READ, MIR_EIO },
	{ "name with something behind", "ENOENTX", 8, XS_ERROR, XS_READ, MIR_EIO },
	{ "two zeros", "ENOENT\0", 8, XS_ERROR, XS_READ, MIR_EIO },
	{ "error without a name", "", 0, XS_ERROR, XS_READ, MIR_EPROTO },
	{ "error with an empty name", "", 1, XS_ERROR, XS_READ, MIR_EIO },
};

TEST(replies_judged)
{
	uint8_t *copy;
	struct xs_header h;

	for (unsigned i = 0; i < sizeof replies / sizeof *replies; i++) {
		h = (struct xs_header){ replies[i].type, 1, 0, (uint32_t)replies[i].len };
		copy = exact(replies[i].payload, replies[i].len);
		CHECK_MSG(xs_reply_check(&h, copy, replies[i].asked) == replies[i].want, "%s",
			  replies[i].why);
		free(copy);
	}
}

static const struct { const char *why, *payload; size_t len; int want; } events[] = {
	{ "path and token", "device/vif\0" "12", 14, MIR_OK },
	{ "empty strings", "\0", 2, MIR_OK },
	{ "bytes behind the token", "a\0b\0more", 9, MIR_OK },
	{ "token without an end", "device/vif\0" "12", 13, MIR_EPROTO },
	{ "no token", "device/vif", 11, MIR_EPROTO },
	{ "path without an end", "device/vif", 10, MIR_EPROTO },
	{ "nothing", "", 0, MIR_EPROTO },
};

TEST(events_judged)
{
	const char *path, *token;
	uint8_t *copy;

	for (unsigned i = 0; i < sizeof events / sizeof *events; i++) {
		copy = exact(events[i].payload, events[i].len);
		CHECK_MSG(xs_event_parse(copy, events[i].len, &path, &token) == events[i].want,
			  "%s", events[i].why);
		free(copy);
	}
	CHECK_EQ(xs_event_parse((const uint8_t *)"a/b\0t9", 7, &path, &token), MIR_OK);
	CHECK_STR(path, "a/b");
	CHECK_STR(token, "t9");
}
