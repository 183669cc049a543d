/* SPDX-License-Identifier: ISC */
/* mutate - throws spoiled packets at one guest and sees to it that the guest stays alive.
 *
 *	mutate INTERFACE ADDRESS MAC OUR-ADDRESS COUNT SEED
 *
 * The same seed makes the same packets, but for the sequence numbers that the guest chooses.  We
 * play a host that does not exist otherwise, answer ARP for it, and open real TCP connections
 * so that damage reaches every state.  After each BATCH packets a correct echo request has to be
 * answered: that also keeps the queue on the way from overflowing.  Exit status: 0 the guest
 * answered to the end, 1 it fell silent, 2 this program can't run. */
#define _GNU_SOURCE
#include "mutate_packet.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH		100
#define ECHO_ID		0x4d69
#define ECHO_TRIES	50		/* Of 100 ms each. */
#define HTTP_PORT	80

static struct parties who = { .our_mac = { 0x02, 0x4d, 0x75, 0x74, 0x61, 0x74 } };
static int sock;
static uint64_t random_state;
static long sent, silent_at, tried, opened;
static unsigned int open_port;		/* Of our open connection; 0: none. */

static uint32_t
draw(void)				/* splitmix64 */
{
	uint64_t z = random_state += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return (uint32_t)(z >> 32);
}

static uint32_t
below(uint32_t n)
{
	return draw() % n;
}

static bool
chance(unsigned int per_cent)
{
	return below(100) < per_cent;
}

static long
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
send_packet(const struct packet *k)
{
	while (send(sock, k->b, k->len, 0) < 0)
		if (errno != ENOBUFS && errno != EAGAIN) {
			perror("mutate: send");
			exit(2);
		}
}

static void
answer_arp(const uint8_t *b)
{
	struct packet k;

	if (get16(b + 20) != 1 || memcmp(b + 38, &who.our_ip, 4) != 0)
		return;
	packet_arp(&k, &who, 2);
	send_packet(&k);
}

/* Like any host, we reset connections that we know nothing of; not always, so that some stay. */
static void
refuse(const uint8_t *b)
{
	struct tcp_at at = { (uint16_t)get16(b + 36), (uint16_t)get16(b + 34), get32(b + 42), 0 };
	struct packet k;

	if (b[23] != 6 || (b[47] & (TCP_RST | TCP_ACK)) != TCP_ACK || get16(b + 36) == open_port ||
	    chance(5))
		return;
	packet_tcp(&k, &who, &at, TCP_RST, "", 0, "", 0);
	send_packet(&k);
}

/* Waits for a packet of the guest's to us that 'wanted' likes. */
static bool
receive(bool (*wanted)(const uint8_t *b, void *arg), void *arg, int ms)
{
	uint8_t b[2048];
	struct pollfd p = { .fd = sock, .events = POLLIN };
	long end = now_ms() + ms;

	while (now_ms() < end && poll(&p, 1, (int)(end - now_ms())) > 0) {
		ssize_t n = recv(sock, b, sizeof b, MSG_DONTWAIT);

		if (n < 42 || memcmp(b + 6, who.their_mac, 6) != 0)
			continue;
		if (get16(b + 12) == 0x0806)
			answer_arp(b);
		else if (get16(b + 12) != 0x0800 || n < 54)
			continue;
		else if (wanted(b, arg))
			return true;
		else
			refuse(b);
	}
	return false;
}

static bool
is_echo_reply(const uint8_t *b, void *arg)
{
	return b[23] == 1 && b[34] == 0 && get16(b + 38) == ECHO_ID &&
	       get16(b + 40) == *(unsigned int *)arg;
}

static bool
alive(void)
{
	static unsigned int seq;
	struct packet k;
	int i;

	for (i = 0; i < ECHO_TRIES; i++) {
		seq = (seq + 1) & 0xffff;
		packet_arp(&k, &who, 2);
		send_packet(&k);
		packet_echo(&k, &who, ECHO_ID, seq, 32);
		send_packet(&k);
		if (receive(is_echo_reply, &seq, 100))
			return true;
	}
	return false;
}

