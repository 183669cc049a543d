/* SPDX-License-Identifier: ISC */
/* The PC under the scheduler: looks at the devices, sleeps in hlt. */
#include "arch/x86_64/entropy.h"
#include "pc/pc.h"

static struct pc_device *devices;

void
pc_device_add(struct pc_device *d)
{
	struct pc_device **at = &devices;

	while (*at)
		at = &(*at)->next;
	*at = d;
}

static bool
pc_poll(void)
{
	bool any = false;

	for (struct pc_device *d = devices; d; d = d->next)
		any |= d->poll(d);
	return any;
}

/* All devices are armed, whatever the first of them says: an armed one costs nothing. */
static bool
arm_devices(void)
{
	bool any = false;

	for (struct pc_device *d = devices; d; d = d->next)
		any |= d->arm(d);
	return any;
}

/* With interrupts off an interrupt that comes before the hlt stays pending at the local APIC
 * and ends the hlt at once: sti takes effect after the instruction that follows it. */
static void
pc_wait(mir_ns deadline)
{
	mir_ns now;

	pc_clock_refine();
	if (arm_devices())
		return;
	now = mir_platform_now();
	if (deadline <= now)
		return;
	lapic_arm(deadline == MIR_NEVER ? MIR_NEVER : deadline - now);
	__asm__ volatile("sti; hlt; cli" : : : "memory");
}

const struct mir_platform pc_platform = {
	.name = "PC", .poll = pc_poll, .wait = pc_wait, .exit = pc_leave,
	.entropy = &arch_entropy,
};
