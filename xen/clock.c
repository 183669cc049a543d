/* SPDX-License-Identifier: ISC */
/* The clock of a Xen guest: the time stamp counter, scaled as Xen says. */
#include "arch/x86_64/cpu.h"
#include "xen/pvclock.h"
#include "xen/guest.h"

static uint64_t boot_time;		/* System time that is our 0. */
static uint64_t last;			/* Never step back behind this. */

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
	return last;
}

static mir_ns
monotonic(struct mir_clock *c)
{
	(void)c;
	return system_time() - boot_time;
}

static mir_ns
wall(struct mir_clock *c)
{
	uint64_t base;

	(void)c;
	while (!pvclock_wall(xen_boot.shared, &base))
		cpu_pause();
	return base + system_time();
}

static const struct mir_clock_ops ops = {
	.name = "Xen PV clock", .monotonic = monotonic, .wall = wall,
};

static struct mir_clock pv_clock = { .ops = &ops };

void
xen_clock_start(void)
{
	boot_time = system_time();
	mir_clock = &pv_clock;
}

/* Xen takes 0 for "no limit". */
uint64_t
xen_system_time(mir_ns when)
{
	return when >= MIR_NEVER - boot_time ? 0 : when + boot_time;
}
