/* SPDX-License-Identifier: ISC */
/* The pages of a simulation: address space that costs nothing until it is used. */
#include <sys/mman.h>
#include "mir/page.h"
#include "sim/priv.h"

#define BYTES (8ul << 30)

void
sim_memory_init(void)
{
	void *p = mmap(NULL, BYTES, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		sim_die("no memory");
	mir_page_add((uintptr_t)p, (uintptr_t)p + BYTES);
}