static void
spoil_byte(struct packet *k, size_t from)
{
	static const uint8_t edge[] = { 0, 1, 0x7f, 0x80, 0xff, 0x45, 0x4f, 4 };
	size_t at = from + below((uint32_t)(k->len - from));

	switch (below(4)) {
	case 0: k->b[at] ^= (uint8_t)(1u << below(8)); break;
	case 1: k->b[at] = (uint8_t)draw(); break;
	case 2: k->b[at] = edge[below(sizeof edge)]; break;
	case 3: k->b[at] = (uint8_t)(k->b[at] + (chance(50) ? 1 : -1)); break;
	}
}

static void
spoil_shape(struct packet *k)
{
	size_t n;

	switch (below(3)) {
	case 0:					/* cut off */
		k->len = 14 + below((uint32_t)(k->len - 13));
		break;
	case 1:					/* more behind */
		n = below((uint32_t)(PACKET_MAX - k->len + 1));
		memset(k->b + k->len, (int)draw() & 0xff, n);
		k->len += n;
		break;
	case 2:					/* a piece moved */
		n = 1 + below(16);
		if (k->len > 60 + n)
			memmove(k->b + 34 + below(20), k->b + 34 + below(20), n);
		break;
	}
}

/* The headers are short and matter most: half of the damage goes there. */
static void
spoil(struct packet *k)
{
	uint32_t i, n = 1 + below(4);

	for (i = 0; i < n; i++) {
		if (chance(15))
			spoil_shape(k);
		else if (chance(3))
			spoil_byte(k, 0);
		else if (chance(50) || k->len <= 54)
			spoil_byte(k, k->len > 14 ? 14 : 0);
		else
			spoil_byte(k, 54);
	}
	if (get16(k->b + 12) != 0x0800 || chance(15))
		return;
	if (chance(85))
		packet_fix_payload(k);
	packet_fix_ip(k);
}

static void
throw_packet(struct packet *k)
{
	spoil(k);
	send_packet(k);
	if (++sent % BATCH == 0 && !alive())
		silent_at = sent;
}

static void
throw_arp(void)
{
	struct packet k;

	packet_arp(&k, &who, 1 + below(2));
	throw_packet(&k);
	/* It may have taught the guest a wrong address of ours. */
	packet_arp(&k, &who, 2);
	send_packet(&k);
}

static void
throw_echo(void)
{
	struct packet k;

	packet_echo(&k, &who, ECHO_ID, draw() & 0xffff, below(1400));
	if (chance(20))
		put16(k.b + 20, below(0x10000));	/* a fragment, perhaps */
	throw_packet(&k);
}

static void
throw_udp(void)
{
	static const uint8_t dhcp[300] = { 2, 1, 6, 0, [236] = 0x63, 0x82, 0x53, 0x63, 53, 1, 5, 54,
					   4, 10, 0, 0, 1, 51, 4, 0, 0, 0, 9, 1, 4, 255, 255, 255 };
	struct packet k;

	if (chance(50))
		packet_udp(&k, &who, 67, 68, dhcp, sizeof dhcp);
	else
		packet_udp(&k, &who, draw() & 0xffff, draw() & 0xffff, dhcp, below(sizeof dhcp));
	throw_packet(&k);
}

static const uint8_t syn_options[] = { 2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 1, 0, 0, 0, 0, 0, 1, 3, 3, 7 };

static void
throw_tcp(void)
{
	struct tcp_at at = { (uint16_t)(1024 + below(60000)), HTTP_PORT, draw(), draw() };
	struct packet k;

	if (chance(50))
		packet_tcp(&k, &who, &at, TCP_SYN, syn_options, sizeof syn_options, "", 0);
	else
		packet_tcp(&k, &who, &at, draw() & 63, syn_options, below(sizeof syn_options),
			   syn_options, below(sizeof syn_options));
	throw_packet(&k);
}

