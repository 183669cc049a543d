/* SPDX-License-Identifier: ISC */
/* crowd - many connections to an HTTP server at a time, most of them silent, and a flood of SYNs.
 *
 *	crowd ADDRESS PORT IDLE ACTIVE SECONDS SYNS
 *
 * Opens IDLE connections and lets each ask once, then ACTIVE ones that ask all the time, for SECONDS.
 * Meanwhile SYNS segments from random addresses ask for connections, and a new honest one comes
 * each 100 ms.  Then each idle connection asks again.  Any failure: exit status 1.  2: can't run. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define OPENING_MAX	64		/* At a time. */
#define ANSWER_LIMIT_S	30
#define SYNS_A_TURN	256

enum kind { IDLE, ACTIVE, HONEST };

struct conn {
	int fd;
	enum kind kind;
	bool open, asked;
	size_t got;
	double since;
};

static struct sockaddr_in server;
static struct conn *conns;
static long count, opened, answered, failed, honest, honest_answered, waiting;
static bool again;			/* Active ones go on. */
static int poller, raw;
static char answer[65536];

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
	fprintf(stderr, "crowd: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void
fail(struct conn *c, const char *why)
{
	if (failed++ < 5)
		printf("crowd: connection %ld: %s (%s, %zu bytes)\n", (long)(c - conns), why,
		       strerror(errno), c->got);
	if (c->asked)
		waiting--;
	close(c->fd);
	c->fd = -1;
}

static void
ask(struct conn *c)
{
	static const char request[] = "GET / HTTP/1.1\r\nHost: crowd\r\n\r\n";

	c->asked = true;
	c->got = 0;
	c->since = now();
	waiting++;
	if (send(c->fd, request, sizeof request - 1, MSG_NOSIGNAL) != (ssize_t)sizeof request - 1)
		fail(c, "request not taken");
}

static struct conn *
start(enum kind kind)
{
	struct conn *c = &conns[count++];
	struct epoll_event e = { .events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = c };

	*c = (struct conn){ .kind = kind, .since = now() };
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	if (c->fd < 0)
		die("socket");
	if (connect(c->fd, (struct sockaddr *)&server, sizeof server) != 0 && errno != EINPROGRESS)
		die("connect");
	if (epoll_ctl(poller, EPOLL_CTL_ADD, c->fd, &e) != 0)
		die("epoll_ctl");
	return c;
}

/* An answer is whole when its head and 256 bytes are here; it comes in one piece. */
static void
receive(struct conn *c)
{
	ssize_t n;

	while ((n = recv(c->fd, answer, sizeof answer, 0)) > 0)
		c->got += (size_t)n;
	if (n == 0 || (n < 0 && errno != EAGAIN)) {
		fail(c, n ? "broken" : "closed");
		return;
	}
	if (c->got < 256 || !c->asked)
		return;
	c->asked = false;
	waiting--;
	answered++;
	if (c->kind == HONEST) {
		honest_answered++;
		close(c->fd);
		c->fd = -1;
	} else if (c->kind == ACTIVE && again) {
		ask(c);
	}
}

static void
events(int timeout_ms)
{
	struct epoll_event e[256];
	int n = epoll_wait(poller, e, 256, timeout_ms);
	struct conn *c;

	for (int i = 0; i < n; i++) {
		c = e[i].data.ptr;
		if (c->fd < 0)
			continue;
		if (!c->open) {
			if (!(e[i].events & EPOLLOUT) || (e[i].events & (EPOLLERR | EPOLLHUP))) {
				fail(c, "not opened");
				continue;
			}
			c->open = true;
			opened++;
			ask(c);
		} else {
			receive(c);
		}
	}
}

static void
open_many(long many, enum kind kind)
{
	long end = opened + failed + many, left = many;
	double start_at = now();

	while (opened + failed < end) {
		while (left > 0 && count - opened - failed < OPENING_MAX) {
			start(kind);
			left--;
		}
		events(100);
		if (now() - start_at > 10 + (double)many / 50) {
			failed += end - opened - failed;
			printf("crowd: not all open in time\n");
		}
	}
	printf("crowd: %ld opened in %.1f s, failed %ld\n", many, now() - start_at, failed);
	fflush(stdout);
}

static uint16_t
sum(const void *p, size_t len, uint32_t s)
{
	const uint8_t *b = p;

	for (; len > 1; len -= 2, b += 2)
		s += (uint32_t)b[0] | (uint32_t)b[1] << 8;
	s = (s & 0xffff) + (s >> 16);
	return (uint16_t)((s & 0xffff) + (s >> 16));
}

static void
send_syn(void)
{
	struct { struct iphdr ip; struct tcphdr tcp; } p = {
		.ip = { .version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_TCP,
			.tot_len = htons(sizeof p), .daddr = server.sin_addr.s_addr,
			.saddr = htonl(0x0b000000 + (uint32_t)random() % 0x30000000) },
		.tcp = { .source = htons((uint16_t)(1024 + random() % 60000)),
			 .dest = server.sin_port, .seq = (uint32_t)random(), .doff = 5, .syn = 1,
			 .window = 0xffff },
	};
	struct { uint32_t src, dst; uint16_t protocol, len; } pseudo = {
		p.ip.saddr, p.ip.daddr, htons(IPPROTO_TCP), htons(sizeof p.tcp) };

	p.tcp.check = (uint16_t)~sum(&p.tcp, sizeof p.tcp, sum(&pseudo, sizeof pseudo, 0));
	sendto(raw, &p, sizeof p, 0, (struct sockaddr *)&server, sizeof server);
}

/* The active ones ask.  SYNs go out evenly over the first half of the time, or as fast as they do. */
static void
bustle(long first_active, double seconds, long syns)
{
	double begin = now(), next_honest = begin, t;
	long sent = 0, before = answered;

	again = true;
	for (long i = first_active; i < count; i++)
		if (conns[i].fd >= 0 && !conns[i].asked)
			ask(&conns[i]);
	while ((t = now()) < begin + seconds || sent < syns) {
		while (sent < syns && (double)sent < 2 * (t - begin) / seconds * (double)syns) {
			send_syn();
			if (++sent % SYNS_A_TURN == 0)
				break;
		}
		if (t >= next_honest) {
			start(HONEST);
			honest++;
			next_honest = t + 0.1;
		}
		events(sent < syns ? 0 : 10);
	}
	again = false;
	printf("crowd: %.0f answers a second, %ld SYNs\n",
	       (double)(answered - before) / (now() - begin), sent);
	fflush(stdout);
}

static void
drain(void)
{
	double end = now() + ANSWER_LIMIT_S;

	while ((waiting > 0 || opened + failed < count) && now() < end)
		events(100);
	if (waiting > 0 || opened + failed < count) {
		printf("crowd: %ld not answered, %ld not open\n", waiting,
		       count - opened - failed);
		failed++;
	}
}

/* Each idle one again, some at a time. */
static void
ask_idle(long idle)
{
	long before = answered, alive = 0;

	for (long i = 0; i < idle; i++) {
		if (conns[i].fd < 0)
			continue;
		alive++;
		ask(&conns[i]);
		while (waiting > OPENING_MAX && failed < 100)
			events(1000);
	}
	drain();
	printf("crowd: %ld idle ones alive, %ld answered\n", alive, answered - before);
	failed += idle - (answered - before);
}

int
main(int argc, char **argv)
{
	long idle, active;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc != 7)
		return 2;
	server.sin_family = AF_INET;
	server.sin_addr.s_addr = inet_addr(argv[1]);
	server.sin_port = htons((uint16_t)atoi(argv[2]));
	idle = atol(argv[3]);
	active = atol(argv[4]);
	conns = calloc((size_t)(idle + active) + 10000, sizeof *conns);
	if (setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 100000, 100000 }) != 0)
		die("setrlimit");
	poller = epoll_create1(0);
	raw = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
	if (raw < 0)
		die("raw socket");
	open_many(idle, IDLE);
	open_many(active, ACTIVE);
	drain();
	bustle(idle, atof(argv[5]), atol(argv[6]));
	drain();
	printf("crowd: %ld of %ld new ones answered\n", honest_answered, honest);
	ask_idle(idle);
	printf("crowd: %ld answers, failed %ld\n", answered, failed);
	return failed > 0;
}
