/* SPDX-License-Identifier: ISC */
/* What losses, reordering and copies cost: goodput, and the time that a page takes. */
#include "net/tcp/stats.h"
#include "test/sim/support/transfer.h"

#define MEGABYTE	(1ull << 20)
#define GIGABIT		125000000

static struct transfer t;
static struct sim_link *l;

static void
begin(uint64_t size, const struct linkmodel_settings *faults)
{
	t = (struct transfer){ .from = sim_host("10.0.0.1/24"), .to = sim_host("10.0.0.2/24"),
			       .size = size };
	l = sim_link(t.from, t.to, faults);
	transfer_start(&t);
}

/* Bytes a second. */
static double
end(void)
{
	double rate;

	sim_run(MIR_SEC(3600));
	transfer_check(&t);
	rate = (double)t.size / ((double)(t.ended - t.began) / 1e9);
	sim_note("%.0f bytes/s; %llu sent again, %llu recoveries, %llu time-outs, %llu probes, "
		 "%llu taken back, %llu with an old timestamp", rate, (unsigned long long)tcp_stats.retransmits,
		 (unsigned long long)tcp_stats.fast_retransmits,
		 (unsigned long long)tcp_stats.timeouts, (unsigned long long)tcp_stats.tail_probes,
		 (unsigned long long)tcp_stats.undone, (unsigned long long)tcp_stats.drop_paws);
	return rate;
}

/* 'least': bytes a second; a third below what was seen. */
static void
goodput(double least, const struct linkmodel_settings *faults)
{
	begin(4 * MEGABYTE, faults);
	CHECK_MSG(end() >= least, "slower than %.0f", least);
}

#define WAY .rate = GIGABIT, .queue = MEGABYTE, .delay = MIR_MS(5)

SIM(loss_of_1_percent, .seeds = 20)
{
	goodput(600e3, SIM_FAULTS(WAY, .loss = 10));
}

SIM(loss_of_5_percent, .seeds = 20)
{
	goodput(250e3, SIM_FAULTS(WAY, .loss = 50));
}

SIM(loss_of_10_percent, .seeds = 20)
{
	goodput(120e3, SIM_FAULTS(WAY, .loss = 100));
}

SIM(loss_of_20_percent, .seeds = 20)
{
	goodput(20e3, SIM_FAULTS(WAY, .loss = 200));
}

SIM(loss_of_acks_alone, .seeds = 20)
{
	goodput(5e6, SIM_FAULTS(WAY, .ack_loss = 300));
}

SIM(duplication_costs_nothing, .seeds = 20)
{
	goodput(5e6, SIM_FAULTS(WAY, .duplicate = 100));
}

/* Packets that overtake each other are not lost: the window stays. */
SIM(reordering_of_1_percent, .seeds = 20)
{
	goodput(1600e3, SIM_FAULTS(.rate = GIGABIT, .queue = MEGABYTE, .delay = MIR_MS(50),
				.jitter = MIR_MS(10), .reorder = 10, .reorder_by = MIR_MS(20)));
}

SIM(reordering_of_25_percent, .seeds = 20)
{
	goodput(2000e3, SIM_FAULTS(.rate = GIGABIT, .queue = MEGABYTE, .delay = MIR_MS(50),
				.jitter = MIR_MS(10), .reorder = 250, .reorder_by = MIR_MS(25)));
}

/* As netem does it: a quarter goes at once, the others take 50 ms. */
SIM(reordering_by_a_whole_round_trip, .seeds = 20)
{
	goodput(500e3, SIM_FAULTS(.rate = GIGABIT, .queue = MEGABYTE, .delay = MIR_US(100),
				.reorder = 750, .reorder_by = MIR_MS(50)));
}

/* From the first data on, the way is long. */
static bool
lengthen(const struct sim_frame *f, void *seen)
{
	unsigned *n = seen;

	if (f->payload && ++*n == 1)
		sim_link_model(l)->settings[0].delay = sim_link_model(l)->settings[1].delay =
		    MIR_MS(20);
	return false;
}

/* Who only receives has timed nothing but the handshake, which may have been overtaking.  The window
 * grows all the same. */
SIM(window_grows_after_a_quick_handshake, .seeds = 5)
{
	unsigned seen = 0;

	begin(64 * MEGABYTE, SIM_FAULTS(.rate = GIGABIT, .queue = 4 * MEGABYTE, .delay = MIR_US(50)));
	sim_filter(l, lengthen, &seen);
	CHECK_MSG(end() >= 15e6, "the window did not grow");
}

static unsigned drop_first, drop_count;

/* Loses data frames number drop_first and up, once. */
static bool
drop_some(const struct sim_frame *f, void *seen)
{
	unsigned *n = seen;

	if (!f->is_tcp || f->direction != 0 || f->payload == 0)
		return false;
	++*n;
	return *n >= drop_first && *n < drop_first + drop_count;
}

/* RFC 8985 7: the end of a page is lost, and nothing follows that would tell. */
static void
tail_lost(unsigned first, unsigned count)
{
	unsigned seen = 0;

	drop_first = first;
	drop_count = count;
	begin(20 * 1448, SIM_FAULTS(.delay = MIR_MS(20)));
	sim_filter(l, drop_some, &seen);
	end();
	CHECK(seen >= first);
	CHECK_EQ(tcp_stats.timeouts, 0);
	CHECK_EQ(tcp_stats.tail_probes, 1);
	/* Two round trips until it is sent, two for the page, and those of the repair. */
	CHECK_MSG(t.ended - t.began < MIR_MS(40 * 10), "%llu ms",
		  (unsigned long long)((t.ended - t.began) / MIR_MS(1)));
}

SIM(tail_of_one_lost, .seeds = 1)
{
	tail_lost(20, 1);
}

SIM(tail_of_five_lost, .seeds = 1)
{
	tail_lost(16, 5);
}

/* A page of 1 MB where 5 % of what its server sends are lost, handshake included. */
SIM(page_in_time, .seeds = 100)
{
	begin(MEGABYTE, SIM_FAULTS(WAY, .loss = 50));
	sim_link_model(l)->settings[1].loss = 0;
	end();
	CHECK_MSG(t.ended - t.began < MIR_SEC(3), "%llu ms",
		  (unsigned long long)((t.ended - t.began) / MIR_MS(1)));
}
