/* SPDX-License-Identifier: ISC */
/* Round trips: ICMP echo one after the other, UDP echo with some outstanding. */
#include "load.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PING_DATA	56		/* Bytes, as ping sends. */
#define IDENTIFIER	0x4d69
#define WINDOW_MAX	1024
#define PATIENCE	5e5		/* Microseconds until what is outstanding counts as lost. */

static uint16_t
checksum(const uint8_t *p, size_t len)
{
	uint32_t sum = 0;

	for (size_t i = 0; i + 1 < len; i += 2)
		sum += (uint32_t)(p[i] << 8 | p[i + 1]);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons((uint16_t)~sum);
}

/* Type, identifier and sequence number, at the front of a request and its reply (RFC 792, 4443). */
static void
echo_header(uint8_t head[8], uint8_t type, uint16_t sequence)
{
	memset(head, 0, 8);
	head[0] = type;
	head[4] = IDENTIFIER >> 8;
	head[5] = IDENTIFIER & 255;
	head[6] = (uint8_t)(sequence >> 8);
	head[7] = (uint8_t)sequence;
}

static bool
is_reply(const uint8_t *p, ssize_t len, bool v6, uint16_t sequence)
{
	ssize_t skip = v6 ? 0 : (p[0] & 15) * 4;
	uint8_t want[8];

	echo_header(want, v6 ? 129 : 0, sequence);
	return len >= skip + 8 && p[skip] == want[0] && !memcmp(p + skip + 4, want + 4, 4);
}

static bool
ping_once(int fd, bool v6, uint16_t sequence)
{
	uint8_t request[8 + PING_DATA] = { 0 }, reply[2048];
	double begin = now_us();
	uint16_t sum;
	ssize_t n;

	echo_header(request, v6 ? 128 : 8, sequence);
	sum = checksum(request, sizeof request);
	if (!v6)
		memcpy(request + 2, &sum, 2);
	sendto(fd, request, sizeof request, 0, (struct sockaddr *)&target.addr, target.len);
	while (wait_for(fd, POLLIN, begin + 1e6)) {
		n = recv(fd, reply, sizeof reply, MSG_DONTWAIT);
		if (n > 0 && is_reply(reply, n, v6, sequence)) {
			times_add(now_us() - begin);
			return true;
		}
	}
	return false;
}

int
load_ping(long count)
{
	bool v6 = target.addr.ss_family == AF_INET6;
	int fd = socket(target.addr.ss_family, SOCK_RAW, v6 ? 58 : 1);
	long got = 0;

	if (fd < 0)
		die("raw socket");
	if (v6)
		((struct sockaddr_in6 *)&target.addr)->sin6_port = 0;
	for (long i = 0; i < count; i++)
		got += ping_once(fd, v6, (uint16_t)i);
	printf("sent=%ld got=%ld", count, got);
	times_print();
	return got == 0;
}

struct exchange {
	long next, out, got, lost;
	double sent[WINDOW_MAX];
};

static void
fill_window(int fd, struct exchange *x, long count, size_t size, long window)
{
	static uint8_t data[65536];

	for (; x->out < window && x->next < count; x->next++, x->out++) {
		memcpy(data, &x->next, sizeof x->next);
		x->sent[x->next % WINDOW_MAX] = now_us();
		if (send(fd, data, size, 0) != (ssize_t)size)
			return;
	}
}

static void
take_answers(int fd, struct exchange *x)
{
	static uint8_t data[65536];
	long number;

	while (recv(fd, data, sizeof data, MSG_DONTWAIT) > 0) {
		memcpy(&number, data, sizeof number);
		times_add(now_us() - x->sent[number % WINDOW_MAX]);
		x->got++;
		if (x->out)
			x->out--;
	}
}

int
load_udp(long count, size_t size, long window)
{
	int fd = socket(target.addr.ss_family, SOCK_DGRAM, 0);
	struct exchange x = { 0 };
	double begin = now_us();

	if (fd < 0 || connect(fd, (struct sockaddr *)&target.addr, target.len))
		die("udp");
	if (window > WINDOW_MAX || size < sizeof x.next)
		return 2;
	while (x.got + x.lost < count) {
		fill_window(fd, &x, count, size, window);
		if (wait_for(fd, POLLIN, now_us() + PATIENCE)) {
			take_answers(fd, &x);
		} else {
			x.lost += x.out ? x.out : 1;
			x.out = 0;
		}
		if (x.lost > 100 && !x.got)
			break;
	}
	printf("got=%ld lost=%ld per_s=%.1f", x.got, x.lost, (double)x.got / (now_us() - begin) * 1e6);
	times_print();
	return x.got == 0;
}
