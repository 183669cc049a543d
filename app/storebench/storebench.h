/* SPDX-License-Identifier: ISC */
/* app/storebench/storebench.h */
#ifndef APP_STOREBENCH_STOREBENCH_H
#define APP_STOREBENCH_STOREBENCH_H

#include "mir/store.h"

int storebench_start(struct mir_store *store);

#endif
