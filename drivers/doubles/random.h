/* SPDX-License-Identifier: ISC */
/* drivers/doubles/random.h - random bytes that are a list: for tests alone. */
#ifndef DRIVERS_DOUBLES_RANDOM_H
#define DRIVERS_DOUBLES_RANDOM_H

#include <stdbool.h>
#include "mir/random.h"

#define DOUBLE_RANDOM_MAX 64u		/* Bytes of the list. */

struct double_random_settings {
	uint8_t list[DOUBLE_RANDOM_MAX];
	size_t len;			/* At least 1. */
	bool count;			/* Behind the list: its last byte + 1, + 2, ... */
};

struct double_random {
	struct mir_random random;	/* First. */
	struct double_random_settings settings;
	size_t at;
	uint8_t last;
};

/* "00ff10" is repeated; "00ff10+" counts on.  MIR_EINVAL. */
int double_random_parse(const char *text, void *settings);

struct mir_random *double_random_make(struct double_random *r,
				      const struct double_random_settings *s);

/* The image's, with what the key randomdouble says. */
int double_random_open(struct mir_random **out);

#endif
