/* SPDX-License-Identifier: ISC */
/* sources: xen/xenstore/message.c */
/* What xenstored writes: headers, replies to each kind of request, watch events. */
#include "mir/err.h"
#include "test/fuzz/fuzz.h"
#include "test/unit/harness.h"
#include "xen/xenstore/message.h"

static void
message(const uint8_t *p, size_t len)
{
	const char *path, *token;
	struct xs_header h;

	if (len < XS_HEADER || xs_header_get(p, &h))
		return;
	CHECK(h.len <= XS_REPLY_MAX);
	p += XS_HEADER;
	len -= XS_HEADER;
	if (h.len > len)
		return;
	for (uint32_t type = 0; type < 24; type++)
		xs_reply_check(&h, p, type);
	if (xs_event_parse(p, h.len, &path, &token) == MIR_OK)
		CHECK((const uint8_t *)token + strlen(token) < p + h.len);
}

void
fuzz_one(const uint8_t *data, size_t len)
{
	message(data, len);
}
