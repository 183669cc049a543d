/* SPDX-License-Identifier: ISC */
/* drivers/hostkv/keys.h - the list of all keys of a folder, as they were at one moment. */
#ifndef DRIVERS_HOSTKV_KEYS_H
#define DRIVERS_HOSTKV_KEYS_H

/* The 'n'th key in byte order, NULL behind the last.  The folder is read anew for the first one,
 * which ends the life of the keys before. */
const char *hostkv_key(const char *folder, unsigned n);

void hostkv_keys_forget(void);

#endif
