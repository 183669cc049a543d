/* SPDX-License-Identifier: ISC */
/* How fast a long transfer is with random losses, beside the model of
 * Padhye, Firoiu, Towsley, Kurose: "Modeling TCP Throughput", SIGCOMM 1998, equation 30. */
#include <math.h>
#include "net/tcp/limits.h"
#include "test/sim/support/transfer.h"

#define ONE_WAY		MIR_MS(20)
#define MSS		1448		/* 1460 less the timestamps. */
#define SIZE		(100ull << 20)

/* Segments a second: round trip 'rtt' s, loss 'p', time-out 't0' s.  'b' is how many segments it
 * takes for the window to grow as by one ACK: 2 where ACKs are delayed and counted, but we count
 * the bytes that they acknowledge (RFC 3465), so it is 1, which asks for more. */
static double
model(double rtt, double p, double t0, double b)
{
	double timeouts = 3 * sqrt(3 * b * p / 8);

	timeouts = timeouts < 1 ? timeouts : 1;
	return 1 / (rtt * sqrt(2 * b * p / 3) + t0 * timeouts * p * (1 + 32 * p * p));
}

static void
goodput(uint16_t loss, uint16_t loss_back, double least)
{
	struct transfer t = { .from = sim_host("10.0.0.1/24"), .to = sim_host("10.0.0.2/24"),
			      .size = SIZE };
	struct sim_link *l = sim_link(t.from, t.to, SIM_FAULTS(.loss = loss, .delay = ONE_WAY));
	double is, may;

	sim_link_model(l)->settings[1].loss = loss_back;
	transfer_start(&t);
	sim_run(MIR_SEC(36000));
	transfer_check(&t);
	is = (double)SIZE / ((double)(t.ended - t.began) / 1e9);
	may = MSS * model(2 * ONE_WAY / 1e9, loss / 1000.0, TCP_RTO_MIN / 1e9, 1);
	sim_note("%.0f bytes/s, the model has %.0f: %.0f %%", is, may, 100 * is / may);
	CHECK_MSG(is >= least * may, "%.0f bytes/s are less than %.0f %% of %.0f", is,
		  100 * least, may);
}

SIM(goodput_at_1_percent, .seeds = 2)
{
	goodput(10, 0, 0.9);
}

SIM(goodput_at_1_percent_both_ways, .seeds = 2)
{
	goodput(10, 10, 0.9);
}

SIM(goodput_at_3_percent, .seeds = 2)
{
	goodput(30, 0, 0.9);
}
