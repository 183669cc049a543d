/* SPDX-License-Identifier: ISC */
/* sources: net/dhcp/[a-z]*.c net/ipv4/packet.c */
/* The DHCP client against a server that says anything, at any time.
 *
 * An input is a list of actions.  Messages are made of the client's own numbers where these would
 * stop them, and of bytes of the input as options.  What must hold: an address is in use only
 * while its lease lasts; the client always waits for something; it never floods. */
#include "lib/bytes.h"
#include "mir/err.h"
#include "net/dhcp/dhcp.h"
#include "net/ipv4/packet.h"
#include "test/fuzz/fuzz.h"
#include "test/unit/harness.h"

static const uint8_t mac[6] = { 2, 0, 0, 0, 0, 1 };
static struct dhcp client;
static mir_ns now;
static uint32_t in_use, probed, randoms;
static unsigned sent;

static void
output(void *ctx, uint32_t src, uint32_t dst, struct mir_buf *b)
{
	const uint8_t *p = b->data;

	(void)ctx;
	CHECK(b->len == DHCP_MIN && !b->next);
	CHECK(p[DHCP_OP] == 1 && get32(p + DHCP_XID) == client.xid);
	CHECK_MEM(p + DHCP_CHADDR, mac, sizeof mac);
	CHECK(src == get32(p + DHCP_CIADDR) && (src == 0 || src == client.lease.ip));
	CHECK(dst == 0xffffffff || ipv4_is_host(dst, 32));
	mir_buf_free(b);
	sent++;
}

static void
probe(void *ctx, uint32_t ip)
{
	(void)ctx;
	probed = ip;
}

static void
bound(void *ctx, const struct dhcp_lease *l)
{
	(void)ctx;
	CHECK(ipv4_is_host(l->ip, l->prefix));
	CHECK_MSG(in_use == l->ip || probed == l->ip, "an address that was not probed for");
	in_use = l->ip;
}

static void
lost(void *ctx)
{
	(void)ctx;
	in_use = 0;
}

static uint32_t
next_random(void *ctx)
{
	(void)ctx;
	return randoms += 0x9e3779b9;
}

static void
check(void)
{
	bool for_ever = client.state == DHCP_BOUND && client.lease.end == MIR_NEVER;

	CHECK_MSG(!in_use || now < client.lease.end, "the lease is over");
	CHECK(!in_use || in_use == client.lease.ip);
	CHECK_MSG(client.next != MIR_NEVER || for_ever, "waits for nothing");
}

static void
pass(mir_ns time)
{
	mir_ns end = now + time, next;
	unsigned before = sent, turns = 0;

	while ((next = dhcp_poll(&client, now)) <= end) {
		CHECK_MSG(++turns < 200000, "time stands still");
		now = next > now ? next : now;
	}
	CHECK_MSG(sent - before <= 10 + time / MIR_MS(250), "a flood");
	now = end;
}

/* A server's message, fit for the client as far as the bits of 'how' say. */
static void
message(struct fuzz_bytes *in, uint8_t how)
{
	uint8_t p[DHCP_MIN + 256] = { [DHCP_OP] = 2, [DHCP_HTYPE] = 1, [DHCP_HLEN] = 6 };
	size_t n = fuzz_8(in);

	put32(p + DHCP_XID, client.xid ^ (how & 0x80 ? fuzz_32(in) : 0));
	put32(p + DHCP_YIADDR, how & 0x40 ? fuzz_32(in) : 0x0a000000u + (how >> 4 & 3));
	memcpy(p + DHCP_CHADDR, mac, sizeof mac);
	put32(p + DHCP_COOKIE, 0x63825363);
	memcpy(p + DHCP_OPTIONS, (uint8_t[]){ 53, 1, how & 7, 54, 4, 10, 0, 0, 3 }, 9);
	n = n < in->left ? n : in->left;
	memcpy(p + DHCP_OPTIONS + 9, in->at, n);
	in->at += n;
	in->left -= n;
	dhcp_input(&client, now, p, DHCP_OPTIONS + 9 + n);
}

static void
act(struct fuzz_bytes *in)
{
	uint8_t kind = fuzz_8(in), argument = fuzz_8(in);

	switch (kind % 8) {
	case 0:
	case 1:
	case 2:
		message(in, argument);
		break;
	case 3:				/* Just until something is due. */
		pass(client.next > now && client.next != MIR_NEVER ? client.next - now : 0);
		break;
	case 4:
		pass(MIR_MS(argument * argument));
		break;
	case 5:
		pass(MIR_SEC(argument * argument));
		break;
	case 6:
		dhcp_conflict(&client, now);
		break;
	default:
		dhcp_input(&client, now, in->at, in->left);
		if (argument & 1)	/* The link went away and came back. */
			dhcp_start(&client, now, mac);
	}
}

void
fuzz_one(const uint8_t *data, size_t len)
{
	static const struct dhcp_env env = { .output = output, .probe = probe, .bound = bound,
		.lost = lost, .random = next_random };
	struct fuzz_bytes in = { data, len };

	now = MIR_SEC(1);
	in_use = probed = randoms = 0;
	dhcp_init(&client, &env);
	dhcp_start(&client, now, mac);
	while (in.left) {
		act(&in);
		dhcp_poll(&client, now);
		check();
	}
}
