/* SPDX-License-Identifier: ISC */
/* pc/pc.h - the PC platform's inside: devices that are looked at, clock, interrupt controllers.
 *
 * No handler runs in interrupt context.  Interrupts are off but for the instant of the sleep;
 * all an interrupt does is to end it, and then the devices are looked at. */
#ifndef PC_PC_H
#define PC_PC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "mir/clock.h"
#include "mir/platform.h"

/* Interrupt vectors; arch/x86_64 has 0x20..0x2f end a hlt and do nothing else. */
#define PC_VECTOR_TIMER		0x20
#define PC_VECTOR_DEVICE	0x21
#define PC_VECTOR_SPURIOUS	0x2f

struct pc_device {			/* First member of a bus's or driver's own struct. */
	/* Handles what is pending; true if there was anything.  Called often: memory
	 * reads are fine here, device registers are slow. */
	bool (*poll)(struct pc_device *);

	/* Before the sleep: has the device interrupt from now on.  True: something came in
	 * meanwhile, don't sleep. */
	bool (*arm)(struct pc_device *);

	struct pc_device *next;
};

void pc_device_add(struct pc_device *d);

extern const struct mir_platform pc_platform;

/* leave.c: ends the machine. */
void pc_leave(enum mir_exit how) __attribute__((noreturn));
void pc_leave_init(void);

/* clock.c.  The first pc_clock_start starts the measurement of the counters' rates, pc_clock_ready
 * ends it a millisecond later and sets mir_clock. */
void pc_clock_start(void);
void pc_clock_ready(void);
void pc_clock_refine(void);		/* Now and then: measures again, over a longer time. */

/* rtc.c: seconds since 1970 by the battery clock, 0 when there is none. */
uint64_t rtc_read(void);
uint64_t rtc_seconds(unsigned year, unsigned month, unsigned day, unsigned hour, unsigned min,
		     unsigned sec);

/* lapic.c */
void lapic_start(void);
uint32_t lapic_count(void);		/* Counts down at the timer's rate, from UINT32_MAX. */
void lapic_set_rate(uint64_t hz);
void lapic_arm(mir_ns wait);		/* Interrupts after 'wait' or earlier; MIR_NEVER: never. */

/* ioapic.c: all pins masked; then one routed to PC_VECTOR_DEVICE. */
void ioapic_start(void);
void ioapic_route(unsigned gsi);
bool ioapic_has(unsigned gsi);

/* cmdline.c: where QEMU says that virtio devices are. */
struct virtio_place {
	uint64_t base, size;		/* Bytes of physical address space. */
	unsigned gsi;			/* Interrupt pin. */
};

/* Copies 'line' to 'to' ('size' bytes) without the words that name virtio-mmio devices, which
 * go into 'places'; their number.  A word that is not well-formed stays in the line, where
 * the kernel's parser names it.  A line too long is cut. */
unsigned cmdline_split(const char *line, char *to, size_t size, struct virtio_place *places,
		       unsigned max);

/* microvm.c: the devices at QEMU microvm's fixed places, when the command line names none. */
unsigned microvm_places(struct virtio_place *places, unsigned max);

#endif
