/* SPDX-License-Identifier: ISC */
/* The local APIC (Intel SDM volume 3, chapter 11): the timer that ends a sleep. */
#include "arch/x86_64/arch_boot.h"
#include "pc/pc.h"

#define LAPIC_BASE	0xfee00000u
#define TPR		0x080		/* Register offsets, bytes. */
#define EOI		0x0b0
#define SPURIOUS	0x0f0
#define LVT_TIMER	0x320
#define LVT_LINT0	0x350
#define LVT_LINT1	0x360
#define LVT_ERROR	0x370
#define TIMER_INITIAL	0x380
#define TIMER_CURRENT	0x390
#define TIMER_DIVIDE	0x3e0

#define ENABLE		0x100
#define MASKED		0x10000
#define DIVIDE_BY_1	0xb
#define DIVIDE_BY_128	0xa

#define RATE_SHIFT	20
#define LONGEST		MIR_SEC(500)	/* Of one sleep. */

static volatile uint8_t *lapic;
static uint64_t counts_per_ns;		/* Undivided, times 2^RATE_SHIFT. */

static void
put(unsigned reg, uint32_t value)
{
	*(volatile uint32_t *)(lapic + reg) = value;
}

void
lapic_start(void)
{
	lapic = arch_map_phys(LAPIC_BASE, 0x1000);
	put(LVT_LINT0, MASKED);
	put(LVT_LINT1, MASKED);
	put(LVT_ERROR, MASKED);
	put(LVT_TIMER, MASKED | PC_VECTOR_TIMER);
	put(TPR, 0);
	put(SPURIOUS, ENABLE | PC_VECTOR_SPURIOUS);
	put(TIMER_DIVIDE, DIVIDE_BY_1);
	put(TIMER_INITIAL, UINT32_MAX);
}

uint32_t
lapic_count(void)
{
	return *(volatile uint32_t *)(lapic + TIMER_CURRENT);
}

void
lapic_set_rate(uint64_t hz)
{
	counts_per_ns = (hz << RATE_SHIFT) / MIR_SEC(1);
	put(LVT_TIMER, PC_VECTOR_TIMER);
}

/* A wait too long for the 32-bit counter is divided by 128, and one too long for that is cut
 * short: the caller sleeps again. */
void
lapic_arm(mir_ns wait)
{
	uint32_t divide = DIVIDE_BY_1;
	uint64_t counts;

	if (wait == MIR_NEVER) {
		put(TIMER_INITIAL, 0);
		return;
	}
	counts = ((wait < LONGEST ? wait : LONGEST) * counts_per_ns >> RATE_SHIFT) + 1;
	if (counts > UINT32_MAX) {
		counts /= 128;
		divide = DIVIDE_BY_128;
	}
	put(TIMER_DIVIDE, divide);
	put(TIMER_INITIAL, counts > UINT32_MAX ? UINT32_MAX : (uint32_t)counts);
}
