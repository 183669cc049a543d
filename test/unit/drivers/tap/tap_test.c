/* SPDX-License-Identifier: ISC */
/* Taps whose host is the test: a pair of sockets that keep frames apart, and what ioctl answers.
 * A device is never given back, so each test has one of its own. */
#include <linux/if_tun.h>
#include <net/if.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include "lib/vnet.h"
#include "mir/err.h"
#include "mir/module.h"
#include "mir/netif.h"
#include "mir/page.h"
#include "mir/param.h"
#include "test/unit/harness.h"
#include "unix/unix.h"

#define TAPS 4
#define BIG 40000

static const struct { unsigned features; bool offload; } hosts[TAPS] = {
	{ 0, false },			/* No header at all. */
	{ IFF_VNET_HDR, false },	/* Takes segments to cut, but joins none. */
	{ IFF_VNET_HDR, true },
	{ IFF_VNET_HDR, true },
};

static struct unix_watch *watches[TAPS];
static uint32_t watched[TAPS];
static int ours[TAPS], theirs[TAPS];
static unsigned opened, readies, links;
static struct mir_buf *received;

int
open(const char *path, int flags, ...)
{
	int pair[2];

	(void)flags;
	if (!CHECK(strcmp(path, "/dev/net/tun") == 0 && opened < TAPS) ||
	    !CHECK(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, pair) == 0))
		return -1;
	theirs[opened] = pair[1];
	return ours[opened++] = pair[0];
}

int
ioctl(int fd, unsigned long request, ...)
{
	unsigned n = 0;
	va_list more;
	void *arg;

	va_start(more, request);
	arg = va_arg(more, void *);
	va_end(more);
	while (n < opened && ours[n] != fd)
		n++;
	if (request == SIOCGIFMTU)
		((struct ifreq *)arg)->ifr_mtu = 1500;
	else if (request == TUNGETFEATURES)
		*(unsigned *)arg = hosts[n].features;
	else if (request == TUNSETIFF)
		CHECK_EQ(((struct ifreq *)arg)->ifr_flags & IFF_VNET_HDR, hosts[n].features);
	else if (request == TUNSETVNETHDRSZ)
		CHECK_EQ(*(int *)arg, VNET_HDR);
	else if (request == TUNSETOFFLOAD)
		return hosts[n].offload ? 0 : -1;
	return 0;
}

int
unix_watch(struct unix_watch *w, uint32_t events)
{
	unsigned n = 0;

	while (ours[n] != w->fd)
		n++;
	watches[n] = w;
	watched[n] = events;
	return MIR_OK;
}

void
unix_rewatch(struct unix_watch *w, uint32_t events)
{
	for (unsigned n = 0; n < TAPS; n++)
		if (watches[n] == w)
			watched[n] = events;
}

void
unix_unwatch(struct unix_watch *w)
{
	unix_rewatch(w, 0);
}

int
unix_error(int number)
{
	(void)number;
	return MIR_EIO;
}

static void
on_rx(void *ctx, struct mir_buf *b)
{
	(void)ctx;
	mir_buf_append(&received, b);
}

static void
on_ready(void *ctx)
{
	(void)ctx;
	readies++;
}

static void
on_link(void *ctx)
{
	(void)ctx;
	links++;
}

static struct mir_netif *
tap(unsigned n)
{
	const struct mir_netif_client client = { on_rx, on_ready, on_link, NULL };
	struct mir_netif *nif;
	char why[80];

	if (!opened) {
		CHECK_EQ(mir_param_parse("tap=a tap1=b tap2=c tap3=d", why, sizeof why), MIR_OK);
		mir_modules_start();
	}
	nif = mir_netif_get(n, 0);
	if (!nif->client.rx)
		mir_netif_attach(nif, &client);
	return nif;
}

/* The host sends: a header, if that is spoken, and a frame of 'len' bytes, each its place. */
static void
host_sends(unsigned n, uint8_t flags, uint8_t type, size_t len)
{
	static uint8_t frame[VNET_HDR + BIG];
	size_t header = hosts[n].features ? VNET_HDR : 0;

	memset(frame, 0, sizeof frame);
	frame[0] = flags;
	frame[1] = type;
	frame[4] = type ? 0xe8 : 0;	/* Of 1000 bytes each. */
	frame[5] = type ? 3 : 0;
	frame[6] = 34;
	for (size_t i = 0; i < len; i++)
		frame[header + i] = (uint8_t)(i * 7);
	CHECK_EQ(send(theirs[n], frame, header + len, 0), header + len);
	if (watched[n] & EPOLLIN)
		watches[n]->ready(watches[n], EPOLLIN);
}

static void
check_received(size_t len)
{
	uint8_t bytes[BIG];

	CHECK_EQ(mir_buf_len(received), len);
	mir_buf_copy_out(received, 0, bytes, sizeof bytes);
	for (size_t i = 0; i < len; i++)
		if (!CHECK_EQ(bytes[i], (uint8_t)(i * 7)))
			break;
	mir_buf_free(received);
	received = NULL;
}

