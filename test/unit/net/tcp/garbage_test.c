/* SPDX-License-Identifier: ISC */
/* Segments without rhyme or reason into connections in every state: nothing breaks (ASan and UBSan
 * watch), the invariants hold, and everything ends. */
/* sources: test/unit/net/tcp/script.c net/tcp/[a-z]*.c */
#include "mir/err.h"
#include "test/unit/net/tcp/script.h"

static struct script s;

static bool
invariants(const struct tcp_conn *c)
{
	return CHECK(seq_le(c->snd_una, c->snd_nxt)) && CHECK(seq_le(c->snd_nxt, c->snd_max)) &&
	       CHECK(seq_le(c->rcv_nxt, c->rcv_adv)) &&
	       CHECK(c->rcv_adv - c->rcv_nxt <= c->rcv_limit) &&
	       CHECK(c->recvq.len <= c->rcv_limit) &&
	       CHECK(c->recvq.ooo_count <= CONFIG_TCP_OOO_SEGMENTS) &&
	       CHECK(c->state != TCP_SYN_SENT || c->snd_una == c->iss) &&
	       CHECK(c->cc.cwnd >= c->mss || c->state < TCP_ESTABLISHED) &&
	       CHECK(c->accounted == tcp_held(c)) &&
	       CHECK_EQ(mir_buf_len(c->sendq.head), c->sendq.len) &&
	       CHECK_EQ(mir_buf_len(c->recvq.head), c->recvq.len) &&
	       /* Something unacknowledged always has a timer. */
	       CHECK(c->snd_una == c->snd_max || c->state == TCP_CLOSED_STATE ||
		     c->timer[TCP_T_REXMT] != MIR_NEVER || c->timer[TCP_T_PERSIST] != MIR_NEVER);
}

/* The script's connections, also those that it has closed. */
static bool
all_invariants(void)
{
	struct tcp_entry *e;
	size_t pinned = 0;
	unsigned n = 0;

	for (uint32_t i = 0; i < s.tcp.table.buckets; i++)
		for (e = tcp_table_bucket(&s.tcp.table, i); e; e = e->hash_next) {
			if (e->kind != TCP_KIND_CONN)
				continue;
			n++;
			pinned += tcp_held(tcp_conn_of(e));
			if (!invariants(tcp_conn_of(e)))
				return false;
		}
	return CHECK(n <= s.tcp.conn_count) && CHECK(s.tcp.held_bytes >= pinned);
}

static uint32_t
around(uint32_t seq)
{
	static const int32_t steps[] = { -100000, -1000, -1, 0, 0, 0, 0, 0, 1, 10, 1460, 60000,
					 0x7fffffff };

	return seq + (uint32_t)steps[test_random() % (sizeof steps / sizeof *steps)];
}

static void
throw_one(void)
{
	static const uint8_t likely[] = { TCP_ACK, TCP_ACK, TCP_ACK | TCP_PSH, TCP_FIN | TCP_ACK,
					  TCP_SYN, TCP_SYN | TCP_ACK, TCP_ACK, TCP_RST };
	static const uint32_t lens[] = { 0, 0, 1, 100, 300, 1460 };
	uint8_t bytes[1460] = { 0 };
	uint8_t flags = likely[test_random() % sizeof likely];
	uint32_t len = lens[test_random() % 6];

	if (test_random() % 10 == 0)
		flags = (uint8_t)test_random();
	if (test_random() % 40)
		flags &= (uint8_t)~TCP_RST;
	s.window = (uint16_t)(test_random() % 4 ? 65535 : test_random() % 3000);
	s.tsval += (uint32_t)(test_random() % 3);
	script_raw(&s, flags, around(s.conn ? s.conn->rcv_nxt : s.seq),
		   around(s.conn ? s.conn->snd_max : s.ack), bytes, len);
}

static void
use_at_random(void)
{
	switch (test_random() % 12) {
	case 0:
		if (s.conn->sendq.len < CONFIG_TCP_SEND_LIMIT && !s.conn->close_wanted &&
		    tcp_is_synchronized(s.conn->state))
			script_send(&s, 1 + (uint32_t)(test_random() % 5000));
		break;
	case 1:
	case 2:
		script_read(&s);
		break;
	case 3:
		if (test_random() % 30 == 0)
			tcp_shutdown(s.conn, s.now);
		break;
	case 4:
		if (test_random() % 100 == 0) {
			tcp_close(s.conn, s.now);
			s.conn = NULL;
		}
		break;
	case 5:
		script_wait(&s, MIR_MS(test_random() % 300));
		break;
	}
}

static void
start(unsigned how)
{
	script_init(&s);
	if (how & 1)
		s.options.have |= TCP_HAVE_TIMESTAMPS;
	if (how & 2)
		s.options.have |= TCP_HAVE_WSCALE;
	s.options.wscale = (uint8_t)(test_random() % 15);
	if (how & 4) {
		s.pport = LOCAL_PORT;
		tcp_connect(&s.tcp, s.now, &s.local, &s.peer, s.pport, &s.conn);
		s.lport = script_next(&s)->h.sport;
	} else if (how & 8) {
		script_open(&s);
	} else {
		script_listen(&s, 8);
		script_in(&s, TCP_SYN, NULL, 0);
	}
}

TEST(garbage_into_all_states)
{
	for (unsigned round = 0; round < 300; round++) {
		start(round);
		for (unsigned i = 0; i < 300; i++) {
			throw_one();
			if (!all_invariants())
				return;
			if (s.conn)
				use_at_random();
			script_skip(&s);
		}
		script_end(&s);
	}
}

/* Bytes as they fall, some with a good checksum by proxy. */
TEST(garbage_bytes)
{
	script_init(&s);
	script_open(&s);
	for (unsigned i = 0; i < 50000; i++) {
		uint8_t bytes[100];
		size_t len = test_random() % sizeof bytes;
		struct mir_buf *b;

		for (size_t k = 0; k < len; k++)
			bytes[k] = (uint8_t)test_random();
		if (len > TCP_HDR && i % 2) {
			put16(bytes + TCP_SPORT, s.pport);
			put16(bytes + TCP_DPORT, s.lport);
			bytes[TCP_DOFF] = 0x50 + (uint8_t)(test_random() % 3 * 16);
		}
		b = mir_buf_copy_in(bytes, len);
		b->flags = MIR_BUF_CSUM_OK;
		tcp_input(&s.tcp, s.now, &s.peer, &s.local, b);
		script_skip(&s);
	}
	all_invariants();
	script_end(&s);
}
