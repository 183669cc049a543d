/* SPDX-License-Identifier: ISC */
/* Lending pages: the table grows, and a page in use stays lent. */
/* sources: test/support/xen/[a-z]*.[cS] xen/[a-z]*.c xen/xenstore/[a-z]*.c arch/x86_64/entropy.c */
#include "mir/err.h"
#include "mir/page.h"
#include "test/support/xen/fake.h"
#include "test/unit/harness.h"
#include "xen/grant.h"
#include "xen/grant_list.h"
#include "xen/guest.h"
#include "xen/hypercall.h"
#include <xen/errno.h>

static unsigned done;

static void
note_done(void *ctx)
{
	(void)ctx;
	done++;
}

TEST(a_page_is_lent_as_asked_and_comes_back)
{
	char *page = mir_page_alloc(1), *seen;
	int ref;

	fake_boot();
	ref = grant_access(3, page, true);
	CHECK(ref > 0);
	CHECK_EQ(grants_in_use(), 1);
	CHECK(fake_grant_map((grant_ref_t)ref, 3, true) == NULL);
	CHECK(fake_grant_map((grant_ref_t)ref, 4, false) == NULL);
	seen = fake_grant_map((grant_ref_t)ref, 3, false);
	CHECK(seen == page);
	CHECK_EQ(grant_end((grant_ref_t)ref), MIR_EAGAIN);
	fake_grant_unmap((grant_ref_t)ref);
	CHECK_EQ(grant_end((grant_ref_t)ref), MIR_OK);
	CHECK(fake_grant_map((grant_ref_t)ref, 3, false) == NULL);
	CHECK_EQ(grants_in_use(), 0);
	mir_page_free(page, 1);
}

TEST(a_page_in_use_is_freed_when_the_domain_lets_go)
{
	char *page = mir_page_alloc(1), *other = mir_page_alloc(1);
	size_t pages = test_pages_in_use();
	int ref = grant_access(0, page, false), later = grant_access(0, other, false);

	done = 0;
	CHECK(fake_grant_map((grant_ref_t)ref, 0, true) == page);
	CHECK(fake_grant_map((grant_ref_t)later, 0, true) == other);
	grant_end_free_page((grant_ref_t)ref, page);
	grant_end_later((grant_ref_t)later, note_done, NULL);
	fake_run_for(MIR_SEC(3));
	CHECK_EQ(test_pages_in_use(), pages);
	fake_grant_unmap((grant_ref_t)ref);
	fake_run_for(MIR_SEC(1));
	CHECK_EQ(test_pages_in_use(), pages - 1);
	CHECK_EQ(done, 0);
	fake_grant_unmap((grant_ref_t)later);
	fake_run_for(MIR_SEC(1));
	CHECK_EQ(done, 1);
	CHECK_EQ(grants_in_use(), 0);
	grant_end_later((grant_ref_t)grant_access(0, other, false), note_done, NULL);
	CHECK_EQ(done, 2);
	mir_page_free(other, 1);
}

/* Ends all of the first 'n' references. */
static void
end_all(const int *ref, unsigned n)
{
	while (n)
		grant_end((grant_ref_t)ref[--n]);
}

TEST(the_table_grows_up_to_xens_limit)
{
	static int ref[4 * GRANT_PAGE_ENTRIES];
	static char page[MIR_PAGE_SIZE] __attribute__((aligned(MIR_PAGE_SIZE)));
	unsigned n = 0;
	size_t pages;

	fake_grant_frames_max = 2;
	while ((ref[n] = grant_access(0, page, true)) > 0)
		n++;
	CHECK_EQ(ref[n], MIR_ENOMEM);
	CHECK_EQ(n, 2 * GRANT_PAGE_ENTRIES - GNTTAB_NR_RESERVED_ENTRIES);
	pages = test_pages_in_use();
	fake_grant_frames_max = GRANT_PAGES_MAX;
	test_pages_left = 0;
	CHECK_EQ(grant_access(0, page, true), MIR_ENOMEM);
	test_pages_left = 1 << 20;
	fake_fail(__HYPERVISOR_grant_table_op, GNTTABOP_setup_table, -XEN_EPERM, 1);
	CHECK_EQ(grant_access(0, page, true), MIR_ENOMEM);
	CHECK_EQ(test_pages_in_use(), pages);
	ref[n] = grant_access(0, page, true);
	CHECK_EQ(ref[n], 2 * GRANT_PAGE_ENTRIES);
	CHECK_EQ(test_pages_in_use(), pages + 1);
	end_all(ref, n + 1);
	CHECK_EQ(grants_in_use(), 0);
	CHECK_EQ(fake_grants_live(), 0);
}

/* PVH names frames by their addresses, which on a host are too long for an entry: only the table's
 * growth is looked at. */
TEST(a_pvh_guest_has_xen_put_the_table_in_place)
{
	static int ref[4 * GRANT_PAGE_ENTRIES];
	static char page[MIR_PAGE_SIZE] __attribute__((aligned(MIR_PAGE_SIZE)));
	unsigned n = 0;

	xen_boot.pv = false;
	CHECK_EQ(xen_va_to_gfn(page), (uintptr_t)page >> MIR_PAGE_SHIFT);
	fake_grant_frames_max = 4;
	while ((ref[n] = grant_access(0, page, true)) > 0)
		n++;
	CHECK_EQ(n, 4 * GRANT_PAGE_ENTRIES - GNTTAB_NR_RESERVED_ENTRIES);
	CHECK_EQ(fake_grants_live(), n);
	end_all(ref, n);
	fake_grant_frames_max = GRANT_PAGES_MAX;
	xen_boot.pv = true;
}
