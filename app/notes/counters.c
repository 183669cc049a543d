/* SPDX-License-Identifier: ISC */
/* CONFIG_NOTES_COUNTERS: the counters have a page. */
#include "app/notes/notes.h"
#include "net/http/http.h"

struct mir_http_handler *
notes_counters(void)
{
	return &http_counters;
}
