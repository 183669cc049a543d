/* SPDX-License-Identifier: ISC */
/* The memory of the process that stands for a guest's: the host gives a page when it is touched. */
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include "mir/page.h"
#include "unix/priv.h"

bool
unix_memory_open(size_t bytes)
{
	char *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return false;
	mir_page_add((uintptr_t)p, (uintptr_t)p + bytes);
	return true;
}
