/* SPDX-License-Identifier: ISC */
/* Megabytes both ways between two engines, over a good wire and over bad ones. */
/* sources: test/unit/net/tcp/pair.c net/tcp/[a-z]*.c */
#include "mir/err.h"
#include "net/tcp/stats.h"
#include "test/unit/harness.h"
#include "test/unit/net/tcp/pair.h"

static struct pair pair;

/* Runs a transfer to its orderly end; the virtual time it took. */
static mir_ns
transfer(const char *what, uint64_t seed, uint64_t a_bytes, uint64_t b_bytes, unsigned faults)
{
	mir_ns start;

	pair_init(&pair, seed);
	pair.lose = pair.repeat = pair.reorder = faults;
	pair.spoil = faults / 2;
	pair.a.to_send = a_bytes;
	pair.b.to_send = b_bytes;
	pair.a.close_after = pair.b.close_after = true;
	pair_listen(&pair, 8);
	pair_connect(&pair);
	start = pair.now;
	pair_run_until_idle(&pair, MIR_SEC(3600));
	start = pair.now - start;
	CHECK_MSG(pair.a.received == b_bytes && pair.b.received == a_bytes && !pair.a.wrong &&
		  !pair.b.wrong && !pair.a.error && !pair.b.error,
		  "%s, seed %llu: a got %llu of %llu (error %d), b got %llu of %llu (error %d)",
		  what, (unsigned long long)seed, (unsigned long long)pair.a.received,
		  (unsigned long long)b_bytes, pair.a.error, (unsigned long long)pair.b.received,
		  (unsigned long long)a_bytes, pair.b.error);
	pair_end(&pair);
	return start;
}

TEST(transfer_clean)
{
	uint64_t again = tcp_stats.retransmits;
	mir_ns took = transfer("clean", 1, 8 << 20, 8 << 20, 0);

	CHECK_EQ(tcp_stats.retransmits, again);
	/* A window each round trip of 1 ms is 128 MB/s. */
	CHECK_MSG(took < MIR_MS(500), "took %llu us", (unsigned long long)took / 1000);
}

TEST(transfer_one_way)
{
	transfer("to the listener", 2, 4 << 20, 0, 0);
	transfer("from the listener", 3, 0, 4 << 20, 0);
	transfer("nothing", 4, 0, 0, 0);
	transfer("a byte", 5, 1, 1, 0);
}

TEST(transfer_over_bad_wires)
{
	for (uint64_t seed = 100; seed < 108; seed++)
		transfer("1 %", seed, 1 << 20, 1 << 20, 10);
	for (uint64_t seed = 200; seed < 206; seed++)
		transfer("10 %", seed, 100000, 100000, 100);
}

/* A reader that stops for seconds: the window closes, is probed, and opens again. */
TEST(transfer_to_a_slow_reader)
{
	pair_init(&pair, 300);
	pair.a.to_send = 1 << 20;
	pair.a.close_after = pair.b.close_after = true;
	pair.b.read_limit = 1;
	pair_listen(&pair, 8);
	pair_connect(&pair);
	for (unsigned i = 0; i < 20; i++) {
		pair_run(&pair, MIR_SEC(3));
		pair.b.read_limit += 100000;
		end_pump(&pair.b);
	}
	pair_run_until_idle(&pair, MIR_SEC(100));
	CHECK_EQ(pair.b.received, 1 << 20);
	CHECK_EQ(pair.b.wrong, 0);
	CHECK(pair.a.error == MIR_OK && pair.b.error == MIR_OK);
	pair_end(&pair);
}

/* Pages run out now and then: segments get lost for it, bytes do not. */
TEST(transfer_with_little_memory)
{
	size_t total = test_pages_left + test_pages_in_use();

	for (uint64_t seed = 400; seed < 404; seed++) {
		pair_init(&pair, seed);
		pair.a.to_send = pair.b.to_send = 300000;
		pair.a.close_after = pair.b.close_after = true;
		pair_listen(&pair, 8);
		pair_connect(&pair);
		for (unsigned i = 0; i < 2000 && pair.a.tcp.conn_count; i++) {
			test_pages_left = pair_random(&pair) % 10;
			pair_run(&pair, MIR_MS(5));
			test_pages_left = total - test_pages_in_use();
			end_pump(&pair.a);
			end_pump(&pair.b);
			pair_run(&pair, MIR_MS(5));
		}
		pair_run_until_idle(&pair, MIR_SEC(1000));
		CHECK_MSG(pair.a.received == 300000 && pair.b.received == 300000 &&
			  !pair.a.wrong && !pair.b.wrong && !pair.a.error && !pair.b.error,
			  "seed %llu", (unsigned long long)seed);
		pair_end(&pair);
	}
}
