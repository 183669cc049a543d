/* SPDX-License-Identifier: ISC */
/* What the parts of the measuring client share. */
#ifndef BENCH_NET_LOAD_H
#define BENCH_NET_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

struct target {				/* IPv4 or IPv6. */
	struct sockaddr_storage addr;
	socklen_t len;
};
extern struct target target;

double now_us(void);
void die(const char *what);

/* A socket that is connected to the target, or on its way there. */
int connect_tcp(bool nonblocking);
bool wait_for(int fd, short events, double until_us);

void times_add(double us);
size_t times_count(void);
/* Prints " p50_us=... p90_us=... p99_us=... max_us=..." and ends the line. */
void times_print(void);

/* Each prints a line of results; 0, or 1 when there is none. */
int load_ping(long count);
int load_udp(long count, size_t size, long window);
int load_send(double seconds);
int load_recv(double seconds);
int load_http(const char *path, double seconds, unsigned conns, bool keep);
int load_fetch(const char *path, long tries, double limit);

#endif