static bool
is_syn_ack(const uint8_t *b, void *arg)
{
	struct tcp_at *at = arg;

	if (b[23] != 6 || get16(b + 36) != at->our_port || b[47] != (TCP_SYN | TCP_ACK))
		return false;
	at->seq++;
	at->ack = get32(b + 38) + 1;
	return true;
}

static const char *const requests[] = {
	"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
	"GET /index.html HTTP/1.1\r\nHost: a\r\nRange: bytes=0-99,-5\r\nIf-None-Match: \"x\"\r\n\r\n",
	"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
	"HEAD /%2e%2e/a?b HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 99999999999\r\n\r\n",
};

/* A real connection, spoiled requests and segments on it, and an end of one kind or the other. */
static void
throw_connection(void)
{
	struct tcp_at at = { (uint16_t)(1024 + below(60000)), HTTP_PORT, draw(), 0 };
	const char *text;
	struct packet k;
	uint32_t i, n = 1 + below(12);

	tried++;
	packet_tcp(&k, &who, &at, TCP_SYN, syn_options, 4, "", 0);
	send_packet(&k);
	if (!receive(is_syn_ack, &at, 50))
		return;
	opened++;
	open_port = at.our_port;
	packet_tcp(&k, &who, &at, TCP_ACK, "", 0, "", 0);
	send_packet(&k);
	for (i = 0; i < n && !silent_at; i++) {
		text = requests[below(4)];
		packet_tcp(&k, &who, &at, TCP_ACK | (chance(10) ? draw() & 63 : TCP_PSH), "", 0,
			   text, strlen(text));
		throw_packet(&k);
		if (chance(70))
			at.seq += (uint32_t)strlen(text);
	}
	open_port = 0;
	packet_tcp(&k, &who, &at, chance(80) ? TCP_RST | TCP_ACK : TCP_FIN | TCP_ACK, "", 0, "", 0);
	send_packet(&k);
}

static void
throw_any(void)
{
	uint32_t kind = below(100);

	if (kind < 10)
		throw_arp();
	else if (kind < 30)
		throw_echo();
	else if (kind < 50)
		throw_udp();
	else if (kind < 75)
		throw_tcp();
	else
		throw_connection();
}

static void
open_socket(const char *interface)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET, .sll_protocol = htons(3) };
	struct packet_mreq all = { .mr_type = PACKET_MR_PROMISC };

	sock = socket(AF_PACKET, SOCK_RAW, htons(3));		/* ETH_P_ALL */
	at.sll_ifindex = all.mr_ifindex = (int)if_nametoindex(interface);
	if (sock < 0 || at.sll_ifindex == 0 || bind(sock, (struct sockaddr *)&at, sizeof at) != 0 ||
	    setsockopt(sock, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof all) != 0) {
		perror("mutate: packet socket");
		exit(2);
	}
}

int
main(int argc, char **argv)
{
	uint8_t *m = who.their_mac;
	long count;

	if (argc != 7 || sscanf(argv[3], "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", m, m + 1, m + 2, m + 3,
				m + 4, m + 5) != 6) {
		fprintf(stderr, "usage: mutate INTERFACE ADDRESS MAC OUR-ADDRESS COUNT SEED\n");
		return 2;
	}
	open_socket(argv[1]);
	who.their_ip = inet_addr(argv[2]);
	who.our_ip = inet_addr(argv[4]);
	count = atol(argv[5]);
	random_state = strtoull(argv[6], NULL, 0);
	if (!alive()) {
		printf("no answer before the first packet\n");
		return 1;
	}
	while (sent < count && !silent_at)
		throw_any();
	if (silent_at)
		printf("silent after packet %ld of seed %s\n", silent_at, argv[6]);
	else
		printf("sent=%ld connections=%ld of=%ld seed=%s\n", sent, opened, tried, argv[6]);
	return silent_at != 0;
}
