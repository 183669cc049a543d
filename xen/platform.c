/* SPDX-License-Identifier: ISC */
/* Xen under the scheduler: polls the event channels, sleeps in SCHEDOP_poll, shuts down. */
#include "arch/x86_64/entropy.h"
#include "mir/console.h"
#include "xen/events.h"
#include "xen/hypercall.h"
#include "xen/guest.h"

static void xen_exit(enum mir_exit how) __attribute__((noreturn));

static void
xen_exit(enum mir_exit how)
{
	struct sched_shutdown arg = { .reason = SHUTDOWN_poweroff };

	if (how == MIR_EXIT_REBOOT)
		arg.reason = SHUTDOWN_reboot;
	else if (how == MIR_EXIT_CRASH)
		arg.reason = SHUTDOWN_crash;
	mir_console_flush();
	for (;;)
		hypercall_sched_op(SCHEDOP_shutdown, &arg);
}

const struct mir_platform xen_platform_pv = {
	.name = "Xen PV", .poll = evtchn_poll, .wait = evtchn_wait, .exit = xen_exit,
	.entropy = &arch_entropy,
};

const struct mir_platform xen_platform_pvh = {
	.name = "Xen PVH", .poll = evtchn_poll, .wait = evtchn_wait, .exit = xen_exit,
	.entropy = &arch_entropy,
};
