/* SPDX-License-Identifier: ISC */
/* The clock: the time stamp counter, its rate measured against the PIT.
 *
 * The first measurement takes a millisecond, most of which is the boot's own work, and is good
 * to some 0.1 %.  Later ones, over 0.1, 10 and 1000 s, cost nothing: the PIT's 16 bits count on
 * since boot, and how often they wrapped follows from the rate known so far.  A better rate
 * holds from its own moment on, so that time never goes back. */
#include "arch/x86_64/cpu.h"
#include "pc/pc.h"

#define PIT_HZ		1193182u
#define PIT_WRAP	65536u
#define PIT_COUNTER0	0x40
#define PIT_COMMAND	0x43
#define PIT_MODE2	0x34		/* Counter 0, both bytes, rate generator. */
#define PIT_LATCH0	0x00
#define FIRST_TICKS	(PIT_HZ / 1000)
#define LAPIC_HZ	1000000000u	/* QEMU's and KVM's; what a machine without PIT goes by. */
#define PIT_GIVE_UP	(LAPIC_HZ / 200)

struct pc_clock {
	struct mir_clock clock;
	uint64_t tsc, ns;		/* A moment, in both. */
	uint64_t mult;			/* Nanoseconds a count, times 2^32. */
	uint64_t wall;			/* Wall time at monotonic 0; 0: not read yet. */
	bool wall_read;
	uint64_t start_tsc;		/* When the PIT was at start_pit. */
	uint32_t start_pit, start_lapic;
	mir_ns refine_at;
};

struct sample { uint64_t tsc; uint32_t pit; };

static struct pc_clock pc_clock;

/* The PIT read between two readings of the TSC; of several tries the one that took least. */
static struct sample
take_sample(void)
{
	struct sample best = { 0, 0 };
	uint64_t before, after, least = UINT64_MAX;
	uint32_t count;

	for (unsigned i = 0; i < 4; i++) {
		before = rdtsc();
		outb(PIT_COMMAND, PIT_LATCH0);
		after = rdtsc();
		count = inb(PIT_COUNTER0);
		count |= (uint32_t)inb(PIT_COUNTER0) << 8;
		if (after - before < least) {
			least = after - before;
			best = (struct sample){ before + least / 2, PIT_WRAP - count };
		}
	}
	return best;
}

static uint64_t
scale(uint64_t counts, uint64_t mult)
{
	return (uint64_t)((unsigned __int128)counts * mult >> 32);
}

static mir_ns
monotonic(struct mir_clock *clock)
{
	struct pc_clock *c = (struct pc_clock *)clock;

	return c->ns + scale(rdtsc() - c->tsc, c->mult);
}

/* Read at the first question: the battery clock's registers are slow, and few ask. */
static mir_ns
wall(struct mir_clock *clock)
{
	struct pc_clock *c = (struct pc_clock *)clock;
	uint64_t seconds;

	if (!c->wall_read) {
		c->wall_read = true;
		seconds = rtc_read();
		c->wall = seconds ? MIR_SEC(seconds) - monotonic(clock) : 0;
	}
	return c->wall ? c->wall + monotonic(clock) : 0;
}

static const struct mir_clock_ops ops = {
	.name = "TSC", .monotonic = monotonic, .wall = wall,
};

/* a * b / c, 128 bits wide in between; the result must fit 64 bits. */
static uint64_t
mul_div(uint64_t a, uint64_t b, uint64_t c)
{
	uint64_t high;

	__asm__("mulq %2; divq %3" : "+a"(a), "=&d"(high) : "r"(b), "r"(c) : "cc");
	return a;
}

static void
set_rate(uint64_t tsc_counts, uint64_t pit_ticks)
{
	uint64_t ns = mul_div(pit_ticks, MIR_SEC(1), PIT_HZ);

	pc_clock.mult = mul_div(ns, 1ull << 32, tsc_counts);
}

void
pc_clock_start(void)
{
	struct sample s;

	outb(PIT_COMMAND, PIT_MODE2);
	outb(PIT_COUNTER0, 0);
	outb(PIT_COUNTER0, 0);
	s = take_sample();
	pc_clock.start_lapic = lapic_count();
	pc_clock.start_tsc = pc_clock.tsc = s.tsc;
	pc_clock.start_pit = s.pit;
}

void
pc_clock_ready(void)
{
	uint32_t ticks, counts;
	struct sample s;

	pc_clock.refine_at = MIR_MS(100);
	do {
		s = take_sample();
		counts = pc_clock.start_lapic - lapic_count();
		ticks = (s.pit - pc_clock.start_pit) % PIT_WRAP;
		if (ticks == 0 && counts > PIT_GIVE_UP) {
			ticks = (uint32_t)mul_div(counts, PIT_HZ, LAPIC_HZ);
			pc_clock.refine_at = MIR_NEVER;
		}
	} while (ticks < FIRST_TICKS);
	set_rate(s.tsc - pc_clock.start_tsc, ticks);
	lapic_set_rate(mul_div(counts, PIT_HZ, ticks));
	pc_clock.clock.ops = &ops;
	mir_clock = &pc_clock.clock;
}

void
pc_clock_refine(void)
{
	uint64_t guess, ticks;
	struct sample s;
	mir_ns now = mir_platform_now();

	if (now < pc_clock.refine_at)
		return;
	s = take_sample();
	guess = mul_div(scale(s.tsc - pc_clock.start_tsc, pc_clock.mult), PIT_HZ, MIR_SEC(1));
	ticks = guess + (int16_t)(uint16_t)(s.pit - pc_clock.start_pit - guess);
	pc_clock.ns = monotonic(&pc_clock.clock);
	pc_clock.tsc = rdtsc();
	set_rate(s.tsc - pc_clock.start_tsc, ticks);
	pc_clock.refine_at = now < MIR_SEC(1000) ? now * 100 : MIR_NEVER;
}
