/* SPDX-License-Identifier: ISC */
/* load - measures the servers of a guest, from dom0.
 *
 *	load wait  ADDRESS PORT SECONDS			until a connection opens
 *	load ping  ADDRESS 0 COUNT			ICMP echo, one after the other
 *	load udp   ADDRESS PORT COUNT SIZE WINDOW	echo, so many outstanding
 *	load send  ADDRESS PORT SECONDS			TCP to the guest
 *	load recv  ADDRESS PORT SECONDS			TCP from the guest
 *	load http  ADDRESS PORT PATH SECONDS CONNECTIONS keep|close
 *	load fetch ADDRESS PORT PATH TRIES SECONDS	a page, each try with a time limit
 *
 * Prints one line of name=value words; exits with 0 when there was a result. */
#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct target target;
static float *times;
static size_t count, room;

double
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

void
die(const char *what)
{
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(2);
}

void
times_add(double us)
{
	if (count == room) {
		room = room ? room * 2 : 4096;
		times = realloc(times, room * sizeof *times);
		if (!times)
			die("memory");
	}
	times[count++] = (float)us;
}

size_t
times_count(void)
{
	return count;
}

static int
compare(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

void
times_print(void)
{
	if (count) {
		qsort(times, count, sizeof *times, compare);
		printf(" p50_us=%.0f p90_us=%.0f p99_us=%.0f max_us=%.0f", times[count / 2],
		       times[count * 9 / 10], times[count * 99 / 100], times[count - 1]);
	}
	printf("\n");
}

int
connect_tcp(bool nonblocking)
{
	int fd = socket(target.addr.ss_family, SOCK_STREAM | (nonblocking ? SOCK_NONBLOCK : 0), 0);
	int one = 1;

	if (fd < 0)
		die("socket");
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	if (connect(fd, (struct sockaddr *)&target.addr, target.len) == 0 || errno == EINPROGRESS)
		return fd;
	close(fd);
	return -1;
}

bool
wait_for(int fd, short events, double until)
{
	struct pollfd p = { fd, events, 0 };
	double left = until - now_us();

	return left > 0 && poll(&p, 1, (int)(left / 1000) + 1) == 1;
}

static int
load_wait(double seconds)
{
	double begin = now_us(), end = begin + seconds * 1e6;
	int fd, err = 1;
	socklen_t len;

	while (err && now_us() < end) {
		fd = connect_tcp(true);
		len = sizeof err;
		if (fd < 0 || !wait_for(fd, POLLOUT, now_us() + 1e6) ||
		    getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len))
			err = 1;
		if (fd >= 0)
			close(fd);
		if (err)
			usleep(50000);
	}
	if (!err)
		printf("ms=%.0f\n", (now_us() - begin) / 1e3);
	return err != 0;
}

static void
set_target(const char *text, int port)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)&target.addr;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&target.addr;

	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons((uint16_t)port);
		target.len = sizeof *v4;
	} else if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons((uint16_t)port);
		target.len = sizeof *v6;
	} else {
		errno = EINVAL;
		die(text);
	}
}

static int
run(const char *what, int argc, char **argv)
{
	if (!strcmp(what, "wait") && argc == 1)
		return load_wait(atof(argv[0]));
	if (!strcmp(what, "ping") && argc == 1)
		return load_ping(atol(argv[0]));
	if (!strcmp(what, "udp") && argc == 3)
		return load_udp(atol(argv[0]), (size_t)atol(argv[1]), atol(argv[2]));
	if (!strcmp(what, "send") && argc == 1)
		return load_send(atof(argv[0]));
	if (!strcmp(what, "recv") && argc == 1)
		return load_recv(atof(argv[0]));
	if (!strcmp(what, "http") && argc == 4)
		return load_http(argv[0], atof(argv[1]), (unsigned)atol(argv[2]),
				 !strcmp(argv[3], "keep"));
	if (!strcmp(what, "fetch") && argc == 3)
		return load_fetch(argv[0], atol(argv[1]), atof(argv[2]));
	fprintf(stderr, "load: see the head of load.c for its arguments\n");
	return 2;
}

int
main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	if (argc < 5)
		return run("", 0, argv);
	set_target(argv[2], atoi(argv[3]));
	return run(argv[1], argc - 4, argv + 4);
}
