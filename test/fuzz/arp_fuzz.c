/* SPDX-License-Identifier: ISC */
/* sources: net/arp/[a-z]*.c net/ether/packet.c */
/* ARP: packets, and the engine with the cache that they teach.
 *
 * An input is a list of (kind, argument, packet).  Senders are of a few addresses, so that
 * packets meet entries. */
#include "net/arp/cache.h"
#include "test/fuzz/fuzz.h"
#include "test/unit/harness.h"

#define NET	0x0a000000u
#define WE	0x0a000001u

static const uint8_t us[ETHER_ADDR] = { 2, 0, 0, 0, 0, 1 };
static struct arp arp;
static mir_ns now;
static unsigned waiting;		/* Frames that the engine holds. */
static unsigned said;

static void
output(void *ctx, const uint8_t dst[ETHER_ADDR], const struct arp_packet *p)
{
	(void)ctx;
	CHECK_MEM(p->sender_mac, us, ETHER_ADDR);
	CHECK(p->sender_ip == arp.ip || p->sender_ip == 0);
	CHECK(!ether_is_group(dst) || memcmp(dst, ether_broadcast, ETHER_ADDR) == 0);
	said++;
}

static void
send(void *ctx, const uint8_t mac[ETHER_ADDR], struct mir_buf *b)
{
	(void)ctx;
	CHECK(!ether_is_group(mac));
	mir_buf_free(b);
	waiting--;
}

static void
conflict(void *ctx, uint32_t ip, const uint8_t mac[ETHER_ADDR])
{
	(void)ctx;
	(void)mac;
	CHECK(ip && (ip == arp.ip || ip == arp.probe_ip));
}

static void
packet(const uint8_t *p, size_t len)
{
	uint8_t again[ARP_LEN];
	struct arp_packet a;
	unsigned before = said;

	if (arp_parse(p, len, &a) == MIR_OK) {
		CHECK(len >= ARP_LEN);
		arp_build(again, &a);
		CHECK_MEM(again, p, ARP_LEN);
		CHECK_EQ(arp_input(&arp, now, p, len), MIR_OK);
	} else {
		CHECK_EQ(arp_input(&arp, now, p, len), MIR_EPROTO);
		CHECK_EQ(said, before);
	}
	CHECK(said <= before + 2);	/* No amplifier. */
}

/* A packet that is well-formed for sure: 'who' speaks about 'whom'. */
static void
known_packet(struct fuzz_bytes *in)
{
	struct arp_packet a = { .op = fuzz_8(in) & 1 ? ARP_REPLY : ARP_REQUEST };
	uint8_t p[ARP_LEN];

	a.sender_ip = fuzz_8(in);
	a.sender_ip = a.sender_ip ? NET + a.sender_ip % 128 : 0;
	a.target_ip = NET + fuzz_8(in) % 128;
	memcpy(a.sender_mac, us, ETHER_ADDR);
	a.sender_mac[5] = fuzz_8(in);
	arp_build(p, &a);
	packet(p, sizeof p);
}

static void
resolve(uint32_t ip)
{
	uint8_t mac[ETHER_ADDR];
	struct mir_buf *b = mir_buf_alloc(0, 20);

	if (arp_resolve(&arp, now, ip, mac, b) == MIR_EAGAIN)
		waiting++;
	else
		mir_buf_free(b);
	CHECK(waiting <= ARP_ENTRIES * ARP_PENDING);
}

static void
pass(mir_ns time)
{
	mir_ns end = now + time, next;
	unsigned turns = 0;

	while ((next = arp_poll(&arp, now)) <= end) {
		CHECK_MSG(++turns < 100000, "time stands still");
		now = next > now ? next : now;
	}
	now = end;
}

static void
act(struct fuzz_bytes *in)
{
	uint8_t kind = fuzz_8(in), argument = fuzz_8(in);
	size_t n = argument < in->left ? argument : in->left;

	switch (kind % 6) {
	case 0:
		packet(in->at, n);
		in->at += n;
		in->left -= n;
		break;
	case 1:
		known_packet(in);
		break;
	case 2:
		resolve(NET + argument % 128);
		break;
	case 3:
		pass(MIR_MS(argument * argument));
		break;
	case 4:
		arp_probe(&arp, argument ? NET + argument % 128 : 0);
		break;
	default:
		arp_set_local(&arp, now, us, argument ? WE : 0);
	}
}

void
fuzz_one(const uint8_t *data, size_t len)
{
	static const struct arp_env env = { NULL, output, send, conflict };
	struct fuzz_bytes in = { data, len };

	now = MIR_SEC(100);
	waiting = said = 0;
	arp_init(&arp, &env);
	arp_set_local(&arp, now, us, WE);
	while (in.left)
		act(&in);
	pass(MIR_SEC(3600));		/* Whatever waits is sent or given up. */
	arp_flush(&arp);
}
