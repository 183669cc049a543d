/* SPDX-License-Identifier: ISC */
/* lib/text.h - numbers and addresses as text.  Pure.  Errors: MIR_EINVAL. */
#ifndef LIB_TEXT_H
#define LIB_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include "mir/flow.h"

#define TEXT_ADDR 40			/* Bytes of the longest IPv6 address and its 0. */
#define TEXT_IPV4 16			/* Bytes of "255.255.255.255" and its 0. */

/* A decimal number of at most 'max' from '*at', which is moved behind it. */
int text_number(const char **at, uint32_t max, uint32_t *out);

/* "10.0.0.1", in host order; the text must end behind it. */
int text_ipv4(const char *text, uint32_t *ip);

/* "10.0.0.1/24". */
int text_ipv4_prefix(const char *text, uint32_t *ip, uint8_t *prefix);

/* Writes "10.0.0.1" into 'to'; gives 'to'. */
const char *text_from_ipv4(uint32_t ip, char to[TEXT_IPV4]);

/* "fd00::1", RFC 4291 2.2 (1 and 2; not the dotted form of the last 32 bits). */
int text_ipv6(const char *text, struct mir_addr *out);
int text_ipv6_prefix(const char *text, struct mir_addr *out, uint8_t *prefix);	/* "fd00::1/64" */

/* Writes an address of either family, IPv6 by RFC 5952; gives 'to'. */
const char *text_from_addr(const struct mir_addr *a, char to[TEXT_ADDR]);

#endif
