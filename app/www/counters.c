/* SPDX-License-Identifier: ISC */
/* CONFIG_WWW_COUNTERS: the counters have a page. */
#include "app/www/www.h"
#include "net/http/http.h"

struct mir_http_handler *
www_counters(void)
{
	return &http_counters;
}
