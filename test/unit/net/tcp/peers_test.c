/* SPDX-License-Identifier: ISC */
/* net/tcp/peers: round trips remembered, believed with care, forgotten; and handshakes with them. */
/* sources: test/unit/net/tcp/script.c net/tcp/[a-z]*.c */
#include "mir/err.h"
#include "test/unit/net/tcp/script.h"

static const uint64_t key[2] = { 1, 2 };
static struct tcp_peers peers;
static struct script s;

static struct mir_addr
peer(uint32_t i)
{
	return mir_addr_from_ipv4(0x0a000000 + i);
}

static void
note(uint32_t i, mir_ns now, mir_ns srtt, mir_ns rttvar)
{
	const struct tcp_rto r = { .srtt = srtt, .rttvar = rttvar };
	const struct mir_addr a = peer(i);

	tcp_peers_note(&peers, key, now, &a, &r);
}

/* The time-out that a new connection gets. */
static mir_ns
recall(uint32_t i, mir_ns now)
{
	const struct mir_addr a = peer(i);
	struct tcp_rto r;

	tcp_rto_init(&r);
	tcp_peers_recall(&peers, key, now, &a, &r);
	CHECK_EQ(r.srtt, 0);
	return tcp_rto_value(&r);
}

TEST(peers_known_and_unknown)
{
	memset(&peers, 0, sizeof peers);
	note(1, MIR_SEC(5), MIR_MS(100), MIR_MS(50));
	CHECK_EQ(recall(1, MIR_SEC(6)), MIR_MS(300));
	CHECK_EQ(recall(2, MIR_SEC(6)), TCP_RTO_FIRST);
	note(3, MIR_SEC(5), MIR_US(90), MIR_US(10));
	CHECK_EQ(recall(3, MIR_SEC(6)), TCP_RTO_MIN);
	note(4, MIR_SEC(5), MIR_SEC(20), MIR_SEC(10));
	CHECK_EQ(recall(4, MIR_SEC(6)), TCP_RTO_FIRST);
	note(5, MIR_SEC(5), 1, 0);
	CHECK_EQ(recall(5, MIR_SEC(6)), TCP_RTO_MIN);
}

TEST(peers_more_is_believed_at_once_less_slowly)
{
	memset(&peers, 0, sizeof peers);
	note(1, 0, MIR_MS(100), MIR_MS(50));
	note(1, 0, MIR_MS(200), MIR_MS(100));
	CHECK_EQ(recall(1, 0), MIR_MS(600));
	note(1, 0, MIR_MS(100), MIR_MS(20));
	CHECK_EQ(recall(1, 0), MIR_MS(175 + 4 * 80));
}

TEST(peers_are_forgotten)
{
	memset(&peers, 0, sizeof peers);
	note(1, MIR_SEC(1), MIR_MS(500), 0);
	CHECK_EQ(recall(1, MIR_SEC(1) + TCP_PEER_AGE), MIR_MS(501));
	CHECK_EQ(recall(1, MIR_SEC(2) + TCP_PEER_AGE), TCP_RTO_FIRST);
	note(1, MIR_SEC(2) + TCP_PEER_AGE, MIR_MS(300), 0);	/* Nothing of before is merged. */
	CHECK_EQ(recall(1, MIR_SEC(2) + TCP_PEER_AGE), MIR_MS(301));
}

/* A connection that was idle for long ends: what it measured then is old. */
TEST(peers_old_news_are_not_the_newest)
{
	unsigned known = 0;

	memset(&peers, 0, sizeof peers);
	for (uint32_t i = 0; i < 2 * TCP_PEERS; i++)
		note(i, MIR_SEC(1000), MIR_MS(300), 0);
	for (uint32_t i = 0; i < 2 * TCP_PEERS; i++)
		known += recall(i, MIR_SEC(1001)) == MIR_MS(301);
	for (uint32_t i = 0; i < 8 * TCP_PEERS; i++)
		note(i, MIR_SEC(10), MIR_MS(500), 0);
	for (uint32_t i = 0; i < 2 * TCP_PEERS; i++)
		known -= recall(i, MIR_SEC(1000) + TCP_PEER_AGE) == MIR_MS(301);
	CHECK_EQ(known, 0);
}

