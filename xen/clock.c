/* SPDX-License-Identifier: ISC */
/* The clock of a Xen guest: the time stamp counter, scaled as Xen says.
 *
 * Where Xen emulates the counter (it does when the machine's is not reliable, and in live
 * migration) reading it is an exit to Xen and takes as long as a hypercall.  Then the time is
 * read once after each sleep, and again only after some turns of the loop or some questions. */
#include "arch/x86_64/cpu.h"
#include "xen/pvclock.h"
#include "xen/guest.h"

#define SLOW		MIR_US(1)	/* A reading that takes this long is emulated. */
#define TURNS		2u		/* Of the loop, with one time. */
#define QUESTIONS	64u		/* Answered with one time: who spins sees it pass. */

static uint64_t boot_time;		/* System time that is our 0. */
static uint64_t last;			/* Never step back behind this. */
static bool slow;
static unsigned turns_left, questions_left;

static uint64_t
system_time(void)
{
	const volatile struct vcpu_time_info *t = &xen_boot.shared->vcpu_info[0].time;
	struct pvclock_sample s;
	uint64_t tsc, now;

	do {
		tsc = rdtsc();
	} while (!pvclock_sample(t, &s));
	now = pvclock_ns(&s, tsc);
	if (now > last)
		last = now;
	turns_left = TURNS;
	questions_left = QUESTIONS;
	return last;
}

void
xen_clock_turn(void)
{
	if (turns_left)
		turns_left--;
	else
		questions_left = 0;
}

void
xen_clock_slept(void)
{
	questions_left = 0;
}

static mir_ns
monotonic(struct mir_clock *c)
{
	(void)c;
	if (!slow || questions_left == 0)
		return system_time() - boot_time;
	questions_left--;
	return last - boot_time;
}

static mir_ns
wall(struct mir_clock *c)
{
	uint64_t base;

	while (!pvclock_wall(xen_boot.shared, &base))
		cpu_pause();
	return base + boot_time + monotonic(c);
}

static const struct mir_clock_ops ops = {
	.name = "Xen PV clock", .monotonic = monotonic, .wall = wall,
};

static struct mir_clock pv_clock = { .ops = &ops };

void
xen_clock_start(void)
{
	boot_time = system_time();
	slow = system_time() - boot_time > SLOW;
	mir_clock = &pv_clock;
}

/* Xen takes 0 for "no limit". */
uint64_t
xen_system_time(mir_ns when)
{
	return when >= MIR_NEVER - boot_time ? 0 : when + boot_time;
}
