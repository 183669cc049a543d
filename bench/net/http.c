/* SPDX-License-Identifier: ISC */
/* HTTP requests, on connections that stay or on one each.
 *
 * The client shares a processor with the guest, so it does little: the first answer tells how long
 * an answer is, and after that bytes are counted. */
#define _GNU_SOURCE
#include "load.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define CONNS_MAX	4096
#define ANSWER_MAX	65536

struct conn {
	int fd;
	bool asked;
	size_t have;			/* Bytes of the answer. */
	double begin;
};

static struct {
	struct conn conns[CONNS_MAX];
	char request[512];
	size_t request_len, answer_len;	/* 'answer_len' 0: not known yet. */
	bool keep;
	int epoll;
	double end;
	unsigned live;
	long done, errors;
} load;

/* The length of the answer at 'text' by its head; 0: no HTTP. */
static size_t
length_of(const char *text)
{
	const char *body = strstr(text, "\r\n\r\n"), *field = strcasestr(text, "\r\ncontent-length:");

	if (strncmp(text, "HTTP/1.1 200 ", 13) || !body || !field || field > body)
		return 0;
	return (size_t)(body + 4 - text) + (size_t)atol(field + 17);
}

static void
conn_open(struct conn *c)
{
	struct epoll_event e = { EPOLLOUT, { .ptr = c } };

	c->begin = now_us();
	c->asked = false;
	c->have = 0;
	c->fd = connect_tcp(true);
	if (c->fd < 0) {
		load.errors++;
		return;
	}
	epoll_ctl(load.epoll, EPOLL_CTL_ADD, c->fd, &e);
	load.live++;
}

static void
conn_end(struct conn *c, bool error)
{
	close(c->fd);
	c->fd = -1;
	load.live--;
	load.errors += error;
	if (now_us() < load.end && load.errors < 1000)
		conn_open(c);
}

static void
ask(struct conn *c)
{
	struct epoll_event e = { EPOLLIN, { .ptr = c } };

	if (send(c->fd, load.request, load.request_len, MSG_NOSIGNAL) != (ssize_t)load.request_len) {
		conn_end(c, true);
		return;
	}
	if (!c->asked)
		epoll_ctl(load.epoll, EPOLL_CTL_MOD, c->fd, &e);
	c->asked = true;
	c->have = 0;
}

static void
answered(struct conn *c)
{
	double now = now_us();

	times_add(now - c->begin);
	load.done++;
	if (!load.keep || now >= load.end) {
		conn_end(c, false);
		return;
	}
	c->begin = now;
	ask(c);
}

static void
take(struct conn *c)
{
	char text[ANSWER_MAX + 1];
	ssize_t n = recv(c->fd, text, ANSWER_MAX, 0);

	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0) {			/* The end is what a connection for one request waits for. */
		if (n == 0 && !load.keep && load.answer_len && c->have == load.answer_len)
			answered(c);
		else
			conn_end(c, true);
		return;
	}
	if (!load.answer_len) {
		text[n] = '\0';
		load.answer_len = length_of(text);
	}
	c->have += (size_t)n;
	if (!load.answer_len || c->have > load.answer_len)
		conn_end(c, true);
	else if (load.keep && c->have == load.answer_len)
		answered(c);
}

static void
run(unsigned conns)
{
	struct epoll_event events[64];
	int n;

	for (unsigned i = 0; i < conns; i++)
		conn_open(&load.conns[i]);
	while (load.live && (now_us() < load.end || !load.done)) {
		n = epoll_wait(load.epoll, events, 64, 200);
		for (int i = 0; i < n; i++) {
			struct conn *c = events[i].data.ptr;

			if (c->asked)
				take(c);
			else
				ask(c);
		}
		if (n == 0 && now_us() > load.end + 5e6)
			break;
	}
}

int
load_http(const char *path, double seconds, unsigned conns, bool keep)
{
	double begin = now_us();
	int n;

	if (conns > CONNS_MAX)
		return 2;
	n = snprintf(load.request, sizeof load.request, "GET %s HTTP/1.%d\r\nHost: guest\r\n\r\n", path,
		     keep);
	load.request_len = (size_t)n;
	load.keep = keep;
	load.end = begin + seconds * 1e6;
	load.epoll = epoll_create1(0);
	run(conns);
	printf("done=%ld errors=%ld per_s=%.1f", load.done, load.errors,
	       (double)load.done / (now_us() - begin) * 1e6);
	times_print();
	return load.done == 0;
}
