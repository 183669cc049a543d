/* SPDX-License-Identifier: ISC */
/* Lending and taking back grant table entries. */
#include "mir/err.h"
#include "mir/panic.h"
#include "xen/grant_list.h"

static struct grant_entry_v1 *
entry(struct grant_list *l, grant_ref_t ref)
{
	MIR_ASSERT(ref >= GNTTAB_NR_RESERVED_ENTRIES && ref / GRANT_PAGE_ENTRIES < l->pages);
	return &l->page[ref / GRANT_PAGE_ENTRIES][ref % GRANT_PAGE_ENTRIES];
}

static void
put_free(struct grant_list *l, grant_ref_t ref)
{
	entry(l, ref)->frame = l->free;
	l->free = ref;
}

/* The lowest references end up in front: they are in the pages a backend has in its cache. */
void
grant_list_add(struct grant_list *l, struct grant_entry_v1 *page)
{
	grant_ref_t first = l->pages * GRANT_PAGE_ENTRIES, ref = first + GRANT_PAGE_ENTRIES;

	MIR_ASSERT(l->pages < GRANT_PAGES_MAX);
	l->page[l->pages++] = page;
	if (first < GNTTAB_NR_RESERVED_ENTRIES)
		first = GNTTAB_NR_RESERVED_ENTRIES;
	while (ref-- > first)
		put_free(l, ref);
}

grant_ref_t
grant_list_lend(struct grant_list *l, domid_t domain, uint64_t gfn, bool readonly)
{
	grant_ref_t ref = l->free;
	struct grant_entry_v1 *e;

	if (!ref)
		return 0;
	e = entry(l, ref);
	l->free = e->frame;
	l->in_use++;
	e->frame = (uint32_t)gfn;
	e->domid = domain;
	/* Orders frame and domain before the flag by which the grant comes alive. */
	__atomic_store_n(&e->flags, GTF_permit_access | (readonly ? GTF_readonly : 0),
			 __ATOMIC_RELEASE);
	return ref;
}

/* Xen sets GTF_reading and GTF_writing while the page is mapped or copied; the flags are cleared
 * only if neither came in between. */
int
grant_list_end(struct grant_list *l, grant_ref_t ref)
{
	struct grant_entry_v1 *e = entry(l, ref);
	uint16_t flags = __atomic_load_n(&e->flags, __ATOMIC_RELAXED);

	do {
		if (flags & (GTF_reading | GTF_writing))
			return MIR_EAGAIN;
	} while (!__atomic_compare_exchange_n(&e->flags, &flags, 0, false, __ATOMIC_SEQ_CST,
					      __ATOMIC_RELAXED));
	put_free(l, ref);
	l->in_use--;
	return MIR_OK;
}
