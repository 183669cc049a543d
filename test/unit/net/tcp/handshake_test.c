/* SPDX-License-Identifier: ISC */
/* Opening connections: both sides, simultaneous, repeated, refused, and what is agreed on. */
/* sources: test/unit/net/tcp/script.c net/tcp/[a-z]*.c */
#include "mir/err.h"
#include "test/unit/net/tcp/script.h"

static struct script s;

TEST(open_passive)
{
	script_init(&s);
	script_open(&s);
	CHECK(s.iss > 0xffffff00);	/* The test's own: the wrap is near. */
	CHECK(s.events & TCP_ACCEPTABLE);
	script_end(&s);
}

TEST(open_active)
{
	script_init(&s);
	script_connect(&s);
	script_end(&s);
}

TEST(open_active_refused)
{
	struct mir_buf *b;

	script_init(&s);
	s.pport = LOCAL_PORT;
	CHECK_EQ(tcp_connect(&s.tcp, s.now, &s.local, &s.peer, s.pport, &s.conn), MIR_OK);
	s.lport = script_want(&s, TCP_SYN, 0)->h.sport;
	CHECK_EQ(tcp_recv(s.conn, s.now, &b), MIR_EAGAIN);
	script_raw(&s, TCP_RST | TCP_ACK, 0, s.ack + 1, NULL, 0);	/* Not of our SYN. */
	CHECK_EQ(s.conn->state, TCP_SYN_SENT);
	script_raw(&s, TCP_RST | TCP_ACK, 0, s.ack, NULL, 0);
	CHECK_EQ(s.conn->state, TCP_CLOSED_STATE);
	CHECK_EQ(tcp_recv(s.conn, s.now, &b), MIR_EREFUSED);
	CHECK(s.events & TCP_CLOSED);
	script_end(&s);
}

TEST(open_active_bad_ack_is_reset)
{
	script_init(&s);
	s.pport = LOCAL_PORT;
	tcp_connect(&s.tcp, s.now, &s.local, &s.peer, s.pport, &s.conn);
	s.lport = script_want(&s, TCP_SYN, 0)->h.sport;
	script_raw(&s, TCP_SYN | TCP_ACK, 500, s.ack + 7, NULL, 0);
	CHECK_EQ(script_want(&s, TCP_RST, 0)->h.seq, s.ack + 7);
	CHECK_EQ(s.conn->state, TCP_SYN_SENT);
	script_end(&s);
}

TEST(open_active_nobody_there)
{
	struct mir_buf *b;
	unsigned syns = 0;
	mir_ns start;

	script_init(&s);
	start = s.now;
	tcp_connect(&s.tcp, s.now, &s.local, &s.peer, LOCAL_PORT, &s.conn);
	while (s.conn->state == TCP_SYN_SENT && s.now < start + MIR_SEC(200))
		script_wait(&s, MIR_SEC(1));
	while (script_next(&s))
		syns++;
	CHECK_EQ(syns, 8);			/* At 0, 1, 3, 7, 15, 31, 63, 123 s. */
	CHECK_EQ((s.now - start) / MIR_SEC(1), 183);
	CHECK_EQ(tcp_recv(s.conn, s.now, &b), MIR_ETIMEDOUT);
	script_end(&s);
}

/* RFC 9293 figure 8. */
TEST(open_simultaneous)
{
	script_init(&s);
	s.pport = LOCAL_PORT;
	tcp_connect(&s.tcp, s.now, &s.local, &s.peer, s.pport, &s.conn);
	s.lport = script_want(&s, TCP_SYN, 0)->h.sport;
	script_in(&s, TCP_SYN, NULL, 0);
	CHECK_EQ(s.conn->state, TCP_SYN_RCVD);
	CHECK_EQ(script_want(&s, TCP_SYN | TCP_ACK, 0)->h.ack, s.seq);
	script_raw(&s, TCP_SYN | TCP_ACK, s.seq - 1, s.ack, NULL, 0);
	CHECK_EQ(s.conn->state, TCP_ESTABLISHED);
	CHECK(s.events & TCP_CONNECTED);
	script_want(&s, TCP_ACK, 0);
	script_in(&s, TCP_ACK | TCP_PSH, "hello", 5);
	CHECK_EQ(script_read(&s), 5);
	script_end(&s);
}

