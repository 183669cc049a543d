/* SPDX-License-Identifier: ISC */
/* drivers/hostkv/names.h - what a key says: is it one, and of which type is the file?  Pure. */
#ifndef DRIVERS_HOSTKV_NAMES_H
#define DRIVERS_HOSTKV_NAMES_H

#include <stdbool.h>
#include <stddef.h>

struct hostkv_type {
	const char *extension;		/* In lower case. */
	const char *type;		/* Of the Content-Type field. */
	bool compressed;		/* A gzip variant is tried. */
};

/* Relative, each component there, none hidden: no ".", "..", ".git", no "a//b", no "a/". */
bool hostkv_is_key(const char *key, size_t len);

/* Of the extension; of any other the last entry, "application/octet-stream". */
const struct hostkv_type *hostkv_type_of(const char *key, size_t len);

#endif
