/* SPDX-License-Identifier: ISC */
/* drivers/hostsock/hostsock.h - the stack of the host, by its sockets: an implementation of
 * mir/stack.h for the Unix target. */
#ifndef DRIVERS_HOSTSOCK_HOSTSOCK_H
#define DRIVERS_HOSTSOCK_HOSTSOCK_H

#include "mir/stack.h"

/* Listens on, and connects from, the address that the command line's key 'ip' gives, or all of
 * the host's.  Never closed.  MIR_OK. */
int hostsock_open(struct mir_stack **out);

#endif
