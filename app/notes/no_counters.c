/* SPDX-License-Identifier: ISC */
/* Without CONFIG_NOTES_COUNTERS: the counters have no page. */
#include "app/notes/notes.h"

struct mir_http_handler *
notes_counters(void)
{
	return NULL;
}
