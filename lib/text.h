/* SPDX-License-Identifier: ISC */
/* lib/text.h - numbers and addresses as text.  Pure.  Errors: MIR_EINVAL. */
#ifndef LIB_TEXT_H
#define LIB_TEXT_H

#include <stddef.h>
#include <stdint.h>

#define TEXT_IPV4 16			/* Bytes of "255.255.255.255" and its 0. */

/* A decimal number of at most 'max' from '*at', which is moved behind it. */
int text_number(const char **at, uint32_t max, uint32_t *out);

/* "10.0.0.1", in host order; the text must end behind it. */
int text_ipv4(const char *text, uint32_t *ip);

/* "10.0.0.1/24". */
int text_ipv4_prefix(const char *text, uint32_t *ip, uint8_t *prefix);

/* Writes "10.0.0.1" into 'to'; gives 'to'. */
const char *text_from_ipv4(uint32_t ip, char to[TEXT_IPV4]);

#endif
