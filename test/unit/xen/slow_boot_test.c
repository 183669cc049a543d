/* SPDX-License-Identifier: ISC */
/* A guest that boots while xenstored has no time for it. */
/* sources: test/support/xen/[a-z]*.[cS] xen/[a-z]*.c xen/xenstore/[a-z]*.c arch/x86_64/entropy.c */
/* sources: drivers/netfront/[a-z]*.c */
#include "mir/netif.h"
#include "test/support/xen/netback.h"
#include "test/support/xen/store.h"
#include "test/unit/harness.h"
#include <xen/sched.h>

TEST(xenstored_answers_late_and_nothing_is_missed)
{
	struct netback *first, *second;

	fake_store.silent = true;
	first = netback_add(0);
	fake_run_for(MIR_SEC(17));
	CHECK(!first->be.connected);
	fake_store.silent = false;
	fake_run_for(MIR_SEC(10));
	CHECK(first->be.connected);
	second = netback_add(1);
	fake_run_for(MIR_SEC(2));
	CHECK(second->be.connected);
	netback_remove(0);
	fake_run_for(MIR_SEC(2));
	CHECK(!mir_netif_get(0, 0)->info.link && mir_netif_get(1, 0)->info.link);
	fake_store_write("/local/domain/7/control/shutdown", "poweroff");
	fake_run_for(MIR_SEC(2));
	CHECK_EQ(fake_counts.shutdown, SHUTDOWN_poweroff);
	netback_remove(1);
	fake_run_for(MIR_SEC(2));
}
