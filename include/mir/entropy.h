/* SPDX-License-Identifier: ISC */
/* mir/entropy.h - where unpredictable bits come from: the processor, the host, a hardware token.
 *
 * A source is asked by a generator (mir/random.h), never by applications.
 * Blocking:  read never blocks; MIR_EAGAIN: nothing to give yet, ask again later.
 * Units:     'len' and the result in bytes; 'bits' is what the source claims these bytes are
 *            worth, at most 8 a byte, and rather too little than too much.
 * Errors:    MIR_EIO: the source failed its health test (SP 800-90B 4.3) and is not to be
 *            trusted again. */
#ifndef MIR_ENTROPY_H
#define MIR_ENTROPY_H

#include <stddef.h>

struct mir_entropy;

struct mir_entropy_ops {
	const char *name;
	int (*read)(struct mir_entropy *, void *to, size_t len, unsigned *bits);
};

struct mir_entropy {			/* First member of the implementation's struct. */
	const struct mir_entropy_ops *ops;
};

/* > 0: so many bytes, worth '*bits'. */
static inline int
mir_entropy_read(struct mir_entropy *e, void *to, size_t len, unsigned *bits)
{
	return e->ops->read(e, to, len, bits);
}

#endif
