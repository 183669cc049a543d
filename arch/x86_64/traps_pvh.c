/* SPDX-License-Identifier: ISC */
/* PVH: the IDT and the TSS.  Every trap runs on one stack of its own (IST 1), so that an
 * overflowed stack can be reported, too. */
#include <string.h>
#include "arch/x86_64/traps.h"

#define TSS_SELECTOR	0x18
#define CODE_SELECTOR	0x08
#define WAKE_FIRST	0x20		/* Interrupt vectors that only end a hlt. */
#define WAKE_COUNT	16

struct __attribute__((packed)) tss {
	uint32_t reserved0;
	uint64_t rsp[3], reserved1, ist[7], reserved2;
	uint16_t reserved3, io_map;
};

struct gate {
	uint16_t offset_low, selector;
	uint8_t ist, type;
	uint16_t offset_mid;
	uint32_t offset_high, reserved;
};

extern uint64_t arch_gdt[];
extern char arch_trap_stack_top[];
extern void arch_wake_entry(void);

static struct tss tss;
static struct gate idt[WAKE_FIRST + WAKE_COUNT];

static struct gate
make_gate(uint64_t entry, uint8_t ist)
{
	return (struct gate){
		.offset_low = (uint16_t)entry, .offset_mid = (uint16_t)(entry >> 16),
		.offset_high = (uint32_t)(entry >> 32), .selector = CODE_SELECTOR,
		.ist = ist, .type = 0x8e };
}

static void
load_tss(void)
{
	uint64_t base = (uint64_t)&tss;

	tss.ist[0] = (uint64_t)arch_trap_stack_top;
	tss.io_map = sizeof tss;
	arch_gdt[TSS_SELECTOR / 8] = (sizeof tss - 1) | (base & 0xffffff) << 16 |
	    (uint64_t)0x89 << 40 | (base >> 24 & 0xff) << 56;
	arch_gdt[TSS_SELECTOR / 8 + 1] = base >> 32;
	__asm__ volatile("ltr %0" : : "r"((uint16_t)TSS_SELECTOR));
}

void
arch_traps_pvh(void)
{
	struct __attribute__((packed)) { uint16_t limit; uint64_t base; } ptr = {
		sizeof idt - 1, (uint64_t)idt };

	for (unsigned v = 0; v < 32; v++)
		idt[v] = make_gate((uint64_t)arch_hvm_entries[v], 1);
	for (unsigned v = 0; v < WAKE_COUNT; v++)
		idt[WAKE_FIRST + v] = make_gate((uint64_t)arch_wake_entry, 0);
	load_tss();
	__asm__ volatile("lidt %0" : : "m"(ptr));
}
