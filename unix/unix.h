/* SPDX-License-Identifier: ISC */
/* unix/unix.h - the platform Unix process, for the drivers that stand on it: descriptors of the
 * host whose readiness runs a handler on the scheduler's loop. */
#ifndef UNIX_UNIX_H
#define UNIX_UNIX_H

#include <stdint.h>
#include <sys/epoll.h>
#include "mir/platform.h"

struct unix_watch {			/* The caller's; stays in place until unix_unwatch. */
	int fd;
	void (*ready)(struct unix_watch *, uint32_t events);	/* EPOLLIN, ...; may unwatch. */
};

/* Calls w->ready when one of 'events' (epoll_ctl(2); by level unless EPOLLET) is there.  MIR_EACCES:
 * the descriptor can't be waited for, as regular files can't; MIR_ENOMEM. */
int unix_watch(struct unix_watch *w, uint32_t events);
void unix_rewatch(struct unix_watch *w, uint32_t events);	/* Other events from now on. */
void unix_unwatch(struct unix_watch *w);	/* Before the descriptor is closed. */

/* The mir_err that fits an errno. */
int unix_error(int number);

extern const struct mir_platform unix_platform;

#endif
