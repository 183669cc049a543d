/* SPDX-License-Identifier: ISC */
/* Machine frames: each page the guest names gets a number of its own, and keeps it.  Xen's pages
 * are where the guest maps them: nothing is really mapped anywhere. */
#include "arch/x86_64/arch_boot.h"
#include "mir/err.h"
#include "mir/page.h"
#include "mir/panic.h"
#include "test/support/xen/fake.h"
#include "test/unit/harness.h"

#define FRAMES	65536u			/* A power of two. */
#define FIRST	0x1000u

static uintptr_t pages[FRAMES];		/* Of frame FIRST + i; each where its hash says, or near. */

const volatile uint64_t *arch_pv_cr2;

uint64_t
fake_frame(const void *va)
{
	uintptr_t page = (uintptr_t)va >> MIR_PAGE_SHIFT;
	unsigned i = (unsigned)(page * 0x9e3779b97f4a7c15 >> 48) % FRAMES, tries;

	for (tries = 0; tries < FRAMES && pages[i] && pages[i] != page; tries++)
		i = (i + 1) % FRAMES;
	MIR_ASSERT(tries < FRAMES);
	pages[i] = page;
	return FIRST + i;
}

void
fake_frames_forget(void)
{
	memset(pages, 0, sizeof pages);
}

void *
fake_page(uint64_t frame)
{
	if (frame < FIRST || frame >= FIRST + FRAMES || !pages[frame - FIRST])
		return NULL;
	return (void *)(pages[frame - FIRST] << MIR_PAGE_SHIFT);
}

void
fake_map_xen_page(void *va, uint64_t mfn)
{
	MIR_ASSERT((uintptr_t)va % MIR_PAGE_SIZE == 0);
	memset(va, 0, MIR_PAGE_SIZE);
	if (mfn == FAKE_MFN_SHARED) {
		fake_shared = va;
		fake_set_time();
	} else {
		fake_grant_table_page((unsigned)(mfn - FAKE_MFN_GRANTS), va);
	}
}

int
arch_map_mfns(void *va, const uint64_t *mfns, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		fake_map_xen_page((char *)va + i * MIR_PAGE_SIZE, mfns[i]);
	return MIR_OK;
}

uint64_t
arch_va_to_mfn(const void *va)
{
	return fake_frame(va);
}

void *
arch_mfn_to_va(uint64_t mfn)
{
	return fake_page(mfn);
}

void *
arch_map_phys(uint64_t pa, size_t len)
{
	(void)len;
	return (void *)pa;
}
