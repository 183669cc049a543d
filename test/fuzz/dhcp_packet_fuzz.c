/* SPDX-License-Identifier: ISC */
/* sources: net/dhcp/packet.c net/dhcp/lease.c net/ipv4/packet.c */
/* DHCP messages and the leases in them: what was read of a message is written into a plain one,
 * which must say the same. */
#include "lib/bytes.h"
#include "mir/err.h"
#include "net/dhcp/lease.h"
#include "net/ipv4/packet.h"
#include "test/fuzz/fuzz.h"
#include "test/unit/harness.h"

static uint8_t *
option(uint8_t *p, uint8_t code, uint8_t len, uint32_t value)
{
	*p++ = code;
	*p++ = len;
	while (len--)
		*p++ = (uint8_t)(value >> 8 * len);
	return p;
}

static size_t
write_plain(uint8_t *p, const struct dhcp_message *m)
{
	uint8_t *at = p + DHCP_OPTIONS;

	memset(p, 0, DHCP_OPTIONS);
	p[DHCP_OP] = 2;
	p[DHCP_HTYPE] = 1;
	p[DHCP_HLEN] = 6;
	put32(p + DHCP_XID, m->xid);
	put32(p + DHCP_YIADDR, m->yiaddr);
	memcpy(p + DHCP_CHADDR, m->chaddr, sizeof m->chaddr);
	put32(p + DHCP_COOKIE, 0x63825363);
	at = option(at, 53, 1, m->type);
	at = option(at, 1, 4, m->mask);
	at = option(at, 3, 4, m->router);
	at = option(at, 6, 4, m->dns);
	at = option(at, 26, 2, m->mtu);
	at = option(at, 51, 4, m->lease);
	at = option(at, 54, 4, m->server);
	at = option(at, 58, 4, m->t1);
	at = option(at, 59, 4, m->t2);
	*at++ = 255;
	return (size_t)(at - p);
}

static void
lease(const struct dhcp_message *m)
{
	struct dhcp_lease l = { .ip = 1 };
	mir_ns sent = MIR_SEC(5);

	if (dhcp_take_lease(&l, m, sent)) {
		CHECK_EQ(l.ip, 1);
		return;
	}
	CHECK(l.ip == m->yiaddr && l.prefix <= 32 && ipv4_is_host(l.ip, l.prefix));
	CHECK(l.gateway == 0 || ipv4_is_host(l.gateway, 32));
	CHECK(l.dns == 0 || ipv4_is_host(l.dns, 32));
	CHECK(l.got == sent && l.got < l.t1 && l.t1 <= l.t2 && l.t2 <= l.end);
}

void
fuzz_one(const uint8_t *data, size_t len)
{
	uint8_t plain[DHCP_MIN];
	struct dhcp_message m, m2;
	size_t size;

	if (dhcp_parse(data, len, &m))
		return;
	CHECK(m.type >= DHCP_DISCOVER && m.type <= DHCP_RELEASE);
	size = write_plain(plain, &m);
	CHECK_EQ(dhcp_parse(plain, size, &m2), MIR_OK);
	CHECK_MEM(&m2, &m, sizeof m);
	lease(&m);
}
