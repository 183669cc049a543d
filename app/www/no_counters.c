/* SPDX-License-Identifier: ISC */
/* Without CONFIG_WWW_COUNTERS: the counters have no page. */
#include "app/www/www.h"

struct mir_http_handler *
www_counters(void)
{
	return NULL;
}