static struct mir_buf *
segment(size_t payload)
{
	struct mir_buf *b = mir_buf_alloc(MIR_BUF_HEADROOM, 54);

	memset(b->data, 0, 54);
	b->data[14] = 0x45;
	b->data[14 + 9] = 6;
	b->data[34 + 12] = 5 << 4;
	b->flags = MIR_BUF_CSUM_BLANK;
	b->gso_size = 1460;
	for (size_t n; payload; payload -= n) {
		n = payload < MIR_PAGE_SIZE ? payload : MIR_PAGE_SIZE;
		mir_buf_append(&b, mir_buf_alloc(0, n));
	}
	return b;
}

/* The host takes the device away. */
static void
end(unsigned n)
{
	unsigned before = links;

	close(theirs[n]);
	close(ours[n]);
	watches[n]->ready(watches[n], EPOLLIN);
	CHECK_EQ(links, before + 1);
	CHECK(!tap(n)->info.link);
	CHECK_EQ(watched[n], 0);
}

TEST(tap_without_a_header)
{
	struct mir_netif *nif = tap(0);
	struct mir_buf *b = segment(3000);
	uint8_t got[2000];

	CHECK_EQ(nif->info.offload, 0);
	CHECK_EQ(nif->info.gso_max, 0);
	CHECK_EQ(mir_netif_tx(nif, b), MIR_EMSGSIZE);
	mir_buf_free(b);
	b = mir_buf_alloc(0, 60);
	memset(b->data, 5, 60);
	CHECK_EQ(mir_netif_tx(nif, b), MIR_OK);
	CHECK_EQ(recv(theirs[0], got, sizeof got, 0), 60);
	CHECK_EQ(got[0], 5);
	host_sends(0, 0, 0, 1514);
	check_received(1514);
	host_sends(0, 0, 0, 1519);	/* Longer than the MTU, the header and a tag. */
	CHECK(!received);
	CHECK_EQ(nif->stats.rx_errors, 1);
	end(0);
}

TEST(tap_cuts_but_does_not_join)
{
	struct mir_netif *nif = tap(1);

	CHECK_EQ(nif->info.offload, 15);
	host_sends(1, 0, 0, 60);
	check_received(60);
	CHECK_EQ(nif->stats.copied_bytes, 60);
	host_sends(1, 0, 1, 1000);	/* Nobody allowed that. */
	CHECK(!received);
	CHECK_EQ(nif->stats.rx_errors, 1);
	end(1);
}

static void
fills_up(struct mir_netif *nif)
{
	unsigned sent = 0, before = readies;
	struct mir_buf *b;

	while (mir_netif_tx(nif, b = segment(1000)) == MIR_OK && sent < 100000)
		sent++;
	mir_buf_free(b);
	CHECK_EQ(watched[2], EPOLLIN | EPOLLOUT);
	CHECK_EQ(nif->stats.tx_full, 1);
	watches[2]->ready(watches[2], EPOLLOUT);
	CHECK_EQ(watched[2], EPOLLIN);
	CHECK_EQ(readies, before + 1);
}

TEST(tap_with_all)
{
	static const uint8_t want[VNET_HDR] = { 1, 1, 54, 0, 0xb4, 5, 34, 0, 16, 0 };
	struct mir_netif *nif = tap(2);
	static uint8_t got[BIG];

	CHECK_EQ(mir_netif_tx(nif, segment(30000)), MIR_OK);
	CHECK_EQ(nif->stats.tx_cut, 1);
	CHECK_EQ(recv(theirs[2], got, sizeof got, 0), VNET_HDR + 54 + 30000);
	CHECK(memcmp(got, want, VNET_HDR) == 0);
	host_sends(2, 1, 1, BIG);
	if (CHECK(received)) {
		CHECK_EQ(received->gso_size, 1000);
		CHECK_EQ(received->flags, MIR_BUF_CSUM_OK);
		CHECK_EQ(mir_buf_pieces(received), (BIG + MIR_PAGE_SIZE - 1) / MIR_PAGE_SIZE);
		check_received(BIG);
	}
	CHECK_EQ(nif->stats.rx_joined, 1);
	CHECK_EQ(nif->stats.copied_bytes, 0);
	fills_up(nif);
	end(2);
}

/* A frame that there is no memory for stays with the host, and is not looked at all the time. */
TEST(tap_waits_for_memory)
{
	size_t left = test_pages_left;
	struct mir_netif *nif = tap(3);

	test_pages_left = 0;
	host_sends(3, 0, 0, 1000);
	CHECK(!received);
	CHECK_EQ(watched[3], 0);
	test_run_for(MIR_MS(20));	/* Looks again, in vain. */
	CHECK_EQ(watched[3], EPOLLIN);
	watches[3]->ready(watches[3], EPOLLIN);
	CHECK_EQ(watched[3], 0);
	test_pages_left = left;
	test_run_for(MIR_MS(20));
	CHECK_EQ(watched[3], EPOLLIN);
	watches[3]->ready(watches[3], EPOLLIN);
	check_received(1000);
	CHECK_EQ(nif->stats.rx_errors, 0);
	end(3);
}
