/* SPDX-License-Identifier: ISC */
/* The host's generator, getrandom(2), as a source of entropy. */
#include <errno.h>
#include <sys/random.h>
#include "mir/err.h"
#include "unix/priv.h"

#define MOST 256			/* Bytes that getrandom gives in one piece, always. */

static int
host_read(struct mir_entropy *e, void *to, size_t len, unsigned *bits)
{
	ssize_t got = getrandom(to, len < MOST ? len : MOST, GRND_NONBLOCK);

	(void)e;
	if (got < 0)
		return errno == EAGAIN || errno == EINTR ? MIR_EAGAIN : MIR_EIO;
	*bits = (unsigned)got * 8;
	return (int)got;
}

static const struct mir_entropy_ops ops = { "host", host_read };
struct mir_entropy unix_entropy = { &ops };
