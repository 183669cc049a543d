/* SPDX-License-Identifier: ISC */
/* drivers/doubles/resolver.h - a resolver with one answer to all. */
#ifndef DRIVERS_DOUBLES_RESOLVER_H
#define DRIVERS_DOUBLES_RESOLVER_H

#include "mir/resolver.h"

struct double_resolver_settings {
	struct mir_addr answer;
};

struct double_resolver {
	struct mir_resolver resolver;	/* First. */
	struct double_resolver_settings settings;
	uint64_t questions;		/* Asked so far. */
};

struct mir_resolver *double_resolver_make(struct double_resolver *r,
					  const struct double_resolver_settings *s);

/* The image's, with what the key resolvedouble says. */
int double_resolver_open(struct mir_resolver **out);

#endif
