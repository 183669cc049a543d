/* SPDX-License-Identifier: ISC */
/* notes - puts documents by many clients into a server that comes and goes, and looks for them.
 *
 *	notes put ADDRESS PORT COUNT CLIENTS PROGRESS	each document until it is answered 201 or 204
 *	notes get ADDRESS PORT COUNT CLIENTS		each is there, byte for byte
 *
 * Document n is /d/n; its content follows from n.  A request that fails without an answer is sent again
 * over a new connection; one that was answered never is.  PROGRESS is a file that always holds the
 * number of documents answered.  Prints one line of results, and in words what went wrong; the exit status
 * is 0 when all is right, 1 when something isn't, 2 when it can't run. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SIZE_MAX_	6000		/* Bytes of a document. */
#define HEAD_MAX	2048
#define GIVE_UP_S	120		/* Without any answer. */
#define WHY_MAX		5

struct answer {
	int status;
	size_t len;			/* Of the body. */
	char bytes[HEAD_MAX + SIZE_MAX_ + 1];
	const char *body;
};

static struct sockaddr_in server;
static bool putting;
static long count;
static int progress = -1;
static atomic_long next, done, created, replaced, again, wrong;
static atomic_llong last_answer;	/* Seconds. */

static long long
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

static void
tell(long n, const char *why, int detail)
{
	if (wrong++ < WHY_MAX)
		printf("notes: document %ld: %s (%d)\n", n, why, detail);
}

/* Content from n alone: letters, of all sizes from 0 on. */
static size_t
content(long n, char *to)
{
	unsigned x = (unsigned)n * 2654435761u + 12345;
	size_t len = n % 10 == 0 ? (x >> 8) % SIZE_MAX_ : (x >> 8) % 600;

	for (size_t i = 0; i < len; i++) {
		x = x * 1664525 + 1013904223;
		to[i] = (char)(i % 64 == 63 ? '\n' : 'a' + (x >> 24) % 26);
	}
	return len;
}

/* A connection that notices soon when the other side has forgotten it. */
static int
dial(void)
{
	const struct timeval patience = { .tv_sec = 20 };
	const int one = 1, five = 5;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &one, sizeof one);
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &one, sizeof one);
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &five, sizeof five);
	if (connect(fd, (struct sockaddr *)&server, sizeof server) == 0)
		return fd;
	close(fd);
	return -1;
}

static bool
send_all(int fd, const char *p, size_t len)
{
	ssize_t n;

	for (; len; p += n, len -= (size_t)n) {
		n = send(fd, p, len, MSG_NOSIGNAL);
		if (n <= 0)
			return false;
	}
	return true;
}

/* Each seventh body goes in chunks. */
static size_t
request(long n, char *to)
{
	char body[SIZE_MAX_];
	size_t len = content(n, body), half = len / 2, at;

	if (!putting)
		return (size_t)sprintf(to, "GET /d/%ld HTTP/1.1\r\nHost: notes\r\n\r\n", n);
	if (n % 7 != 3 || half == 0) {
		at = (size_t)sprintf(to, "PUT /d/%ld HTTP/1.1\r\nHost: notes\r\n"
				     "Content-Length: %zu\r\n\r\n", n, len);
		memcpy(to + at, body, len);
		return at + len;
	}
	at = (size_t)sprintf(to, "PUT /d/%ld HTTP/1.1\r\nHost: notes\r\n"
			     "Transfer-Encoding: chunked\r\n\r\n%zx\r\n", n, half);
	memcpy(to + at, body, half);
	at += half;
	at += (size_t)sprintf(to + at, "\r\n%zx\r\n", len - half);
	memcpy(to + at, body + half, len - half);
	at += len - half;
	return at + (size_t)sprintf(to + at, "\r\n0\r\n\r\n");
}

/* An answer with a Content-Length, or a 204.  false: none came. */
static bool
receive(int fd, struct answer *a)
{
	size_t have = 0, head = 0;
	char *end, *length;
	ssize_t n;

	while (!head || have < head + a->len) {
		if (have == sizeof a->bytes - 1)
			return false;
		n = recv(fd, a->bytes + have, sizeof a->bytes - 1 - have, 0);
		if (n <= 0)
			return false;
		have += (size_t)n;
		a->bytes[have] = '\0';
		end = head ? NULL : strstr(a->bytes, "\r\n\r\n");
		if (!end)
			continue;
		head = (size_t)(end - a->bytes) + 4;
		a->status = atoi(a->bytes + 9);
		*end = '\0';
		length = strcasestr(a->bytes, "\r\nContent-Length:");
		a->len = length ? strtoul(length + 17, NULL, 10) : 0;
		a->body = a->bytes + head;
	}
	return true;
}

static void
judge(long n, const struct answer *a)
{
	char want[SIZE_MAX_];
	size_t len = content(n, want);

	if (!putting && a->status != 200)
		tell(n, "is not there", a->status);
	else if (!putting && (a->len != len || memcmp(a->body, want, len) != 0))
		tell(n, "is another one", (int)a->len);
	else if (putting && a->status == 201)
		created++;
	else if (putting && a->status == 204)
		replaced++;
	else if (putting)
		tell(n, a->len && a->len < 200 ? a->body : "is refused", a->status);
}

static void
note_progress(long n)
{
	char text[16];
	int len = snprintf(text, sizeof text, "%-10ld\n", n);

	if (progress >= 0 && pwrite(progress, text, (size_t)len, 0) != len)
		exit(2);
}

/* One try; 503 asks for another one. */
static bool
try_once(int fd, long n, struct answer *a)
{
	static _Thread_local char bytes[HEAD_MAX + SIZE_MAX_];

	return send_all(fd, bytes, request(n, bytes)) && receive(fd, a) && a->status != 503;
}

static void *
client(void *arg)
{
	struct answer *a = malloc(sizeof *a);
	int fd = -1;
	long n;

	while (a && (n = next++) < count) {
		while (fd < 0 || !try_once(fd, n, a)) {
			if (fd >= 0) {
				close(fd);
				again++;
			}
			if (now() - last_answer > GIVE_UP_S) {
				tell(n, "no answer", errno);
				return arg;
			}
			fd = dial();
			if (fd < 0)
				usleep(100000);
		}
		last_answer = now();
		judge(n, a);
		note_progress(++done);
	}
	free(a);
	return arg;
}

int
main(int argc, char **argv)
{
	pthread_t *threads;
	long long start = now();
	long clients;

	putting = argc > 1 && strcmp(argv[1], "put") == 0;
	if (argc != (putting ? 7 : 6)) {
		fprintf(stderr, "usage: notes put|get ADDRESS PORT COUNT CLIENTS [PROGRESS]\n");
		return 2;
	}
	server.sin_family = AF_INET;
	server.sin_addr.s_addr = inet_addr(argv[2]);
	server.sin_port = htons((uint16_t)atoi(argv[3]));
	count = atol(argv[4]);
	clients = atol(argv[5]);
	if (putting && (progress = open(argv[6], O_RDWR | O_CREAT | O_TRUNC, 0644)) < 0)
		return 2;
	threads = calloc((size_t)clients, sizeof *threads);
	last_answer = start;
	for (long i = 0; i < clients; i++)
		if (pthread_create(&threads[i], NULL, client, NULL) != 0)
			return 2;
	for (long i = 0; i < clients; i++)
		pthread_join(threads[i], NULL);
	printf("documents=%ld created=%ld replaced=%ld again=%ld wrong=%ld seconds=%lld\n", (long)done,
	       (long)created, (long)replaced, (long)again, (long)wrong, now() - start);
	return wrong || done < count;
}
