/* SPDX-License-Identifier: ISC */
/* Listeners: ports, backlogs, floods, the end of a listener; ICMP errors; lost addresses. */
/* sources: test/unit/net/tcp/script.c net/tcp/[a-z]*.c */
#include "mir/err.h"
#include "test/unit/net/tcp/script.h"

static struct script s;

TEST(listen_ports)
{
	struct tcp_listener *l;

	script_init(&s);
	script_listen(&s, 4);
	CHECK_EQ(tcp_listen(&s.tcp, LOCAL_PORT, 4, NULL, &l), MIR_EEXIST);
	CHECK_EQ(tcp_listen(&s.tcp, 0, 4, NULL, &l), MIR_EINVAL);
	CHECK_EQ(tcp_listen(&s.tcp, 81, 0, NULL, &l), MIR_EINVAL);
	CHECK_EQ(tcp_listener_user(s.listener), &s);
	CHECK_EQ(tcp_accept(s.listener, &s.conn), MIR_EAGAIN);
	script_end(&s);
}

TEST(listen_half_open_limit)
{
	uint64_t before = tcp_stats.cookies_sent;

	script_init(&s);
	script_listen(&s, 5);
	for (unsigned i = 0; i < 20; i++) {
		s.pport = (uint16_t)(PEER_PORT + i);
		script_raw(&s, TCP_SYN, i, 0, NULL, 0);
		script_want(&s, TCP_SYN | TCP_ACK, 0);
	}
	CHECK_EQ(s.tcp.conn_count, 5);
	CHECK_EQ(tcp_stats.cookies_sent, before + 15);
	script_end(&s);
}

TEST(listen_accept_limit)
{
	uint64_t before = tcp_stats.drop_accept_backlog;
	struct tcp_conn *c;

	script_init(&s);
	script_listen(&s, 3);
	s.hold = true;
	for (unsigned i = 0; i < 5; i++) {
		s.pport = (uint16_t)(PEER_PORT + i);
		s.seq = PEER_ISS;
		script_in(&s, TCP_SYN, NULL, 0);
		if (script_next(&s))
			script_in(&s, TCP_ACK, "early", 5);
	}
	CHECK_EQ(s.tcp.conn_count, 3);
	CHECK_EQ(tcp_stats.drop_accept_backlog, before + 2);
	for (unsigned i = 0; i < 3; i++) {
		CHECK_EQ(tcp_accept(s.listener, &c), MIR_OK);
		CHECK_EQ(c->id.rport, PEER_PORT + i);	/* In order. */
		CHECK_EQ(c->recvq.len, 5);
		tcp_abort(c, s.now);
	}
	CHECK_EQ(tcp_accept(s.listener, &c), MIR_EAGAIN);
	script_end(&s);
}

TEST(listen_reset_while_waiting)
{
	struct tcp_conn *c;

	script_init(&s);
	script_listen(&s, 3);
	s.hold = true;
	script_in(&s, TCP_SYN, NULL, 0);
	script_want(&s, TCP_SYN | TCP_ACK, 0);
	script_in(&s, TCP_ACK, NULL, 0);
	script_raw(&s, TCP_RST, s.seq, 0, NULL, 0);
	CHECK_EQ(s.tcp.conn_count, 0);
	CHECK_EQ(tcp_accept(s.listener, &c), MIR_EAGAIN);
	script_end(&s);
}

TEST(listen_end_resets_those_that_wait)
{
	script_init(&s);
	script_listen(&s, 3);
	s.hold = true;
	script_in(&s, TCP_SYN, NULL, 0);
	script_want(&s, TCP_SYN | TCP_ACK, 0);
	script_in(&s, TCP_ACK, NULL, 0);
	s.pport++;
	script_raw(&s, TCP_SYN, 1, 0, NULL, 0);
	script_skip(&s);
	tcp_unlisten(s.listener, s.now);
	s.listener = NULL;
	CHECK_EQ(script_next(&s)->h.flags, TCP_RST | TCP_ACK);
	CHECK_EQ(script_next(&s)->h.flags, TCP_RST | TCP_ACK);
	CHECK_EQ(s.tcp.conn_count, 0);
	script_end(&s);
}

TEST(listen_engine_limit)
{
	uint64_t before = tcp_stats.drop_conn_limit;

	script_init(&s);
	s.tcp.conn_limit = 1024;
	script_listen(&s, 100000);
	for (unsigned i = 0; i < s.tcp.conn_limit + 10; i++) {
		s.pport = (uint16_t)(1000 + i);
		script_raw(&s, TCP_SYN, i, 0, NULL, 0);
	}
	CHECK_EQ(s.tcp.conn_count, s.tcp.conn_limit);
	CHECK_EQ(tcp_stats.drop_conn_limit, before + 10);
	script_wait(&s, MIR_SEC(60));
	CHECK_EQ(s.tcp.conn_count, 0);
	script_end(&s);
}

