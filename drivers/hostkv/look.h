/* SPDX-License-Identifier: ISC */
/* drivers/hostkv/look.h - what there is to know of a file at this moment. */
#ifndef DRIVERS_HOSTKV_LOOK_H
#define DRIVERS_HOSTKV_LOOK_H

#include "drivers/hostkv/cache.h"

/* The entry of the file as it is now; it is read when it is new or changed, once for all tasks that
 * ask.  The entry is valid until the caller blocks or looks again. */
int hostkv_look_up(const char *folder, const char *key, size_t key_len, bool compressed,
		   struct hostkv_entry **out);

#endif
