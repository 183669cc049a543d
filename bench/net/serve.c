/* SPDX-License-Identifier: ISC */
/* serve - app/bench's servers for a Linux guest, as a lean program writes them there: one process,
 * one epoll loop, no copies that it can avoid, an answer ready made. */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHUNK		262144
#define HEAD_MAX	4096

struct end {				/* A socket and what it does. */
	int fd;
	bool (*ready)(struct end *);	/* false: it is done. */
	bool (*accepted)(struct end *);	/* Of a listener: what its connections do. */
	size_t have;
	char *head;			/* Of HTTP. */
};

static char data[CHUNK];
static char answer[512];
static size_t answer_len;
static int epoll;

static void
die(const char *what)
{
	perror(what);
	exit(1);
}

static struct end *
watch(int fd, bool (*ready)(struct end *), unsigned events)
{
	struct end *e = calloc(1, sizeof *e);
	struct epoll_event event = { events, { .ptr = e } };

	if (!e || epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event))
		die("epoll");
	e->fd = fd;
	e->ready = ready;
	return e;
}

static bool
echo_datagrams(struct end *e)
{
	struct sockaddr_in6 from;
	socklen_t len = sizeof from;
	ssize_t n;

	while ((n = recvfrom(e->fd, data, sizeof data, 0, (struct sockaddr *)&from, &len)) >= 0) {
		sendto(e->fd, data, (size_t)n, 0, (struct sockaddr *)&from, len);
		len = sizeof from;
	}
	return true;
}

static bool
echo(struct end *e)
{
	ssize_t n = recv(e->fd, data, sizeof data, 0);

	return n > 0 && send(e->fd, data, (size_t)n, 0) == n;
}

static bool
discard(struct end *e)
{
	return recv(e->fd, data, sizeof data, 0) > 0;
}

static bool
stream(struct end *e)
{
	return send(e->fd, data, sizeof data, 0) >= 0 || errno == EAGAIN;
}

static bool
http(struct end *e)
{
	char *p = e->head, *end;
	bool last = false;
	ssize_t n = recv(e->fd, p + e->have, HEAD_MAX - 1 - e->have, 0);

	if (n <= 0)
		return n < 0 && errno == EAGAIN;
	e->have += (size_t)n;
	e->head[e->have] = '\0';
	for (; !last && (end = strstr(p, "\r\n\r\n")); p = end + 4) {
		*end = '\0';
		last = strstr(p, "HTTP/1.0") || strstr(p, "onnection: close");
		if (send(e->fd, answer, answer_len, 0) != (ssize_t)answer_len)
			return false;
	}
	e->have -= (size_t)(p - e->head);
	memmove(e->head, p, e->have);
	return !last && e->have < HEAD_MAX - 1;
}

static bool
take(struct end *e)
{
	int fd = accept4(e->fd, NULL, NULL, SOCK_NONBLOCK), one = 1;
	struct end *c;

	if (fd < 0)
		return true;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	c = watch(fd, e->accepted, e->accepted == stream ? EPOLLOUT : EPOLLIN);
	if (e->accepted == http && !(c->head = malloc(HEAD_MAX)))
		die("memory");
	return true;
}

static void
serve(int type, int port, bool (*ready)(struct end *), bool (*accepted)(struct end *))
{
	struct sockaddr_in6 any = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port) };
	int fd = socket(AF_INET6, type | SOCK_NONBLOCK, 0), one = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (bind(fd, (struct sockaddr *)&any, sizeof any) ||
	    (type == SOCK_STREAM && listen(fd, 1024)))
		die("bind");
	watch(fd, ready, EPOLLIN)->accepted = accepted;
}

static void
run(void)
{
	struct epoll_event events[64];
	struct end *e;
	int n;

	for (;;) {
		n = epoll_wait(epoll, events, 64, -1);
		for (int i = 0; i < n; i++) {
			e = events[i].data.ptr;
			if (e->ready(e))
				continue;
			close(e->fd);
			free(e->head);
			free(e);
		}
	}
}

int
main(void)
{
	signal(SIGPIPE, SIG_IGN);
	answer_len = (size_t)sprintf(answer, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
				     "Content-Length: 256\r\n\r\n");
	memset(answer + answer_len, 'x', 256);
	answer_len += 256;
	epoll = epoll_create1(0);
	serve(SOCK_DGRAM, 7, echo_datagrams, NULL);
	serve(SOCK_STREAM, 7, take, echo);
	serve(SOCK_STREAM, 9, take, discard);
	serve(SOCK_STREAM, 19, take, stream);
	serve(SOCK_STREAM, 8080, take, http);
	run();
}
