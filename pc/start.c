/* SPDX-License-Identifier: ISC */
/* The PC platform's start: clock, interrupts, console, entropy, and on into the kernel. */
#include "arch/x86_64/arch_boot.h"
#include "mir/boot.h"
#include "pc/console.h"
#include "pc/pc.h"
#include "pc/virtio_bus.h"

#define LINE	2048

static char command_line[LINE];

_Noreturn void
pc_start(const char *line)
{
	struct virtio_place places[VIRTIO_DEVICES_MAX];
	unsigned count;

	mir_platform = &pc_platform;
	pc_leave_init();
	lapic_start();
	pc_clock_start();
	ioapic_start();
	if (pc_console_open)
		pc_console_open();
	count = cmdline_split(line, command_line, sizeof command_line, places,
			      VIRTIO_DEVICES_MAX);
	if (!count)
		count = microvm_places(places, VIRTIO_DEVICES_MAX);
	if (virtio_bus_start)
		virtio_bus_start(places, count);
	pc_clock_ready();
	mir_boot(command_line);
}
