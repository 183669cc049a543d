/* SPDX-License-Identifier: ISC */
/* An entropy source that never has anything to give. */
#include "drivers/doubles/entropy.h"
#include "mir/err.h"

static int
nothing(struct mir_entropy *e, void *to, size_t len, unsigned *bits)
{
	(void)e;
	(void)to;
	(void)len;
	*bits = 0;
	return MIR_EAGAIN;
}

int
double_entropy_blocked_open(struct mir_entropy **out)
{
	static const struct mir_entropy_ops ops = { "blocked double", nothing };
	static struct mir_entropy entropy = { &ops };

	*out = &entropy;
	return MIR_OK;
}
