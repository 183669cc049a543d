/* SPDX-License-Identifier: ISC */
/* The table of characters. */
#include "net/http/chars.h"

#define T	HTTP_TOKEN
#define H	HTTP_HOST
#define V	HTTP_VALUE
#define P	(HTTP_PLAIN | HTTP_PATH)
#define D	HTTP_PLAIN

const uint8_t http_chars[256] = {
	['\t'] = V, [' '] = V,
	['!'] = T | H | V | P, ['"'] = V | P, ['#'] = T | V, ['$'] = T | H | V | P,
	['%'] = T | H | V, ['&'] = T | H | V | P, ['\''] = T | H | V | P, ['('] = H | V | P,
	[')'] = H | V | P, ['*'] = T | H | V | P, ['+'] = T | H | V | P, [','] = H | V | P,
	['-'] = T | H | V | P, ['.'] = T | H | V | D, ['/'] = V | P,
	['0' ... '9'] = T | H | V | P,
	[':'] = H | V | P, [';'] = H | V | P, ['<'] = V | P, ['='] = H | V | P, ['>'] = V | P,
	['?'] = V, ['@'] = V | P,
	['A' ... 'Z'] = T | H | V | P,
	['['] = H | V | P, ['\\'] = V, [']'] = H | V | P, ['^'] = T | V | P, ['_'] = T | H | V | P,
	['`'] = T | V | P,
	['a' ... 'z'] = T | H | V | P,
	['{'] = V | P, ['|'] = T | V | P, ['}'] = V | P, ['~'] = T | H | V | P,
	[0x80 ... 0xff] = V | P,
};
