/* SPDX-License-Identifier: ISC */
/* load - asks an HTTP server for one file many times over, and compares each answer's body.
 *
 *	load ADDRESS PORT PATH FILE REQUESTS CONNECTIONS close|keep [PAUSE]
 *
 * SIGTERM: no more requests than those begun.  PAUSE: so many ms after whatever came, for load that
 * leaves the machine time for other things.
 * CONNECTIONS are open at a time.  close: each request has a connection of its own, which the
 * server has to close; keep: connections are used again.  Prints one line of results; the exit
 * status is 0 when every answer was right, 1 when one was not, 2 when it can't run. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS_MAX	1024
#define REQUEST_LIMIT_S	20		/* An answer later than this has failed. */
#define WHY_MAX		5		/* So many failures are told in words. */

struct conn {
	int fd;				/* -1: not in use. */
	bool sent;
	char head[2048];
	size_t head_len;
	bool in_body;
	size_t body_len, body_got;
	double started;
};

static struct conn conns[CONNECTIONS_MAX];
static struct sockaddr_in server;
static const char *file;
static size_t file_len;
static char request[1024];
static bool keep;
static useconds_t pause_us;
static long wanted, begun, done, failed;
static double *times;
static int poller;
static volatile sig_atomic_t enough;

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
die(const char *what)
{
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void
watch(struct conn *c, int op, uint32_t events)
{
	struct epoll_event e = { .events = events, .data.ptr = c };

	if (epoll_ctl(poller, op, c->fd, &e) != 0)
		die("epoll_ctl");
}

static void
conn_close(struct conn *c)
{
	close(c->fd);
	c->fd = -1;
}

static void
conn_fail(struct conn *c, const char *why)
{
	if (failed++ < WHY_MAX)
		printf("load: request %ld: %s (%zu bytes of the head, %zu of %zu of the body)\n",
		       begun, why, c->head_len, c->body_got, c->body_len);
	conn_close(c);
}

static void
request_begin(struct conn *c)
{
	begun++;
	c->sent = c->in_body = false;
	c->head_len = c->body_len = c->body_got = 0;
	c->started = now();
}

static void
conn_open(struct conn *c)
{
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	if (c->fd < 0)
		die("socket");
	request_begin(c);
	if (connect(c->fd, (struct sockaddr *)&server, sizeof server) != 0 && errno != EINPROGRESS)
		die("connect");
	watch(c, EPOLL_CTL_ADD, EPOLLOUT);
}

static void
conn_send(struct conn *c)
{
	ssize_t n = send(c->fd, request, strlen(request), MSG_NOSIGNAL);

	if (n != (ssize_t)strlen(request)) {
		conn_fail(c, n < 0 ? strerror(errno) : "request not taken whole");
		return;
	}
	c->sent = true;
	watch(c, EPOLL_CTL_MOD, EPOLLIN);
}

static void
request_end(struct conn *c)
{
	times[done++] = now() - c->started;
	if (!keep) {
		conn_close(c);
	} else if (begun < wanted) {
		request_begin(c);
		conn_send(c);
	} else {
		conn_close(c);
	}
}

/* The head is complete.  Returns what is wrong with it, or null. */
static const char *
head_check(struct conn *c)
{
	const char *length;

	if (strncmp(c->head, "HTTP/1.", 7) != 0 || strncmp(c->head + 8, " 200 ", 5) != 0)
		return "status is not 200";
	length = strcasestr(c->head, "\r\nContent-Length:");
	if (length == NULL)
		return "no Content-Length";
	c->body_len = strtoull(length + 17, NULL, 10);
	return c->body_len == file_len ? NULL : "wrong Content-Length";
}

static const char *
body_take(struct conn *c, const char *p, size_t n)
{
	if (n > c->body_len - c->body_got)
		return "more bytes than Content-Length";
	if (memcmp(p, file + c->body_got, n) != 0)
		return "body differs";
	c->body_got += n;
	return NULL;
}

/* Moves bytes into the head; how many of them the head had. */
static size_t
head_take(struct conn *c, const char *p, size_t n)
{
	size_t room = sizeof c->head - 1 - c->head_len, before = c->head_len;
	char *end;

	n = n < room ? n : room;
	memcpy(c->head + c->head_len, p, n);
	c->head_len += n;
	c->head[c->head_len] = '\0';
	end = strstr(c->head, "\r\n\r\n");
	if (end == NULL)
		return n;
	end[2] = '\0';
	c->head_len = (size_t)(end - c->head) + 4;
	c->in_body = true;
	return c->head_len - before;
}

static const char *
bytes_take(struct conn *c, const char *p, size_t n)
{
	const char *why;
	size_t used;

	if (!c->in_body) {
		used = head_take(c, p, n);
		if (!c->in_body)
			return c->head_len < sizeof c->head - 1 ? NULL : "head too long";
		why = head_check(c);
		if (why != NULL)
			return why;
		p += used;
		n -= used;
	}
	return body_take(c, p, n);
}

static void
conn_receive(struct conn *c)
{
	static char bytes[65536];
	ssize_t n = recv(c->fd, bytes, sizeof bytes, 0);
	bool whole = c->in_body && c->body_got == c->body_len;
	const char *why;

	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0) {
		if (n == 0 && whole && !keep)
			request_end(c);
		else
			conn_fail(c, n == 0 ? "closed too early" : strerror(errno));
		return;
	}
	why = bytes_take(c, bytes, (size_t)n);
	if (why != NULL)
		conn_fail(c, why);
	else if (keep && c->in_body && c->body_got == c->body_len)
		request_end(c);
}