static void
icmp(uint32_t seq, enum tcp_unreach kind, uint32_t mtu)
{
	uint8_t p[8] = { 0 };

	put16(p + TCP_SPORT, s.lport);
	put16(p + TCP_DPORT, s.pport);
	put32(p + TCP_SEQ, seq);
	tcp_unreach(&s.tcp, s.now, &s.local, &s.peer, p, sizeof p, kind, mtu);
}

TEST(unreach_never_ends_a_connection)
{
	script_init(&s);
	script_open(&s);
	script_send(&s, 100);
	icmp(s.iss + 1, TCP_UNREACH_HARD, 0);
	icmp(s.iss + 1, TCP_UNREACH_SOFT, 0);
	CHECK_EQ(s.conn->state, TCP_ESTABLISHED);
	script_end(&s);
}

static void
start_connect(void)
{
	script_init(&s);
	s.pport = LOCAL_PORT;
	tcp_connect(&s.tcp, s.now, &s.local, &s.peer, s.pport, &s.conn);
	s.lport = script_want(&s, TCP_SYN, 0)->h.sport;
}

TEST(unreach_while_opening)
{
	struct mir_buf *b;

	start_connect();
	icmp(s.iss + 1, TCP_UNREACH_HARD, 0);	/* Not of our SYN. */
	CHECK_EQ(s.conn->state, TCP_SYN_SENT);
	icmp(s.iss, TCP_UNREACH_HARD, 0);
	CHECK_EQ(tcp_recv(s.conn, s.now, &b), MIR_EREFUSED);
	script_end(&s);

	start_connect();
	icmp(s.iss, TCP_UNREACH_SOFT, 0);
	CHECK_EQ(s.conn->state, TCP_SYN_SENT);
	script_wait(&s, TCP_R2_SYN + MIR_SEC(10));
	CHECK_EQ(tcp_recv(s.conn, s.now, &b), MIR_EUNREACH);
	script_end(&s);
}

TEST(unreach_too_big)
{
	script_init(&s);
	script_open(&s);
	script_send(&s, 3000);
	script_skip(&s);
	icmp(s.iss, TCP_UNREACH_TOO_BIG, 1400);		/* Not in flight. */
	CHECK_EQ(s.conn->mss, 1460);
	icmp(s.iss + 1, TCP_UNREACH_TOO_BIG, 1400);
	CHECK_EQ(s.conn->mss, 1360);
	CHECK_EQ(script_want(&s, TCP_ACK, 1360)->h.seq, s.iss + 1);
	icmp(s.iss + 1, TCP_UNREACH_TOO_BIG, 9000);	/* Never up. */
	CHECK_EQ(s.conn->mss, 1360);
	icmp(s.iss + 1, TCP_UNREACH_TOO_BIG, 0);	/* Never absurd. */
	CHECK_EQ(s.conn->mss, 536);
	script_end(&s);
}

/* RFC 8201 4: the same over IPv6, not below what every link has. */
TEST(unreach_too_big_for_ipv6)
{
	script_init(&s);
	s.local = (struct mir_addr){ { 0xfd, [15] = 1 } };
	s.peer = (struct mir_addr){ { 0xfd, [15] = 2 } };
	script_open(&s);
	script_send(&s, 3000);
	script_skip(&s);
	icmp(s.iss + 1, TCP_UNREACH_TOO_BIG, 1400);
	CHECK_EQ(s.conn->mss, 1340);
	CHECK_EQ(script_want(&s, TCP_ACK, 1340)->h.seq, s.iss + 1);
	icmp(s.iss + 1, TCP_UNREACH_TOO_BIG, 600);
	CHECK_EQ(s.conn->mss, 1220);
	script_end(&s);
}

TEST(unreach_short)
{
	uint64_t before = tcp_stats.drop_icmp;
	uint8_t p[8] = { 0 };

	script_init(&s);
	for (size_t len = 0; len <= 8; len++)
		tcp_unreach(&s.tcp, s.now, &s.local, &s.peer, p + 8 - len, len,
			    TCP_UNREACH_HARD, 0);
	CHECK_EQ(tcp_stats.drop_icmp, before + 9);
	script_end(&s);
}

TEST(address_gone)
{
	struct mir_addr other = { { [10] = 0xff, 0xff, 10, 0, 0, 99 } };
	struct mir_buf *b;

	script_init(&s);
	script_open(&s);
	script_send(&s, 100);
	script_skip(&s);
	tcp_address_gone(&s.tcp, s.now, &other);
	CHECK_EQ(s.conn->state, TCP_ESTABLISHED);
	tcp_address_gone(&s.tcp, s.now, &s.local);
	CHECK_EQ(tcp_recv(s.conn, s.now, &b), MIR_ERESET);
	script_quiet(&s);
	script_end(&s);
}
