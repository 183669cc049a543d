/* SPDX-License-Identifier: ISC */
/* Page protection, whichever way the tables are written. */
#include "arch/x86_64/arch_boot.h"
#include "arch/x86_64/image.h"
#include "arch/x86_64/mmu.h"
#include "mir/arch.h"
#include "mir/page.h"
#include "mir/panic.h"

bool arch_is_pv;

uint64_t
mmu_image_flags(uint64_t va)
{
	if (va < MIR_PAGE_SIZE || va == (uint64_t)arch_boot_stack)
		return 0;
	if (va >= (uint64_t)_text_start && va < (uint64_t)_text_end)
		return MMU_RX;
	if (va >= (uint64_t)_spare_start && va < (uint64_t)_spare_end)
		return MMU_RW;
	if (va >= (uint64_t)_rodata_start && va < (uint64_t)_rodata_end)
		return MMU_RO;
	return MMU_RW;
}

const struct mmu_ops *mmu = &mmu_pvh;

int
arch_page_guard(void *page)
{
	return mmu->set((uint64_t)page, 0);
}

void
arch_page_unguard(void *page)
{
	int err = mmu->set((uint64_t)page, MMU_RW);

	MIR_ASSERT(!err);	/* The tables are there since the page was guarded. */
}
