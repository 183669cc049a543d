/* SPDX-License-Identifier: ISC */
/* app/bench/start.h - the start of the servers that measurements talk to. */
#ifndef APP_BENCH_START_H
#define APP_BENCH_START_H

#include "mir/stack.h"

/* Serves on 'net' without end.  A negative enum mir_err when it can't listen. */
int bench_start(struct mir_stack *net);

#endif
