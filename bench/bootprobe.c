/* SPDX-License-Identifier: ISC */
/* bootprobe - unpauses a domain and times its first console byte, ping reply and HTTP answer.
 *
 *	bootprobe DOMAIN CONSOLE-FRAME BRIDGE FROM TO LIMIT-SECONDS
 *
 * CONSOLE-FRAME is the domain's console/ring-ref in xenstore.  The clock starts just before the
 * hypercall that unpauses.  Then, each STEP_NS, one probe goes out by the bridge: ARP until the
 * address TO is known, then ICMP echo; after its reply, HTTP by a socket.  Prints milliseconds, "-"
 * for what did not come; the exit status is 0 when all came. */
#define _GNU_SOURCE
#include "domctl.h"
#include "frames.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define STEP_NS		1000000		/* The resolution of what is measured. */
#define OUT_PROD	(1024 + 2048 + 12)	/* Of struct xencons_interface, io/console.h. */
#define HTTP_TRY_MS	250

static int64_t begin, end;
static int64_t console_at = -1, ping_at = -1, http_at = -1;
static const volatile uint32_t *console_out;
static uint32_t console_out_before;
static int wire;
static struct sockaddr_ll bridge;
static struct frames_ends ends;
static bool peer_known;

static int64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ll + t.tv_nsec;
}

static void
die(const char *what)
{
	fprintf(stderr, "bootprobe: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void
console_look(void)
{
	if (console_at < 0 && *console_out != console_out_before)
		console_at = now();
}

static void
wire_open(const char *name)
{
	struct ifreq request = { 0 };

	wire = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, htons(ETH_P_ALL));
	bridge.sll_family = AF_PACKET;
	bridge.sll_protocol = htons(ETH_P_ALL);
	bridge.sll_ifindex = (int)if_nametoindex(name);
	strncpy(request.ifr_name, name, IFNAMSIZ - 1);
	if (wire < 0 || bind(wire, (struct sockaddr *)&bridge, sizeof bridge) != 0 ||
	    ioctl(wire, SIOCGIFHWADDR, &request) != 0)
		die(name);
	memcpy(ends.own_mac, request.ifr_hwaddr.sa_data, sizeof ends.own_mac);
}

static void
probe_send(void)
{
	static uint16_t sequence;
	uint8_t frame[FRAMES_MAX];
	size_t n = peer_known ? frames_echo(frame, &ends, sequence++) : frames_arp(frame, &ends);

	/* A full queue or a bridge that is down is what the next probe is for. */
	(void)!sendto(wire, frame, n, 0, (struct sockaddr *)&bridge, sizeof bridge);
}

/* Takes one frame; false when there is none. */
static bool
reply_take(void)
{
	uint8_t frame[2048];
	ssize_t n = recv(wire, frame, sizeof frame, 0);

	if (n < 0)
		return false;
	if (!peer_known && frames_is_arp_reply(frame, (size_t)n, &ends)) {
		peer_known = true;
		probe_send();		/* Not only with the next step. */
	} else if (peer_known && frames_is_echo_reply(frame, (size_t)n, &ends)) {
		ping_at = now();
	}
	return true;
}

static void
wait_wire(int64_t until)
{
	struct pollfd p = { wire, POLLIN, 0 };
	struct timespec t = { 0 };
	int64_t left = until - now();

	if (left <= 0)
		return;
	t.tv_nsec = left;
	(void)!ppoll(&p, 1, &t, NULL);
}

static void
ping_wait(void)
{
	int64_t step;

	while (ping_at < 0 && now() < end) {
		console_look();
		probe_send();
		step = now() + STEP_NS;
		while (ping_at < 0 && now() < step)
			if (!reply_take())
				wait_wire(step);
	}
}

static bool
ready(int fd, short events)
{
	struct pollfd p = { fd, events, 0 };

	return poll(&p, 1, HTTP_TRY_MS) == 1 && (p.revents & events) != 0;
}

/* One connection and one request; true when an HTTP answer began to come. */
static bool
http_try(void)
{
	static const char request[] = "GET / HTTP/1.1\r\nHost: guest\r\nConnection: close\r\n\r\n";
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(80) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	char answer[16] = { 0 };
	bool good;

	to.sin_addr.s_addr = ends.peer_ip;
	if (fd < 0)
		die("socket");
	good = (connect(fd, (struct sockaddr *)&to, sizeof to) == 0 || errno == EINPROGRESS) &&
	       ready(fd, POLLOUT) &&
	       send(fd, request, sizeof request - 1, MSG_NOSIGNAL) == sizeof request - 1 &&
	       ready(fd, POLLIN) && recv(fd, answer, sizeof answer - 1, 0) > 0 &&
	       strncmp(answer, "HTTP/1.", 7) == 0;
	close(fd);
	return good;
}

static void
http_wait(void)
{
	struct timespec step = { 0, STEP_NS };

	while (http_at < 0 && now() < end) {
		console_look();
		if (http_try())
			http_at = now();
		else
			nanosleep(&step, NULL);
	}
	console_look();
}

static void
tell(const char *name, int64_t at)
{
	if (at < 0)
		printf(" %s=-", name);
	else
		printf(" %s=%.1f", name, (double)(at - begin) / 1e6);
}

int
main(int argc, char **argv)
{
	uint16_t domain;

	if (argc != 7) {
		fprintf(stderr, "usage: bootprobe DOMAIN CONSOLE-FRAME BRIDGE FROM TO SECONDS\n");
		return 2;
	}
	domain = (uint16_t)atoi(argv[1]);
	ends.own_ip = inet_addr(argv[4]);
	ends.peer_ip = inet_addr(argv[5]);
	prctl(PR_SET_TIMERSLACK, 1ul);
	domctl_open();
	console_out = (const volatile uint32_t *)
		((uintptr_t)domctl_map(domain, strtoull(argv[2], NULL, 0)) + OUT_PROD);
	console_out_before = *console_out;
	wire_open(argv[3]);
	begin = now();
	end = begin + atol(argv[6]) * 1000000000ll;
	domctl_unpause(domain);
	ping_wait();
	if (ping_at >= 0)
		http_wait();
	tell("console_ms", console_at);
	tell("ping_ms", ping_at);
	tell("http_ms", http_at);
	printf("\n");
	return console_at < 0 || ping_at < 0 || http_at < 0;
}
