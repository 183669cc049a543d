/* SPDX-License-Identifier: ISC */
/* A guest that has no xenstore. */
/* sources: test/support/xen/[a-z]*.[cS] xen/[a-z]*.c xen/xenstore/[a-z]*.c arch/x86_64/entropy.c */
#include "mir/err.h"
#include "test/support/xen/fake.h"
#include "test/unit/harness.h"
#include "xen/xenstore/xenstore.h"

static void
ask(void)
{
	char text[16];

	CHECK_EQ(xs_read(0, "name", text, sizeof text), MIR_EGONE);
	CHECK_EQ(xs_write(0, "name", "mine"), MIR_EGONE);
}

TEST(requests_fail_and_the_guest_sleeps)
{
	unsigned polls;

	fake_without_store = true;
	fake_in_task(ask);
	fake_run_for(MIR_SEC(5));
	polls = fake_counts.polls;
	fake_run_for(MIR_SEC(600));
	CHECK(fake_counts.polls - polls < 10);
}
