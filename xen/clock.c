/* SPDX-License-Identifier: ISC */
/* The clock of a Xen guest: the time stamp counter, scaled as Xen says.
 *
 * Where Xen emulates the counter (it does when the machine's is not reliable, and in live
 * migration) reading it is an exit to Xen and takes as long as a hypercall.  Then the time after a
 * sleep is that at which Xen says we were given the processor (xen/vcpu.h, struct
 * vcpu_runstate_info, which Xen writes whenever it switches), and the counter is read only after
 * some turns of the loop or some questions. */
#include "arch/x86_64/cpu.h"
#include "xen/hypercall.h"
#include "xen/pvclock.h"
#include "xen/guest.h"

#define SLOW		MIR_US(1)	/* A reading that takes this long is emulated. */
#define TURNS		2u		/* Of the loop, with one time. */
#define QUESTIONS	64u		/* Answered with one time: who spins sees it pass. */

static uint64_t boot_time;		/* System time that is our 0. */
static uint64_t last;			/* Never step back behind this. */
static bool slow;
static bool told;			/* Xen keeps 'runstate'. */
static volatile struct vcpu_runstate_info runstate __attribute__((aligned(64)));
static unsigned turns_left, questions_left;

/* Never a step back. */
static uint64_t
note(uint64_t now)
{
	if (now > last)
		last = now;
	turns_left = TURNS;
	questions_left = QUESTIONS;
	return last;
}

static uint64_t
system_time(void)
{
	const volatile struct vcpu_time_info *t = &xen_boot.shared->vcpu_info[0].time;
	struct pvclock_sample s;
	uint64_t tsc;

	do {
		tsc = rdtsc();
	} while (!pvclock_sample(t, &s));
	return note(pvclock_ns(&s, tsc));
}

void
xen_clock_turn(void)
{
	if (turns_left)
		turns_left--;
	else
		questions_left = 0;
}

/* Without a switch there was no sleep, and little time passed. */
void
xen_clock_slept(void)
{
	uint64_t woken = runstate.state_entry_time;

	if (!told)
		questions_left = 0;
	else if (woken > last)
		note(woken);
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
	struct vcpu_register_runstate_memory_area area = {
		.addr.p = (uint64_t)&runstate };

	boot_time = system_time();
	slow = system_time() - boot_time > SLOW;
	told = slow &&
	    hypercall_vcpu_op(VCPUOP_register_runstate_memory_area, 0, &area) == 0;
	mir_clock = &pv_clock;
}

/* Xen takes 0 for "no limit". */
uint64_t
xen_system_time(mir_ns when)
{
	return when >= MIR_NEVER - boot_time ? 0 : when + boot_time;
}
