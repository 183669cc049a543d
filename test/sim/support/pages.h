/* SPDX-License-Identifier: ISC */
/* A site in memory for app/www, and a client that fetches from it and checks what it gets. */
#ifndef TEST_SIM_SUPPORT_PAGES_H
#define TEST_SIM_SUPPORT_PAGES_H

#include "mir/kv.h"
#include "sim/sim.h"

#define PAGES 4				/* "page0" ...: 1 KB, 10 KB, 50 KB, 200 KB. */

struct mir_kv *pages_kv(void);

/* Runs app/www with these pages; a task for sim_serve. */
void pages_serve(struct sim_host *h, void *arg);

/* Blocking: fetches page 'n' over a connection of its own, and checks each byte.  MIR_OK, or
 * what the stack said; MIR_EPROTO: the answer is wrong, as a failed check. */
int pages_fetch(struct sim_host *from, struct sim_host *server, unsigned n);

#endif
