/* SPDX-License-Identifier: ISC */
/* mir/page.h - whole pages of memory.
 *
 * Pages are 4096 bytes, aligned, contiguous, and not cleared unless said.  Not to be called
 * from a trap.  Errors: NULL when there is not enough.  Never blocks. */
#ifndef MIR_PAGE_H
#define MIR_PAGE_H

#include <stddef.h>
#include <stdint.h>

#define MIR_PAGE_SHIFT	12
#define MIR_PAGE_SIZE	4096u

void *mir_page_alloc(size_t count);		/* 'count' contiguous pages. */
void mir_page_free(void *pages, size_t count);	/* As allocated, or any part of it. */

/* Boot: gives the allocator the bytes [start, end), shrunk to whole pages. */
void mir_page_add(uintptr_t start, uintptr_t end);

size_t mir_page_free_count(void);		/* Pages. */
size_t mir_page_total_count(void);		/* Pages ever given. */

#endif