/* The newest of a crowd are there, whatever came before. */
TEST(peers_put_out_the_oldest)
{
	unsigned known = 0;

	memset(&peers, 0, sizeof peers);
	for (uint32_t i = 0; i < 100000; i++)
		note(i, MIR_MS(i), MIR_MS(100), 0);
	for (uint32_t i = 100000 - TCP_PEERS; i < 100000; i++)
		known += recall(i, MIR_SEC(100)) == TCP_RTO_MIN;
	CHECK(known > TCP_PEERS / 2);
	CHECK_EQ(recall(99999, MIR_SEC(100)), TCP_RTO_MIN);
	CHECK_EQ(recall(5, MIR_SEC(100)), TCP_RTO_FIRST);
}

/* A connection of 5 ms a round trip, come and gone. */
static void
meet(void)
{
	script_listen(&s, 4);
	script_in(&s, TCP_SYN, NULL, 0);
	script_want(&s, TCP_SYN | TCP_ACK, 0);
	script_wait(&s, MIR_MS(5));
	script_in(&s, TCP_ACK, NULL, 0);
	CHECK_EQ(s.conn->rto.srtt, MIR_MS(5));
	script_in(&s, TCP_RST, NULL, 0);
	tcp_close(s.conn, s.now);
	s.conn = NULL;
	script_skip(&s);
	s.pport++;
	s.seq += 100000;
}

/* The answers to a SYN until nobody is waited for any longer. */
static unsigned
answers(mir_ns *second)
{
	mir_ns start = s.now;
	unsigned count = 0;

	script_in(&s, TCP_SYN, NULL, 0);
	while (s.tcp.conn_count) {
		while (s.taken < s.count) {
			script_want(&s, TCP_SYN | TCP_ACK, 0);
			if (++count == 2)
				*second = s.now - start;
		}
		script_wait(&s, MIR_MS(100));
	}
	CHECK(s.now - start >= TCP_R2_HALF);
	CHECK(s.now - start < 4 * TCP_R2_HALF);
	return count;
}

TEST(peers_handshakes_are_repeated_soon)
{
	mir_ns second = 0;

	script_init(&s);
	meet();
	CHECK_EQ(answers(&second), 8);		/* At 0, 0.2, 0.6, 1.4, 3, 6.2, 12.6, 25.4 s. */
	CHECK_EQ(second, TCP_RTO_MIN);
	script_end(&s);
}

TEST(peers_handshakes_with_strangers_are_not)
{
	mir_ns second = 0;

	script_init(&s);
	script_listen(&s, 4);
	CHECK_EQ(answers(&second), 5);		/* At 0, 1, 3, 7, 15 s. */
	CHECK_EQ(second, TCP_RTO_FIRST);
	script_end(&s);
}

TEST(peers_our_own_syn_is_repeated_soon)
{
	script_init(&s);
	meet();
	CHECK_EQ(tcp_connect(&s.tcp, s.now, &s.local, &s.peer, 8080, &s.conn), MIR_OK);
	script_want(&s, TCP_SYN, 0);
	script_wait(&s, TCP_RTO_MIN);
	script_want(&s, TCP_SYN, 0);
	script_quiet(&s);
	script_end(&s);
}

/* Who never answered is nobody whose round trips are known, nor is who is only half open. */
TEST(peers_write_only_by_measuring)
{
	script_init(&s);
	script_listen(&s, 4);
	script_in(&s, TCP_SYN, NULL, 0);
	script_wait(&s, MIR_SEC(100));
	script_skip(&s);
	for (unsigned i = 0; i < TCP_PEERS; i++)
		CHECK_EQ(s.tcp.peers.peer[i].srtt, 0);
	script_end(&s);
}

/* The answer that came late: which copy it is of can't be told, so nothing is measured, and the
 * time-out stays backed off.  The repeat does no harm. */
TEST(peers_a_needless_repeat_is_harmless)
{
	script_init(&s);
	meet();
	script_in(&s, TCP_SYN, NULL, 0);
	script_want(&s, TCP_SYN | TCP_ACK, 0);
	script_wait(&s, MIR_MS(300));
	script_want(&s, TCP_SYN | TCP_ACK, 0);
	script_in(&s, TCP_ACK, NULL, 0);
	script_in(&s, TCP_ACK, NULL, 0);	/* What the peer says to the second. */
	CHECK_EQ(s.conn->state, TCP_ESTABLISHED);
	CHECK_EQ(s.conn->rto.srtt, 0);
	CHECK_EQ(tcp_rto_value(&s.conn->rto), 2 * TCP_RTO_MIN);
	CHECK(s.conn->cc.cwnd > s.conn->mss);
	script_quiet(&s);
	script_end(&s);
}
