/* SPDX-License-Identifier: ISC */
/* The rings to a xenstored that sets senseless indexes: the image goes on without it. */
/* sources: test/support/xen/[a-z]*.[cS] xen/[a-z]*.c xen/xenstore/[a-z]*.c arch/x86_64/entropy.c */
/* sources: drivers/netfront/[a-z]*.c */
#include "mir/err.h"
#include "mir/netif.h"
#include "test/support/xen/netback.h"
#include "test/support/xen/store.h"
#include "test/unit/harness.h"
#include "xen/grant.h"
#include "xen/xenstore/xenstore.h"
#include <xen/io/xs_wire.h>

static int err;

static void
ask(void *arg)
{
	char text[16];

	(void)arg;
	err = xs_read(0, "name", text, sizeof text);
}

/* Who waits for an answer has it at once.  A device that works goes on, although it just heard of
 * a change it can't ask about, and can still be closed. */
TEST(an_index_out_of_range_ends_the_client_and_nothing_else)
{
	struct netback *back = netback_add(0);
	unsigned polls;

	fake_run_for(MIR_SEC(5));
	CHECK(mir_netif_get(0, 0) != NULL && back->be.connected);
	fake_store.silent = true;
	mir_spawn("asks", ask, NULL);
	backend_state(&back->be, XenbusStateReconfigured);
	fake_run_for(MIR_MS(1));
	fake_store_ring.rsp_prod = fake_store_ring.rsp_cons + XENSTORE_RING_SIZE + 1;
	fake_port_raise(fake_store_port);
	fake_run_for(MIR_MS(1));
	CHECK_EQ(err, MIR_EPROTO);
	fake_store_ring.rsp_prod = fake_store_ring.rsp_cons;
	err = 0;
	mir_spawn("asks", ask, NULL);
	fake_port_raise(fake_store_port);
	polls = fake_counts.polls;
	fake_run_for(MIR_SEC(600));
	CHECK_EQ(err, MIR_EPROTO);
	CHECK(fake_counts.polls - polls < 2000);
	CHECK(mir_netif_get(0, 0)->info.link);
	back->q[0].tx.sring->rsp_prod++;
	netback_notify(back);
	backend_disconnect(&back->be);
	fake_run_for(MIR_SEC(5));
	CHECK(!mir_netif_get(0, 0)->info.link);
	CHECK_EQ(grants_in_use(), 0);
}
