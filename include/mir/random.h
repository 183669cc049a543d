/* SPDX-License-Identifier: ISC */
/* mir/random.h - unpredictable bytes, from a generator seeded by an entropy source.
 *
 * Blocking: never.
 * Errors:   none: a generator that got no entropy is not opened, and the image stops at boot with
 *           a message rather than hand out predictable bytes. */
#ifndef MIR_RANDOM_H
#define MIR_RANDOM_H

#include <stddef.h>
#include <stdint.h>

struct mir_random;

struct mir_random_ops {
	const char *name;
	void (*bytes)(struct mir_random *, void *to, size_t len);
};

struct mir_random {			/* First member of the implementation's struct. */
	const struct mir_random_ops *ops;
};

/* The image's generator, set once at boot; before that these stop the image. */
extern struct mir_random *mir_random;

void mir_random_bytes(void *to, size_t len);
uint32_t mir_random_u32(void);
uint64_t mir_random_u64(void);

#endif
