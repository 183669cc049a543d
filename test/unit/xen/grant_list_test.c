/* SPDX-License-Identifier: ISC */
/* Grant table entries in a table of our own: every entry once, none while it is in use. */
#include "mir/err.h"
#include "test/unit/harness.h"
#include "xen/grant_list.h"

#define PAGES	3
#define USABLE	(PAGES * GRANT_PAGE_ENTRIES - GNTTAB_NR_RESERVED_ENTRIES)

static struct grant_entry_v1 pages[PAGES][GRANT_PAGE_ENTRIES];
static struct grant_list list;

static void
set_up(unsigned count)
{
	memset(pages, 0, sizeof pages);
	memset(&list, 0, sizeof list);
	for (unsigned i = 0; i < count; i++)
		grant_list_add(&list, pages[i]);
}

TEST(lends_every_entry_once)
{
	static bool seen[PAGES * GRANT_PAGE_ENTRIES];
	grant_ref_t ref;

	set_up(PAGES);
	memset(seen, 0, sizeof seen);
	for (unsigned i = 0; i < USABLE; i++) {
		ref = grant_list_lend(&list, 0, i, false);
		if (!CHECK(ref >= GNTTAB_NR_RESERVED_ENTRIES && !seen[ref]))
			return;
		seen[ref] = true;
	}
	CHECK_EQ(grant_list_lend(&list, 0, 1, false), 0);
	CHECK_EQ(list.in_use, USABLE);
	for (ref = GNTTAB_NR_RESERVED_ENTRIES; ref < PAGES * GRANT_PAGE_ENTRIES; ref++)
		CHECK_EQ(grant_list_end(&list, ref), MIR_OK);
	CHECK_EQ(list.in_use, 0);
}

TEST(entry_says_what_was_lent)
{
	grant_ref_t ref;

	set_up(1);
	ref = grant_list_lend(&list, 7, 0x1234, true);
	CHECK_EQ(pages[0][ref].flags, GTF_permit_access | GTF_readonly);
	CHECK_EQ(pages[0][ref].domid, 7);
	CHECK_EQ(pages[0][ref].frame, 0x1234);
	CHECK_EQ(grant_list_end(&list, ref), MIR_OK);
	CHECK_EQ(pages[0][ref].flags, 0);
	ref = grant_list_lend(&list, 7, 0x1234, false);
	CHECK_EQ(pages[0][ref].flags, GTF_permit_access);
}

TEST(end_waits_for_reader_and_writer)
{
	grant_ref_t ref;

	set_up(1);
	ref = grant_list_lend(&list, 0, 5, false);
	pages[0][ref].flags |= GTF_reading;
	CHECK_EQ(grant_list_end(&list, ref), MIR_EAGAIN);
	pages[0][ref].flags |= GTF_writing;
	CHECK_EQ(grant_list_end(&list, ref), MIR_EAGAIN);
	CHECK_EQ(list.in_use, 1);
	pages[0][ref].flags &= (uint16_t)~(GTF_reading | GTF_writing);
	CHECK_EQ(grant_list_end(&list, ref), MIR_OK);
	CHECK_EQ(list.in_use, 0);
}

TEST(empty_table_lends_nothing_and_grows)
{
	set_up(0);
	CHECK_EQ(grant_list_lend(&list, 0, 1, false), 0);
	grant_list_add(&list, pages[0]);
	CHECK_EQ(grant_list_lend(&list, 0, 1, false), GNTTAB_NR_RESERVED_ENTRIES);
}

TEST(reserved_and_unknown_references_are_our_mistake)
{
	set_up(1);
	CHECK_PANICS(grant_list_end(&list, GNTTAB_NR_RESERVED_ENTRIES - 1));
	CHECK_PANICS(grant_list_end(&list, GRANT_PAGE_ENTRIES));
}
