/* SPDX-License-Identifier: ISC */
/* The end of the machine: power off, reset, or a crash that the host can tell from both.
 *
 * QEMU's microvm has an ACPI "generic event device" (QEMU docs/specs/acpi_hw_reduced_hotplug and
 * hw/i386/microvm.c: the sleep control register at a fixed place) for power off.  A crash goes
 * through the isa-debug-exit device where QEMU was given one: its exit status is 2 * value + 1.
 * What remains when those don't answer is a triple fault, which resets every PC and ends a QEMU
 * run with -no-reboot. */
#include "arch/x86_64/arch_boot.h"
#include "arch/x86_64/cpu.h"
#include "mir/console.h"
#include "pc/pc.h"

#define GED_SLEEP_CONTROL	0xfea00200u
#define SLEEP_S5_NOW		(5 << 2 | 1 << 5)	/* ACPI 6.4, 4.8.3.7: SLP_TYP, SLP_EN. */
#define DEBUG_EXIT_PORT		0x501
#define DEBUG_EXIT_CRASH	1			/* Status 3. */
#define GRACE			MIR_MS(100)

static volatile uint8_t *sleep_control;

void
pc_leave_init(void)
{
	sleep_control = arch_map_phys(GED_SLEEP_CONTROL, 1);
}

/* The machine ends a moment after the register was written, by another thread of QEMU. */
static void
power_off(void)
{
	mir_ns until;

	*sleep_control = SLEEP_S5_NOW;
	if (!mir_clock)
		return;
	until = mir_deadline(mir_platform_now(), GRACE);
	while (mir_platform_now() < until)
		cpu_pause();
}

static _Noreturn void
reset(void)
{
	static const struct __attribute__((packed)) { uint16_t limit; uint64_t base; } none;

	__asm__ volatile("lidt %0; ud2" : : "m"(none));
	__builtin_unreachable();
}

void
pc_leave(enum mir_exit how)
{
	mir_console_flush();
	if (how == MIR_EXIT_CRASH)
		outb(DEBUG_EXIT_PORT, DEBUG_EXIT_CRASH);
	if (how == MIR_EXIT_POWEROFF || how == MIR_EXIT_HALT)
		power_off();
	reset();
}
