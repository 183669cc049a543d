/* SPDX-License-Identifier: ISC */
/* The guest of fuzzers of split drivers, on the fake Xen. */
#include <stdio.h>
#include "mir/log.h"
#include "test/fuzz/guest.h"
#include "test/support/xen/fake.h"
#include "test/support/xen/store.h"
#include "test/unit/harness.h"
#include "xen/grant.h"

static unsigned ports, watches;
static size_t pages;

void
guest_run_for(mir_ns limit)
{
	mir_ns end = mir_now() + limit;

	while (mir_now() < end) {
		fake_counts.shutdown = -1;
		fake_run_for(end - mir_now());
	}
}

void
guest_boot(void)
{
	fake_run_for(MIR_SEC(3));
	mir_log_level = (enum mir_log_level)-1;
	ports = fake_ports_open();
	watches = fake_store_watches();
}

void
guest_settled(void)
{
	pages = test_pages_in_use();
}

void
guest_device_leaves(const char *type, void (*remove)(unsigned id), size_t pages_in_all)
{
	char front[64], back[64];

	snprintf(front, sizeof front, "/local/domain/7/device/%s", type);
	snprintf(back, sizeof back, "/local/domain/0/backend/%s", type);
	test_pages_left = pages_in_all - test_pages_in_use();
	fake_fail(0, 0, 0, 0);
	remove(0);
	fake_store_rm(front);
	fake_store_rm(back);
	fake_grants_unmap_all();
	guest_run_for(MIR_SEC(10));
	/* Its last words may have made the folder again. */
	fake_store_rm(front);
	guest_run_for(MIR_SEC(10));
	fake_store_forget_watches(watches);
	fake_store_repeat();
	guest_run_for(MIR_SEC(90));
}

void
guest_is_clean(void)
{
	CHECK_EQ(grants_in_use(), 0);
	CHECK_EQ(fake_grants_live(), 0);
	CHECK_EQ(fake_ports_open(), ports);
	CHECK_EQ(fake_store_watches(), watches);
	CHECK_EQ(test_pages_in_use(), pages);
}