static void
late_fail(int count)
{
	int i;

	for (i = 0; i < count; i++)
		if (conns[i].fd >= 0 && now() - conns[i].started > REQUEST_LIMIT_S)
			conn_fail(&conns[i], conns[i].sent ? "no answer in time" : "no connection in time");
}

static void
stop(int sig)
{
	(void)sig;
	enough = 1;
}

static void
run(int count)
{
	struct epoll_event events[64];
	int i, n;

	while (done + failed < wanted) {
		if (enough)
			wanted = begun;
		for (i = 0; i < count; i++)
			if (conns[i].fd < 0 && begun < wanted)
				conn_open(&conns[i]);
		n = epoll_wait(poller, events, 64, 1000);
		for (i = 0; i < n; i++) {
			struct conn *c = events[i].data.ptr;

			if (c->sent)
				conn_receive(c);
			else
				conn_send(c);
		}
		if (n < 64)
			late_fail(count);
		if (pause_us)
			usleep(pause_us);
	}
}

static void
file_read(const char *name)
{
	int fd = open(name, O_RDONLY);
	struct stat st;
	char *bytes;

	if (fd < 0 || fstat(fd, &st) != 0)
		die(name);
	file_len = (size_t)st.st_size;
	bytes = malloc(file_len + 1);
	if (bytes == NULL || read(fd, bytes, file_len) != st.st_size)
		die(name);
	file = bytes;
}

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
report(double seconds)
{
	qsort(times, (size_t)done, sizeof *times, by_size);
	printf("requests=%ld failed=%ld seconds=%.2f per_second=%.0f median_us=%.0f p99_us=%.0f\n",
	       done, failed, seconds, (double)done / seconds,
	       done > 0 ? times[done / 2] * 1e6 : 0, done > 0 ? times[done * 99 / 100] * 1e6 : 0);
}

int
main(int argc, char **argv)
{
	double start;
	int i, count;

	if (argc != 8 && argc != 9) {
		fprintf(stderr, "usage: load ADDRESS PORT PATH FILE REQUESTS CONNECTIONS close|keep [PAUSE]\n");
		return 2;
	}
	server.sin_family = AF_INET;
	server.sin_addr.s_addr = inet_addr(argv[1]);
	server.sin_port = htons((uint16_t)atoi(argv[2]));
	file_read(argv[4]);
	wanted = atol(argv[5]);
	count = atoi(argv[6]);
	keep = strcmp(argv[7], "keep") == 0;
	pause_us = argc > 8 ? (useconds_t)atoi(argv[8]) * 1000 : 0;
	if (wanted < 1 || count < 1 || count > CONNECTIONS_MAX)
		return 2;
	snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: %s\r\n%s\r\n", argv[3], argv[1],
		 keep ? "" : "Connection: close\r\n");
	times = calloc((size_t)wanted, sizeof *times);
	poller = epoll_create1(0);
	signal(SIGTERM, stop);
	for (i = 0; i < count; i++)
		conns[i].fd = -1;
	start = now();
	run(count);
	report(now() - start);
	return failed > 0;
}
