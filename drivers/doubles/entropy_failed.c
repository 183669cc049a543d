/* SPDX-License-Identifier: ISC */
/* An entropy source that gives some bytes, worth too little, and then fails its health test. */
#include <stdbool.h>
#include <string.h>
#include "drivers/doubles/entropy.h"
#include "mir/err.h"

#define BITS 8				/* Of its first answer; no generator makes do with that. */

struct failing {
	struct mir_entropy entropy;	/* First. */
	bool failed;
};

static int
fail_second(struct mir_entropy *e, void *to, size_t len, unsigned *bits)
{
	struct failing *f = (struct failing *)e;
	bool failed = f->failed;

	*bits = failed ? 0 : BITS;
	f->failed = true;
	if (failed || len == 0)
		return MIR_EIO;
	memset(to, 0x55, len);
	return (int)len;
}

int
double_entropy_failed_open(struct mir_entropy **out)
{
	static const struct mir_entropy_ops ops = { "failed double", fail_second };
	static struct failing failing = { .entropy = { &ops } };

	failing.failed = false;
	*out = &failing.entropy;
	return MIR_OK;
}
