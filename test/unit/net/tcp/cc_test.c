/* SPDX-License-Identifier: ISC */
/* net/tcp/cc: NewReno's and CUBIC's window. */
/* sources: net/tcp/cubic.c */
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
	cc.ssthresh = 100 * MSS;
	cc.ops->acked(&cc, 0, 200 * MSS);	/* The rest counts for avoidance. */
	CHECK_EQ(cc.cwnd, 101 * MSS);
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

/* RFC 9438 4.2: back where the loss was after K, slowly there, faster beyond. */
TEST(cc_cubic_is_flat_where_the_loss_was)
{
	struct tcp_cc cc;
	mir_ns now = MIR_SEC(100);
	uint32_t before, near, far;

	tcp_cc_init(&cc, &tcp_cubic, MSS);
	cc.cwnd = 1000 * MSS;
	cc.rtt = MIR_MS(100);
	tcp_cc_save(&cc);
	cc.ops->loss(&cc, now, cc.cwnd);
	CHECK_EQ(cc.cwnd, 700 * MSS);
	before = cc.cwnd;
	for (unsigned i = 0; i < 91; i++, now += MIR_MS(100))	/* K is 9.08 s. */
		cc.ops->acked(&cc, now, cc.cwnd);
	near = cc.cwnd;
	CHECK(near > 980 * MSS && near <= 1010 * MSS && before < near);
	for (unsigned i = 0; i < 91; i++, now += MIR_MS(100))
		cc.ops->acked(&cc, now, cc.cwnd);
	far = cc.cwnd;
	CHECK_MSG(far > 1250 * MSS && far < 1350 * MSS, "%u segments", far / MSS);
}

/* Section 4.3: on short ways it is no slower than Reno. */
TEST(cc_cubic_is_no_slower_than_reno)
{
	struct tcp_cc cc;
	mir_ns now = MIR_SEC(100);

	tcp_cc_init(&cc, &tcp_cubic, MSS);
	cc.cwnd = 20 * MSS;
	cc.rtt = MIR_MS(1);
	tcp_cc_save(&cc);
	cc.ops->loss(&cc, now, cc.cwnd);
	for (unsigned i = 0; i < 40; i++, now += MIR_MS(1))
		cc.ops->acked(&cc, now, cc.cwnd);
	CHECK_MSG(cc.cwnd > 33 * MSS, "%u segments", cc.cwnd / MSS);
}

TEST(cc_a_reduction_is_taken_back)
{
	struct tcp_cc cc;

	tcp_cc_init(&cc, tcp_cc_default(), MSS);
	cc.ops->acked(&cc, 0, 10 * MSS);
	tcp_cc_save(&cc);
	cc.ops->timeout(&cc, 0, 20 * MSS);
	CHECK_EQ(cc.cwnd, MSS);
	tcp_cc_undo(&cc);
	CHECK_EQ(cc.cwnd, 20 * MSS);
	CHECK(cc.ssthresh > 1000 * MSS);
	tcp_cc_idle(&cc, 1);
	CHECK_EQ(cc.cwnd, 10 * MSS);
}
