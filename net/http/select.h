/* SPDX-License-Identifier: ISC */
/* net/http/select.h - which representation, and which part of it, a request is given: conditions
 * (RFC 9110 13), ranges (14), encodings (12.5.3).  Pure. */
#ifndef NET_HTTP_SELECT_H
#define NET_HTTP_SELECT_H

#include "mir/kv.h"
#include "net/http/request.h"

/* 0: go on; 304 (GET, HEAD) or 412.  'info' is what is there now, of which etag and mtime matter;
 * NULL: nothing. */
unsigned http_conditions(const struct mir_http_request *r, const struct mir_kv_info *info);

struct http_part {
	uint64_t offset, len;
};

/* 206 and '*out', 416, or 200 where there is no range that we serve (several at once, too). */
unsigned http_range(const struct mir_http_request *r, const struct mir_kv_info *info,
		    struct http_part *out);

/* Whether the client takes gzip, and likes it no less than plain bytes. */
bool http_prefers_gzip(const struct mir_http_request *r);

#endif
