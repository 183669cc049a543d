/* SPDX-License-Identifier: ISC */
/* drivers/hostsock/addr.h - addresses and errors of the host and of Mir.  Pure. */
#ifndef DRIVERS_HOSTSOCK_ADDR_H
#define DRIVERS_HOSTSOCK_ADDR_H

#include <netinet/in.h>
#include <sys/socket.h>
#include "mir/flow.h"

union sock_addr {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* For a socket of that family, AF_INET6 or AF_INET; the size.  0: an IPv6 address does not go into
 * an AF_INET socket. */
socklen_t sock_addr_to_host(int family, const struct mir_addr *a, uint16_t port,
			    union sock_addr *out);
void sock_addr_from_host(const union sock_addr *from, struct mir_addr *a, uint16_t *port);

/* The mir_err of a socket's errno. */
int sock_err(int code);

#endif
