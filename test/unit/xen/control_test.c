/* SPDX-License-Identifier: ISC */
/* What the toolstack asks of the guest, and how it ends. */
/* sources: test/support/xen/[a-z]*.[cS] xen/[a-z]*.c xen/xenstore/[a-z]*.c arch/x86_64/entropy.c */
#include "test/support/xen/fake.h"
#include "test/support/xen/store.h"
#include "test/unit/harness.h"
#include "mir/platform.h"
#include "xen/abi.h"
#include <xen/sched.h>

#define KEY "/local/domain/7/control/shutdown"

static void
ask(const char *what, int reason)
{
	fake_run_for(MIR_SEC(5));
	fake_counts.shutdown = -1;
	fake_store_write(KEY, "%s", what);
	fake_run_for(MIR_SEC(5));
	CHECK_EQ(fake_counts.shutdown, reason);
	CHECK_STR(fake_store_read(KEY), "");
}

TEST(the_guest_says_what_it_can)
{
	fake_run_for(MIR_SEC(5));
	CHECK_STR(fake_store_read("/local/domain/7/control/feature-poweroff"), "1");
	CHECK_STR(fake_store_read("/local/domain/7/control/feature-reboot"), "1");
	CHECK_EQ(fake_counts.shutdown, -1);
}

TEST(poweroff_reboot_and_halt)
{
	ask("poweroff", SHUTDOWN_poweroff);
	ask("reboot", SHUTDOWN_reboot);
	ask("halt", SHUTDOWN_poweroff);
}

TEST(what_it_cannot_do_is_acknowledged_and_ignored)
{
	ask("suspend", -1);
	ask("poweroff now", -1);
}

TEST(a_text_too_long_to_be_a_request_changes_nothing)
{
	fake_counts.shutdown = -1;
	fake_store_write(KEY, "poweroff, please, and as soon as possible");
	fake_run_for(MIR_SEC(5));
	CHECK_EQ(fake_counts.shutdown, -1);
	ask("poweroff", SHUTDOWN_poweroff);
}

TEST(a_crash_is_one_for_xen)
{
	fake_counts.shutdown = -1;
	mir_exit_request(MIR_EXIT_CRASH);
	fake_run_for(MIR_MS(1));
	CHECK_EQ(fake_counts.shutdown, SHUTDOWN_crash);
}