TEST(open_syn_repeated)
{
	script_init(&s);
	script_listen(&s, 4);
	script_in(&s, TCP_SYN, NULL, 0);
	script_want(&s, TCP_SYN | TCP_ACK, 0);
	script_raw(&s, TCP_SYN, s.seq - 1, 0, NULL, 0);
	script_want(&s, TCP_SYN | TCP_ACK, 0);
	CHECK_EQ(s.tcp.conn_count, 1);
	script_wait(&s, MIR_SEC(1));		/* Ours is repeated, too. */
	script_want(&s, TCP_SYN | TCP_ACK, 0);
	script_in(&s, TCP_ACK, NULL, 0);
	CHECK(s.conn != NULL);
	script_end(&s);
}

TEST(open_half_open_gives_up)
{
	script_init(&s);
	script_listen(&s, 4);
	script_in(&s, TCP_SYN, NULL, 0);
	script_wait(&s, MIR_SEC(40));
	CHECK_EQ(s.tcp.conn_count, 0);
	script_end(&s);
}

TEST(open_half_open_bad_ack)
{
	script_init(&s);
	script_listen(&s, 4);
	script_in(&s, TCP_SYN, NULL, 0);
	script_want(&s, TCP_SYN | TCP_ACK, 0);
	script_raw(&s, TCP_ACK, s.seq, s.ack + 1, NULL, 0);
	CHECK_EQ(script_want(&s, TCP_RST, 0)->h.seq, s.ack + 1);
	CHECK_EQ(s.tcp.conn_count, 1);
	script_raw(&s, TCP_RST, s.seq, 0, NULL, 0);
	CHECK_EQ(s.tcp.conn_count, 0);
	script_end(&s);
}

TEST(open_closed_port)
{
	script_init(&s);
	script_raw(&s, TCP_SYN, 1000, 0, NULL, 0);
	const struct script_out *o = script_want(&s, TCP_RST | TCP_ACK, 0);
	CHECK_EQ(o->h.seq, 0);
	CHECK_EQ(o->h.ack, 1001);
	script_raw(&s, TCP_ACK, 1000, 777, "abc", 3);
	CHECK_EQ(script_want(&s, TCP_RST, 0)->h.seq, 777);
	script_raw(&s, TCP_FIN, 1000, 0, "abc", 3);
	CHECK_EQ(script_want(&s, TCP_RST | TCP_ACK, 0)->h.ack, 1004);
	script_raw(&s, TCP_RST | TCP_ACK, 1000, 777, NULL, 0);
	script_quiet(&s);
	script_end(&s);
}

TEST(open_strange_flags_at_a_listener)
{
	script_init(&s);
	script_listen(&s, 4);
	script_raw(&s, 0, 1000, 0, NULL, 0);
	script_raw(&s, TCP_FIN, 1000, 0, NULL, 0);
	script_raw(&s, TCP_SYN | TCP_FIN, 1000, 0, NULL, 0);
	script_raw(&s, TCP_SYN | TCP_RST, 1000, 0, NULL, 0);
	script_raw(&s, TCP_RST, 1000, 0, NULL, 0);
	script_quiet(&s);
	script_raw(&s, TCP_SYN | TCP_ACK, 1000, 5, NULL, 0);
	CHECK_EQ(script_want(&s, TCP_RST, 0)->h.seq, 5);
	CHECK_EQ(s.tcp.conn_count, 0);
	script_end(&s);
}

TEST(open_options_agreed)
{
	const struct script_out *o;

	script_init(&s);
	s.options = (struct tcp_options){
		.have = TCP_HAVE_MSS | TCP_HAVE_WSCALE | TCP_HAVE_TIMESTAMPS, .mss = 1000,
		.wscale = 7 };
	script_listen(&s, 4);
	script_in(&s, TCP_SYN, NULL, 0);
	o = script_want(&s, TCP_SYN | TCP_ACK, 0);
	CHECK_EQ(o->h.options.have, TCP_HAVE_MSS | TCP_HAVE_WSCALE | TCP_HAVE_TIMESTAMPS);
	CHECK_EQ(o->h.options.mss, 1460);
	CHECK_EQ(o->h.options.tsecr, s.tsval);
	s.window = 100;
	script_in(&s, TCP_ACK, NULL, 0);
	CHECK_EQ(s.conn->snd_wnd, 100 << 7);
	CHECK_EQ(s.conn->mss, 988);
	script_end(&s);
}

/* Our answer to the first SYN was lost: the one to the second echoes the second. */
TEST(open_second_syn_is_echoed)
{
	script_init(&s);
	s.options.have |= TCP_HAVE_TIMESTAMPS;
	script_listen(&s, 4);
	script_raw(&s, TCP_SYN, s.seq, 0, NULL, 0);
	script_want(&s, TCP_SYN | TCP_ACK, 0);
	s.tsval += 900;
	script_wait(&s, MIR_MS(900));
	script_in(&s, TCP_SYN, NULL, 0);
	CHECK_EQ(script_want(&s, TCP_SYN | TCP_ACK, 0)->h.options.tsecr, s.tsval);
	script_in(&s, TCP_ACK, NULL, 0);
	CHECK_EQ(s.conn->state, TCP_ESTABLISHED);
	script_end(&s);
}

