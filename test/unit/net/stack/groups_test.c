/* SPDX-License-Identifier: ISC */
/* sources: net/ipv6/[a-z]*.c net/icmpv6/[a-z]*.c net/mld/mld.c net/nd/[a-z]*.c */
/* sources: net/stack/[a-z]*.c net/reassembly/reassembly.c net/igmp/[a-z]*.c net/ether/packet.c net/arp/[a-z]*.c net/ipv4/packet.c */
/* sources: net/icmp/[a-z]*.c net/udp/[a-z]*.c net/dhcp/[a-z]*.c net/tcp/[a-z]*.c */
/* sources: test/unit/net/stack/wire.c */
/* Groups: who joined hears, who did not does not. */
#include "mir/err.h"
#include "net/udp/udp.h"
#include "test/unit/harness.h"
#include "test/unit/net/stack/wire.h"

#define GROUP	0xef010203u		/* 239.1.2.3 */
#define PORT	5000

static struct mir_udp *
bind(struct end *e)
{
	struct mir_udp *udp = NULL;

	CHECK_EQ(e->stack->ops->udp_bind(e->stack, PORT, &udp), MIR_OK);
	return udp;
}

static void
send(struct mir_udp *udp)
{
	struct mir_addr to = mir_addr_from_ipv4(GROUP);
	struct mir_buf *b = mir_buf_copy_in("hello", 5);

	CHECK_EQ(udp->ops->send(udp, b, &to, PORT), MIR_OK);
	wire_pass(MIR_SEC(2));
}

static int
hears(struct mir_udp *udp)
{
	struct mir_addr from;
	struct mir_buf *b;
	uint16_t port;
	int n = 0;

	while (udp->ops->recv(udp, &b, &from, &port) == MIR_OK) {
		CHECK_EQ(mir_addr_to_ipv4(&from), 0x0a000001);
		mir_buf_free(b);
		n++;
	}
	return n;
}

TEST(datagrams_go_to_a_group_and_come_from_one)
{
	struct mir_addr group = mir_addr_from_ipv4(GROUP), host = mir_addr_from_ipv4(0x0a000001);
	static const uint8_t mac[6] = { 1, 0, 0x5e, 1, 2, 3 };
	struct mir_udp *a, *b;

	wire_open();
	a = bind(&wire_a);
	b = bind(&wire_b);
	send(a);
	CHECK_EQ(hears(b), 0);
	CHECK_MEM(wire_a.last->data, mac, 6);
	CHECK_EQ(wire_a.last->data[14 + 8], 1);		/* TTL */
	CHECK_EQ(b->ops->join(b, &group, true), MIR_OK);
	CHECK_EQ(b->ops->join(b, &group, true), MIR_EEXIST);
	CHECK_EQ(b->ops->join(b, &host, true), MIR_EINVAL);
	wire_pass(MIR_SEC(2));
	CHECK(wire_counter("igmp_reports") >= 2);
	send(a);
	CHECK_EQ(hears(b), 1);
	CHECK_EQ(b->ops->join(b, &group, false), MIR_OK);
	CHECK_EQ(b->ops->join(b, &group, false), MIR_ENOENT);
	send(a);
	CHECK_EQ(hears(b), 0);
	CHECK_EQ(b->ops->join(b, &group, true), MIR_OK);
	a->ops->close(a);
	b->ops->close(b);				/* Leaves. */
	wire_close();
}
