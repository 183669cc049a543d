/* SPDX-License-Identifier: ISC */
/* The guest's grant table as Xen and the other domains use it: mapping a page sets the flags that
 * forbid to end the grant, and what is mapped is watched over. */
#include <sanitizer/asan_interface.h>
#include "test/support/xen/fake.h"
#include "test/unit/harness.h"
#include "xen/grant_list.h"
#include <xen/errno.h>

unsigned fake_grant_frames_max = GRANT_PAGES_MAX;

static struct grant_entry_v1 *table[GRANT_PAGES_MAX];

#define HELD_MAX 1024u
static struct held {			/* What other domains have mapped. */
	grant_ref_t ref;
	unsigned count;
	struct grant_entry_v1 then;
} held[HELD_MAX];
static unsigned helds;

void
fake_grant_table_page(unsigned index, void *va)
{
	table[index] = va;
}

static struct grant_entry_v1 *
entry(grant_ref_t ref)
{
	unsigned page = ref / GRANT_PAGE_ENTRIES;

	return page < GRANT_PAGES_MAX && table[page] ? &table[page][ref % GRANT_PAGE_ENTRIES] :
	    NULL;
}

static struct held *
find(grant_ref_t ref)
{
	for (unsigned i = 0; i < helds; i++)
		if (held[i].ref == ref)
			return &held[i];
	return NULL;
}

void *
fake_grant_map(grant_ref_t ref, domid_t domain, bool write)
{
	struct grant_entry_v1 *e = entry(ref);
	struct held *h = find(ref);
	void *page;

	if (!e || (e->flags & GTF_type_mask) != GTF_permit_access || e->domid != domain ||
	    (write && e->flags & GTF_readonly))
		return NULL;
	page = fake_page(e->frame);
	CHECK(page && !__asan_address_is_poisoned(page));
	if (!page || (!h && helds == HELD_MAX))
		return NULL;
	e->flags |= GTF_reading | (write ? GTF_writing : 0);
	if (!h) {
		h = &held[helds++];
		*h = (struct held){ .ref = ref };
	}
	h->count++;
	h->then = *e;
	return page;
}

void
fake_grant_unmap(grant_ref_t ref)
{
	struct held *h = find(ref);

	if (!h || --h->count)
		return;
	entry(ref)->flags &= (uint16_t)~(GTF_reading | GTF_writing);
	*h = held[--helds];
}

void
fake_grants_unmap_all(void)
{
	while (helds) {
		held[0].count = 1;
		fake_grant_unmap(held[0].ref);
	}
}

void
fake_grants_check(void)
{
	for (unsigned i = 0; i < helds; i++) {
		CHECK_MEM(entry(held[i].ref), &held[i].then, sizeof held[i].then);
		CHECK(!__asan_address_is_poisoned(fake_page(held[i].then.frame)));
	}
}

unsigned
fake_grants_live(void)
{
	unsigned n = 0;

	for (grant_ref_t ref = 0; ref < GRANT_PAGES_MAX * GRANT_PAGE_ENTRIES; ref++)
		n += entry(ref) && entry(ref)->flags & GTF_type_mask;
	return n;
}

bool
fake_grant_writable(const void *page)
{
	uint64_t frame = fake_frame(page);

	for (unsigned p = 0; p < GRANT_PAGES_MAX && table[p]; p++)
		for (unsigned i = 0; i < GRANT_PAGE_ENTRIES; i++)
			if (table[p][i].frame == frame && table[p][i].flags & GTF_type_mask &&
			    !(table[p][i].flags & GTF_readonly))
				return true;
	return false;
}

long
fake_grant_table_op(unsigned cmd, void *args, unsigned count)
{
	struct gnttab_setup_table *s = args;

	if (cmd != GNTTABOP_setup_table || count != 1)
		return -XEN_ENOSYS;
	s->status = s->nr_frames <= fake_grant_frames_max ? GNTST_okay : GNTST_general_error;
	for (unsigned i = 0; s->status == GNTST_okay && i < s->nr_frames; i++)
		s->frame_list.p[i] = FAKE_MFN_GRANTS + i;
	return 0;
}