TEST(open_options_not_offered)
{
	const struct script_out *o;

	script_init(&s);
	s.options.have = 0;
	script_listen(&s, 4);
	script_in(&s, TCP_SYN, NULL, 0);
	o = script_want(&s, TCP_SYN | TCP_ACK, 0);
	CHECK_EQ(o->h.options.have, TCP_HAVE_MSS);
	script_in(&s, TCP_ACK, NULL, 0);
	CHECK_EQ(s.conn->mss, 536);
	CHECK_EQ(s.conn->snd_scale, 0);
	CHECK_EQ(s.conn->rcv_scale, 0);
	script_end(&s);
}

TEST(open_tiny_mss_is_not_believed)
{
	script_init(&s);
	s.options.mss = 0;
	script_open(&s);
	CHECK_EQ(s.conn->mss, TCP_MSS_MIN);
	script_end(&s);
}

/* RFC 6528: differs by peer and by key, advances with time. */
TEST(open_initial_numbers)
{
	struct tcp_tuple id;
	uint32_t first, other;

	script_init(&s);
	id = (struct tcp_tuple){ s.local, s.peer, 80, 1000 };
	first = tcp_initial_seq(&s.tcp, s.now, &id);
	CHECK_EQ(tcp_initial_seq(&s.tcp, s.now, &id), first);
	CHECK_EQ(tcp_initial_seq(&s.tcp, s.now + MIR_MS(1), &id), first + 250);
	id.rport++;
	other = tcp_initial_seq(&s.tcp, s.now, &id);
	CHECK(other != first);
	id.rport--;
	s.tcp.key[3] ^= 1;
	CHECK(tcp_initial_seq(&s.tcp, s.now, &id) != first);
	script_end(&s);
}

/* RFC 6056 3.3.3: who knows the ports for one peer knows nothing of those for another. */
TEST(open_ports_differ_by_peer_and_by_key)
{
	uint16_t port[4], last = 0;
	struct tcp_conn *c;
	unsigned same = 0;

	for (unsigned i = 0; i < 64; i++) {
		script_init(&s);
		s.tcp.key[0] = (uint8_t)(i / 2);
		s.peer.bytes[15] = (uint8_t)(2 + i % 2);
		for (unsigned n = 0; n < 4; n++) {
			CHECK_EQ(tcp_connect(&s.tcp, s.now, &s.local, &s.peer, 80, &c), MIR_OK);
			port[n] = script_want(&s, TCP_SYN, 0)->h.sport;
			CHECK(port[n] >= 49152);
			for (unsigned m = 0; m < n; m++)
				CHECK(port[m] != port[n]);
			tcp_abort(c, s.now);
		}
		same += port[0] == last;
		last = port[0];
		script_end(&s);
	}
	CHECK(same < 3);
}

TEST(open_close_before_established)
{
	script_init(&s);
	tcp_connect(&s.tcp, s.now, &s.local, &s.peer, LOCAL_PORT, &s.conn);
	tcp_close(s.conn, s.now);
	s.conn = NULL;
	CHECK_EQ(s.tcp.conn_count, 0);
	script_end(&s);
}

TEST(open_shutdown_before_established)
{
	script_init(&s);
	s.pport = LOCAL_PORT;
	tcp_connect(&s.tcp, s.now, &s.local, &s.peer, s.pport, &s.conn);
	s.lport = script_want(&s, TCP_SYN, 0)->h.sport;
	CHECK_EQ(tcp_shutdown(s.conn, s.now), MIR_OK);
	script_in(&s, TCP_SYN | TCP_ACK, NULL, 0);
	script_want(&s, TCP_FIN | TCP_ACK, 0);
	CHECK_EQ(s.conn->state, TCP_FIN_WAIT_1);
	script_end(&s);
}

TEST(open_needs_the_peer_to_answer_before_data)
{
	struct mir_buf *b = mir_buf_copy_in("x", 1);

	script_init(&s);
	tcp_connect(&s.tcp, s.now, &s.local, &s.peer, LOCAL_PORT, &s.conn);
	CHECK_EQ(tcp_send(s.conn, s.now, b), MIR_EAGAIN);
	mir_buf_free(b);
	script_end(&s);
}
