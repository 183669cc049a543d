/* SPDX-License-Identifier: ISC */
/* The other end of the wire.
 *
 * It opens connections with the options that everybody uses (MSS, window scale, timestamps),
 * acknowledges every second full segment or each joined one, and either reads, or sends as much as
 * it may, or asks for a page and waits for the answer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bench/lwip/peer.h"
#include "bench/lwip/side.h"
#include "lib/bytes.h"
#include "lib/checksum.h"

enum { ETH = 14, IP = 20, TCP = 20, TS = 12, HEADERS = ETH + IP + TCP + TS, SCALE = 3 };
enum { FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16 };

static const char request[] = "GET /index.html HTTP/1.1\r\nHost: 10.0.0.1\r\n"
	"User-Agent: bench\r\nAccept: */*\r\nConnection: keep-alive\r\n\r\n";

struct conn {
	uint16_t port;
	bool open, asked, late;
	uint32_t seq, una, ack, window;
	uint32_t tsval, tsecr;
	uint8_t scale;
	uint32_t unacked, answer;	/* Bytes since our ACK; of this response. */
};

struct peer_count peer_count;
static struct conn conns[PEER_CONNS];
static unsigned conn_count;
static uint16_t server;
static bool joined, asks;
static void (*emit)(const uint8_t *, size_t, uint16_t);

void
peer_start(uint16_t port, unsigned count, bool offload,
	   void (*out)(const uint8_t *, size_t, uint16_t))
{
	emit = out;
	server = port;
	asks = port == SIDE_BARE || port == SIDE_HTTP;
	conn_count = count;
	joined = offload;
	for (unsigned i = 0; i < count; i++)
		conns[i] = (struct conn){ .port = (uint16_t)(40000 + i), .seq = 1000000 * (i + 1) };
}

static void
ethernet(uint8_t *f, uint16_t type)
{
	memcpy(f, side_mac, 6);
	memcpy(f + 6, peer_mac, 6);
	put16(f + 12, type);
}

static void
arp_reply(void)
{
	uint8_t f[60] = { 0 };

	ethernet(f, 0x0806);
	memcpy(f + ETH, "\0\1\10\0\6\4\0\2", 8);
	memcpy(f + ETH + 8, peer_mac, 6);
	put32(f + ETH + 14, PEER_IP);
	memcpy(f + ETH + 18, side_mac, 6);
	put32(f + ETH + 24, SIDE_IP);
	emit(f, sizeof f, 0);
}

static uint16_t
tcp_sum(const uint8_t *tcp, size_t len)
{
	struct checksum c = { 0 };
	uint8_t pseudo[12];

	put32(pseudo, PEER_IP);
	put32(pseudo + 4, SIDE_IP);
	put16(pseudo + 8, 6);
	put16(pseudo + 10, (uint16_t)len);
	checksum_add(&c, pseudo, sizeof pseudo);
	checksum_add(&c, tcp, len);
	return checksum_finish(&c);
}

static size_t
put_options(const struct conn *c, uint8_t *p, bool syn)
{
	uint8_t *start = p;

	if (syn) {
		memcpy(p, "\2\4\0\0\1\3\3\0", 8);
		put16(p + 2, PEER_MSS);
		p[7] = SCALE;
		p += 8;
	}
	memcpy(p, "\1\1\10\12", 4);
	put32(p + 4, (uint32_t)(side_now_us / 1000) + 77);
	put32(p + 8, c->tsecr);
	return (size_t)(p + TS - start);
}

static void
send_segment(struct conn *c, uint8_t flags, const void *data, size_t len)
{
	static uint8_t f[HEADERS + 8 + 65536];
	size_t options = put_options(c, f + ETH + IP + TCP, flags & SYN);
	size_t header = TCP + options, full = PEER_MSS - TS;
	uint8_t *ip = f + ETH, *tcp = ip + IP;

	ethernet(f, 0x0800);
	memset(ip, 0, IP + TCP);
	ip[0] = 0x45;
	put16(ip + 2, (uint16_t)(IP + header + len));
	ip[8] = 64;
	ip[9] = 6;
	put32(ip + 12, PEER_IP);
	put32(ip + 16, SIDE_IP);
	put16(ip + 10, checksum(ip, IP));
	put16(tcp, c->port);
	put16(tcp + 2, server);
	put32(tcp + 4, c->seq);
	put32(tcp + 8, c->ack);
	tcp[12] = (uint8_t)(header / 4 << 4);
	tcp[13] = flags;
	put16(tcp + 14, flags & SYN ? 65535 : PEER_WINDOW >> SCALE);
	memcpy(tcp + header, data, len);
	put16(tcp + 16, tcp_sum(tcp, header + len));
	emit(f, ETH + IP + header + len, len > full ? (uint16_t)full : 0);
	c->seq += (uint32_t)len + !!(flags & SYN);
	c->unacked = 0;
	c->late = false;
	peer_count.segments_out += (len + full - 1) / full;
}

