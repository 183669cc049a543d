/* SPDX-License-Identifier: ISC */
/* lib/utf.h - UTF-8 (RFC 3629) character by character.  Pure. */
#ifndef LIB_UTF_H
#define LIB_UTF_H

#include <stddef.h>
#include <stdint.h>

#define UTF8_MAX 4			/* Bytes of a character. */

/* The character at the start of 'len' bytes (at least one); its bytes, 0: it is none. */
size_t utf8_get(const char *s, size_t len, uint32_t *out);

/* Writes a character that is one (no surrogate, up to U+10FFFF); its bytes. */
size_t utf8_put(char *to, uint32_t c);

#endif
