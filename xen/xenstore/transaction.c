/* SPDX-License-Identifier: ISC */
/* xenstore transactions: all of a group of changes or none, seen by others at once. */
#include "mir/err.h"
#include "xen/abi.h"
#include "xen/xenstore/xenstore.h"
#include <xen/io/xs_wire.h>

static int
begin(uint32_t *tx)
{
	char text[24];
	struct xs_request r = { .type = XS_TRANSACTION_START, .path = "", .reply = text,
				.reply_size = sizeof text };
	uint64_t v = 0;
	int err = xs_do(&r, 1);

	if (err)
		return err;
	if (xs_parse_uint(text, &v) || v == 0 || v > UINT32_MAX)
		return MIR_EPROTO;
	*tx = (uint32_t)v;
	return MIR_OK;
}

static int
end(uint32_t tx, bool commit)
{
	struct xs_request r = { .type = XS_TRANSACTION_END, .tx = tx,
				.path = commit ? "T" : "F" };

	return xs_do(&r, 1);
}

int
xs_transaction(int (*body)(uint32_t tx, void *ctx), void *ctx)
{
	uint32_t tx;
	int err = MIR_EAGAIN;

	for (unsigned i = 0; i < XS_TRIES && err == MIR_EAGAIN; i++) {
		err = begin(&tx);
		if (err)
			return err;
		err = body(tx, ctx);
		if (err) {
			end(tx, false);
			return err;
		}
		err = end(tx, true);
	}
	return err;
}