static void
read_options(struct conn *c, const uint8_t *p, size_t len, bool syn)
{
	for (size_t i = 0; i < len && p[i]; i += p[i] == 1 ? 1 : p[i + 1]) {
		if (p[i] == 8)
			c->tsecr = get32(p + i + 2);
		if (p[i] == 3 && syn)
			c->scale = p[i + 2];
	}
}

static void
payload(struct conn *c, uint32_t len, uint16_t gso)
{
	unsigned full = PEER_MSS - TS;

	c->ack += len;
	c->unacked += len;
	peer_count.bytes_in += len;
	peer_count.segments_in += gso ? (len + gso - 1u) / gso : 1;
	if (asks) {
		c->answer += len;
		if (c->answer == side_answer_len) {
			peer_count.answers++;
			c->answer = 0;
			c->asked = false;
		}
	} else if (gso || c->unacked >= 2 * full) {
		send_segment(c, ACK, "", 0);
	}
}

static void
die(const char *why)
{
	fprintf(stderr, "bench/lwip: %s\n", why);
	exit(1);
}

static void
segment(struct conn *c, const uint8_t *tcp, size_t len, uint16_t gso)
{
	size_t header = (tcp[12] >> 4) * 4u;
	uint8_t flags = tcp[13];

	read_options(c, tcp + TCP, header - TCP, flags & SYN);
	if (flags & (RST | FIN))
		die("the stack ended a connection");
	if (flags & SYN) {
		c->ack = get32(tcp + 4) + 1;
		c->open = true;
		c->una = get32(tcp + 8);
		send_segment(c, ACK, "", 0);
	} else if (len > header && get32(tcp + 4) != c->ack) {
		die("the stack repeats itself or leaves a gap");
	}
	c->una = get32(tcp + 8);
	c->window = (uint32_t)get16(tcp + 14) << (flags & SYN ? 0 : c->scale);
	if (len > header)
		payload(c, (uint32_t)(len - header), gso);
}

void
peer_input(const uint8_t *f, size_t len, uint16_t gso)
{
	const uint8_t *tcp = f + ETH + IP;
	unsigned i;

	peer_count.frames_in++;
	if (get16(f + 12) == 0x0806) {
		if (f[ETH + 7] == 1 && get32(f + ETH + 24) == PEER_IP)
			arp_reply();
		return;
	}
	i = get16(tcp + 2) - 40000u;
	if (f[ETH + 9] != 6 || i >= conn_count)
		die("the stack sent to a stranger");
	if (get16(f + ETH + 2) > len - ETH)
		die("the stack sent a frame cut short");
	segment(&conns[i], tcp, get16(f + ETH + 2) - IP, gso);
}

/* To the discard server: joined frames of up to 44 segments, or plain ones. */
static void
pour(struct conn *c)
{
	size_t full = PEER_MSS - TS, most = joined ? 44 * full : full, left;
	unsigned n = 0;

	while ((left = c->una + c->window - c->seq) >= full && left <= c->window && n < 32) {
		left = left < most ? left - left % full : most;
		send_segment(c, ACK | PSH, side_content, left);
		n += (unsigned)(left / full);
	}
}

void
peer_turn(void)
{
	for (unsigned i = 0; i < conn_count; i++) {
		struct conn *c = &conns[i];

		if (!c->open && c->seq == 1000000 * (i + 1)) {
			send_segment(c, SYN, "", 0);
		} else if (c->open && asks && !c->asked) {
			send_segment(c, ACK | PSH, request, sizeof request - 1);
			c->asked = true;
		} else if (c->open && server == SIDE_DISCARD) {
			pour(c);
		} else if (c->late) {		/* A delayed ACK. */
			send_segment(c, ACK, "", 0);
		}
		c->late = c->unacked > 0;
	}
}
