/* SPDX-License-Identifier: ISC */
/* net/tcp/cc: NewReno's window. */
#include "net/tcp/cc.h"
#include "test/unit/harness.h"

enum { MSS = 1460 };

TEST(cc_initial_window)
{
	CHECK_EQ(tcp_cc_initial(1460), 14600);
	CHECK_EQ(tcp_cc_initial(536), 5360);
	CHECK_EQ(tcp_cc_initial(8960), 17920);
}

TEST(cc_slow_start_doubles)
{
	struct tcp_cc cc;

	tcp_cc_init(&cc, &tcp_newreno, MSS);
	for (unsigned i = 0; i < 5; i++)
		cc.ops->acked(&cc, 0, 2 * MSS);
	CHECK_EQ(cc.cwnd, 20 * MSS);
	cc.ops->acked(&cc, 0, 100 * MSS);	/* One ACK counts for 2 segments at most. */
	CHECK_EQ(cc.cwnd, 22 * MSS);
}

TEST(cc_avoidance_adds_one_a_window)
{
	struct tcp_cc cc;

	tcp_cc_init(&cc, &tcp_newreno, MSS);
	cc.ssthresh = cc.cwnd;
	for (unsigned i = 0; i < 10; i++)
		cc.ops->acked(&cc, 0, MSS);
	CHECK_EQ(cc.cwnd, 11 * MSS);
	for (unsigned i = 0; i < 11; i++)
		cc.ops->acked(&cc, 0, MSS);
	CHECK_EQ(cc.cwnd, 12 * MSS);
}

TEST(cc_loss_and_timeout)
{
	struct tcp_cc cc;

	tcp_cc_init(&cc, &tcp_newreno, MSS);
	cc.ops->loss(&cc, 0, 40 * MSS);
	CHECK_EQ(cc.cwnd, 20 * MSS);
	CHECK_EQ(cc.ssthresh, 20 * MSS);
	cc.ops->timeout(&cc, 0, 3 * MSS);
	CHECK_EQ(cc.cwnd, MSS);
	CHECK_EQ(cc.ssthresh, 2 * MSS);
}

TEST(cc_never_wraps)
{
	struct tcp_cc cc;

	tcp_cc_init(&cc, &tcp_newreno, MSS);
	cc.cwnd = (1u << 30) - 10;
	for (unsigned i = 0; i < 100; i++)
		cc.ops->acked(&cc, 0, 1u << 30);
	CHECK(cc.cwnd <= 1u << 30);
	cc.ssthresh = 1000;
	for (unsigned i = 0; i < 100; i++)
		cc.ops->acked(&cc, 0, 1u << 30);
	CHECK(cc.cwnd <= 1u << 30);
}
