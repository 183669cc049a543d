/* SPDX-License-Identifier: ISC */
/* A kv with a few values in memory, for the HTTP tests. */
#ifndef TEST_HTTP_SITE_H
#define TEST_HTTP_SITE_H

#include "mir/kv.h"

#define SITE_BIG 200000			/* Bytes of "big.bin": byte i is i * 7. */

struct mir_kv *site_open(void);

#endif
