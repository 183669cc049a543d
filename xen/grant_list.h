/* SPDX-License-Identifier: ISC */
/* xen/grant_list.h - the grant table's entries: which are free, lending, taking back.  Pure: works
 * on pages of entries (version 1, xen/grant_table.h) wherever they are.
 *
 * A free entry's 'frame' is the next free reference; only Xen and this domain see the table. */
#ifndef XEN_GRANT_LIST_H
#define XEN_GRANT_LIST_H

#include <stdbool.h>
#include "xen/abi.h"

#define GRANT_PAGES_MAX		64
#define GRANT_PAGE_ENTRIES	512u		/* 4096 bytes of 8 each. */

struct grant_list {
	struct grant_entry_v1 *page[GRANT_PAGES_MAX];
	unsigned pages;
	uint64_t in_use;
	grant_ref_t free;			/* 0: none. */
};

/* Adds a page of unused entries to the table. */
void grant_list_add(struct grant_list *l, struct grant_entry_v1 *page);

/* Lends frame 'gfn' to 'domain'; the reference, 0 when the table is full. */
grant_ref_t grant_list_lend(struct grant_list *l, domid_t domain, uint64_t gfn, bool readonly);

/* Takes back.  MIR_EAGAIN: the domain uses the page right now, the grant stays. */
int grant_list_end(struct grant_list *l, grant_ref_t ref);

#endif
