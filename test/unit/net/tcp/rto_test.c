/* SPDX-License-Identifier: ISC */
/* net/tcp/rto: RFC 6298's arithmetic, floor, ceiling, backing off. */
#include "net/tcp/limits.h"
#include "net/tcp/rto.h"
#include "test/unit/harness.h"

TEST(rto_before_a_measurement)
{
	struct tcp_rto r;

	tcp_rto_init(&r);
	CHECK_EQ(tcp_rto_value(&r), MIR_SEC(1));
	tcp_rto_back_off(&r);
	CHECK_EQ(tcp_rto_value(&r), MIR_SEC(2));
}

TEST(rto_follows_the_round_trip)
{
	struct tcp_rto r;

	tcp_rto_init(&r);
	tcp_rto_sample(&r, MIR_MS(400));	/* 400 + 4 * 200 */
	CHECK_EQ(tcp_rto_value(&r), MIR_MS(1200));
	tcp_rto_sample(&r, MIR_MS(400));	/* 400 + 4 * 150 */
	CHECK_EQ(tcp_rto_value(&r), MIR_MS(1000));
	tcp_rto_sample(&r, MIR_MS(800));	/* var (3 * 150 + 400) / 4, srtt 450 */
	CHECK_EQ(r.srtt, MIR_MS(450));
	CHECK_EQ(r.rttvar, MIR_US(212500));
}

TEST(rto_floor_and_ceiling)
{
	struct tcp_rto r;

	tcp_rto_init(&r);
	for (unsigned i = 0; i < 100; i++)
		tcp_rto_sample(&r, MIR_US(50));
	CHECK_EQ(tcp_rto_value(&r), TCP_RTO_MIN);
	tcp_rto_sample(&r, 0);
	CHECK_EQ(tcp_rto_value(&r), TCP_RTO_MIN);
	tcp_rto_sample(&r, MIR_SEC(100000));
	CHECK_EQ(tcp_rto_value(&r), TCP_RTO_MAX);
}

TEST(rto_backs_off_and_recovers)
{
	struct tcp_rto r;

	tcp_rto_init(&r);
	for (unsigned i = 0; i < 1000; i++)
		tcp_rto_back_off(&r);
	CHECK_EQ(tcp_rto_value(&r), TCP_RTO_MAX);
	tcp_rto_sample(&r, MIR_MS(100));
	CHECK_EQ(tcp_rto_value(&r), MIR_MS(300));
}
