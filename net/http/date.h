/* SPDX-License-Identifier: ISC */
/* net/http/date.h - dates as HTTP writes them (RFC 9110 5.6.7).  Pure. */
#ifndef NET_HTTP_DATE_H
#define NET_HTTP_DATE_H

#include <stddef.h>
#include <stdint.h>

#define HTTP_DATE 30			/* Bytes of "Sun, 06 Nov 1994 08:49:37 GMT" and a 0. */

void http_date_format(uint64_t seconds, char to[HTTP_DATE]);	/* Since 1970. */

/* Reads the preferred form only; the obsolete ones count as no date.  MIR_EINVAL. */
int http_date_parse(const char *p, size_t len, uint64_t *seconds);

#endif
