/* SPDX-License-Identifier: ISC */
/* The I/O APICs (82093AA datasheet), and the two old interrupt controllers silenced.
 *
 * All pins are edge-triggered here, whatever the device: an edge ends the sleep once, and the
 * device is looked at and acknowledged before the next one.  A level that nobody acknowledges in
 * the interrupt would come again for ever. */
#include "arch/x86_64/arch_boot.h"
#include "arch/x86_64/cpu.h"
#include "mir/log.h"
#include "pc/pc.h"

#define PINS		24		/* Of each; the second one begins at interrupt 24. */
#define REG_VERSION	1
#define REG_PIN(n)	(0x10 + 2 * (n))
#define MASKED		0x10000
#define PIC1_DATA	0x21
#define PIC2_DATA	0xa1

/* QEMU's microvm has the second one when it has ACPI. */
static const uint32_t base[] = { 0xfec00000, 0xfec10000 };
static bool present[2];

static uint32_t
get(unsigned chip, unsigned reg)
{
	volatile uint32_t *r = (volatile uint32_t *)(uintptr_t)base[chip];

	r[0] = reg;
	return r[4];
}

static void
put(unsigned chip, unsigned reg, uint32_t value)
{
	volatile uint32_t *r = (volatile uint32_t *)(uintptr_t)base[chip];

	r[0] = reg;
	r[4] = value;
}

void
ioapic_start(void)
{
	outb(PIC1_DATA, 0xff);
	outb(PIC2_DATA, 0xff);
	for (unsigned chip = 0; chip < 2; chip++) {
		arch_map_phys(base[chip], 0x1000);
		present[chip] = (get(chip, REG_VERSION) >> 16 & 0xff) == PINS - 1;
		for (unsigned n = 0; present[chip] && n < PINS; n++)
			put(chip, REG_PIN(n), MASKED);
	}
}

bool
ioapic_has(unsigned gsi)
{
	return gsi < 2 * PINS && present[gsi / PINS];
}

void
ioapic_route(unsigned gsi)
{
	unsigned chip = gsi / PINS, pin = gsi % PINS;

	if (!ioapic_has(gsi)) {
		mir_error("ioapic", "there is no interrupt pin %u", gsi);
		return;
	}
	put(chip, REG_PIN(pin) + 1, 0);		/* To the processor with APIC id 0. */
	put(chip, REG_PIN(pin), PC_VECTOR_DEVICE);
}
