/* SPDX-License-Identifier: ISC */
/* test/unit/drivers/netfront/kit.h - a vif, its backend, and what tests ask of it: included by one
 * test program each. */
#ifndef KIT_H
#define KIT_H

#include "drivers/netfront/netfront.h"
#include "mir/err.h"
#include "mir/param.h"
#include "test/support/xen/netback.h"
#include "test/support/xen/store.h"
#include "test/unit/harness.h"
#include "xen/grant.h"

static struct netback *back;
static struct mir_netif *nif;
static unsigned frames, ports;

static inline void
take_frame(void *ctx, struct mir_buf *b)
{
	(void)ctx;
	frames++;
	mir_buf_free(b);
}

static inline void
nothing(void *ctx)
{
	(void)ctx;
}

static inline struct netfront *
front(void)
{
	return (struct netfront *)nif;
}

/* The toolstack makes the vif. */
static inline void
add(const char *parameters)
{
	char why[80];

	CHECK_EQ(mir_param_parse(parameters, why, sizeof why), MIR_OK);
	fake_run_for(MIR_SEC(3));
	if (!ports)
		ports = fake_ports_open();
	back = netback_add(0);
}

static inline void
come_up(void)
{
	static const struct mir_netif_client client = {
		.rx = take_frame, .link = nothing, .tx_ready = nothing };

	fake_run_for(MIR_SEC(8));
	if (!nif && CHECK((nif = mir_netif_get(0, 0)) != NULL))
		mir_netif_attach(nif, &client);
	CHECK(back->be.connected && nif->info.link);
}

/* Nothing of a vif that went away stays: no grant, no page, no port. */
static inline void
go_down(void)
{
	netback_remove(0);
	fake_grants_unmap_all();
	fake_run_for(MIR_SEC(12));
	CHECK(!nif->info.link);
	CHECK_EQ(grants_in_use(), 0);
	CHECK_EQ(fake_grants_live(), 0);
	CHECK_EQ(fake_ports_open(), ports);
	CHECK_EQ(front()->queue_limit, NETFRONT_QUEUES_MAX);
	for (unsigned i = 0; i < NETFRONT_QUEUES_MAX; i++)
		CHECK(!front()->queue[i] || front()->queue[i]->rx.pages == 0);
}

static inline int
send_udp(uint16_t port)
{
	struct mir_buf *b = mir_buf_alloc(0, 200);
	int err;

	memset(b->data, 0, 200);
	b->data[12] = 8;
	b->data[14] = 0x45;
	b->data[23] = 17;
	b->data[34] = (uint8_t)(port >> 8);
	b->data[35] = (uint8_t)port;
	err = mir_netif_tx(nif, b);
	if (err)
		mir_buf_free(b);
	return err;
}

#endif
