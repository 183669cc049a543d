/* SPDX-License-Identifier: ISC */
/* TCP in bulk, both ways, and a page fetched again and again. */
#include "load.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK 262144

static struct tcp_info
info_of(int fd)
{
	struct tcp_info info;
	socklen_t len = sizeof info;

	memset(&info, 0, sizeof info);
	getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len);
	return info;
}

/* 'mss' tells a reader whether the connection was what it should be. */
static int
tell(int fd, const char *what, double bytes, double begin)
{
	struct tcp_info info = info_of(fd);
	double us = now_us() - begin;

	printf("%s bytes=%.0f MB_per_s=%.3f retransmits=%u mss=%u\n", what, bytes, bytes / us,
	       info.tcpi_total_retrans, info.tcpi_snd_mss);
	close(fd);
	return bytes == 0;
}

static int
connected(void)
{
	struct timeval patience = { 5, 0 };
	int fd = connect_tcp(false);

	if (fd < 0)
		die("connect");
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
	return fd;
}

/* What the guest has acknowledged counts. */
int
load_send(double seconds)
{
	static char data[CHUNK];
	int fd = connected();
	double begin = now_us(), end = begin + seconds * 1e6;

	while (now_us() < end && send(fd, data, sizeof data / 4, MSG_NOSIGNAL) > 0)
		;
	return tell(fd, "send", (double)info_of(fd).tcpi_bytes_acked, begin);
}

int
load_recv(double seconds)
{
	static char data[CHUNK];
	int fd = connected();
	double begin = now_us(), end = begin + seconds * 1e6, total = 0;
	ssize_t n = 1;

	while (now_us() < end && (n = recv(fd, data, sizeof data, 0)) > 0)
		total += (double)n;
	return tell(fd, "recv", total, begin);
}

/* The whole answer, to the end of the stream, must have come; its length. */
static double
fetch_once(const char *path, double until)
{
	static char data[CHUNK];
	char request[256];
	int fd = connect_tcp(true), n;
	double total = 0;
	ssize_t got = -1;

	n = snprintf(request, sizeof request, "GET %s HTTP/1.0\r\nHost: guest\r\n\r\n", path);
	if (fd >= 0 && wait_for(fd, POLLOUT, until) && send(fd, request, (size_t)n, MSG_NOSIGNAL) == n)
		while (wait_for(fd, POLLIN, until) && (got = recv(fd, data, sizeof data, 0)) > 0)
			total += (double)got;
	if (fd >= 0)
		close(fd);
	return got == 0 ? total : 0;
}

int
load_fetch(const char *path, long tries, double limit)
{
	double least = atof(path + 1), begin;
	long failed = 0;

	for (long i = 0; i < tries; i++) {
		begin = now_us();
		if (fetch_once(path, begin + limit * 1e6) > least)
			times_add(now_us() - begin);
		else
			failed++;
	}
	printf("fetched=%zu failed=%ld", times_count(), failed);
	times_print();
	return times_count() == 0;
}
