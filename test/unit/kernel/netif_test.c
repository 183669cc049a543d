/* SPDX-License-Identifier: ISC */
/* The list of network devices. */
#include "mir/netif.h"
#include "mir/task.h"
#include "test/unit/harness.h"

static unsigned links, flushes;

static void
link_changed(void *ctx)
{
	(void)ctx;
	links++;
}

static void
rx(void *ctx, struct mir_buf *b)
{
	(void)ctx;
	mir_buf_free(b);
}

static void
flush(struct mir_netif *nif)
{
	(void)nif;
	flushes++;
}

static const struct mir_netif_ops ops = { .name = "nothing", .flush = flush };
static const struct mir_netif_ops unbuffered = { .name = "unbuffered" };
static struct mir_netif first = { .ops = &ops, .device = { .index = 0 }, .info = { .link = true } };
static struct mir_netif second = { .ops = &unbuffered, .device = { .index = 1 } };

static void
wait_for_first(void *result)
{
	*(struct mir_netif **)result = mir_netif_get(0, MIR_NEVER);
}

TEST(a_device_can_be_waited_for)
{
	struct mir_netif *got = NULL;

	CHECK(mir_netif_get(0, 0) == NULL);
	mir_spawn("waits", wait_for_first, &got);
	test_run_for(MIR_SEC(1));
	mir_netif_register(&second);
	test_run_for(MIR_SEC(1));
	CHECK(got == NULL);
	mir_netif_register(&first);
	test_run_for(MIR_SEC(1));
	CHECK(got == &first);
	CHECK(mir_netif_first() == &first);
	CHECK(mir_netif_next(&first) == &second);
	CHECK(mir_netif_get(1, 0) == &second);
}

TEST(a_link_that_is_up_is_told_at_once_and_one_client_is_all)
{
	const struct mir_netif_client client = { .rx = rx, .link = link_changed };

	mir_netif_attach(&second, &client);
	CHECK_EQ(links, 0);
	mir_netif_attach(&first, &client);
	CHECK_EQ(links, 1);
	CHECK_PANICS(mir_netif_attach(&first, &client));
}

TEST(devices_that_queue_are_flushed)
{
	flushes = 0;
	mir_netif_flush_all();
	CHECK_EQ(flushes, 1);
}
