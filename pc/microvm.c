/* SPDX-License-Identifier: ISC */
/* Where QEMU's microvm machine has its virtio devices when it does not say so on the command
 * line: with ACPI, its default, only the AML code of the DSDT tells, but the places are fixed
 * (QEMU hw/i386/microvm.c, include/hw/i386/microvm.h).  The first -device has the highest one. */
#include "arch/x86_64/arch_boot.h"
#include "pc/pc.h"

#define BASE		0xfeb00000u
#define STEP		512u		/* Bytes. */
#define COUNT		24u		/* With the second I/O APIC, else 8. */
#define COUNT_SMALL	8u
#define GSI		24u
#define GSI_SMALL	16u
#define MAGIC_VALUE	0x74726976	/* "virt": virtio 1.1, 4.2.2. */
#define DEVICE_ID	2		/* Word; 0 where no device is plugged in. */

unsigned
microvm_places(struct virtio_place *places, unsigned max)
{
	unsigned all = ioapic_has(GSI) ? COUNT : COUNT_SMALL, count = 0;
	unsigned gsi = ioapic_has(GSI) ? GSI : GSI_SMALL;
	const volatile uint32_t *word;

	arch_map_phys(BASE, COUNT * STEP);
	for (unsigned i = all; i-- > 0 && count < max;) {
		word = (const volatile uint32_t *)(uintptr_t)(BASE + i * STEP);
		if (word[0] == MAGIC_VALUE && word[DEVICE_ID])
			places[count++] = (struct virtio_place){ BASE + i * STEP, STEP, gsi + i };
	}
	return count;
}
