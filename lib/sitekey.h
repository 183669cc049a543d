/* SPDX-License-Identifier: ISC */
/* lib/sitekey.h - keys of a site: is it one, and what type does its extension say?  Pure. */
#ifndef LIB_SITEKEY_H
#define LIB_SITEKEY_H

#include <stdbool.h>
#include <stddef.h>

struct sitekey_type {
	const char *extension;		/* In lower case. */
	const char *type;		/* Of the Content-Type field. */
	bool compressed;		/* A gzip variant is tried. */
};

/* Relative, each component there, none hidden: no ".", "..", ".git", no "a//b", no "a/". */
bool sitekey_is_valid(const char *key, size_t len);

/* Of the extension; of any other the last entry, "application/octet-stream". */
const struct sitekey_type *sitekey_type(const char *key, size_t len);

#endif
