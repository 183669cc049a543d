/* SPDX-License-Identifier: ISC */
/* test/unit/drivers/netfront/kit.h - a vif, its backend, and what tests ask of it: included by one
 * test program each. */
#ifndef KIT_H
#define KIT_H

#include "drivers/netfront/netfront.h"
#include "mir/err.h"
#include "mir/param.h"
#include "mir/stats.h"
#include "test/support/xen/netback.h"
#include "test/support/xen/store.h"
#include "test/unit/harness.h"
#include "xen/grant.h"
#include "xen/grant_list.h"

static struct netback *back;
static struct mir_netif *nif;
static unsigned ports;
static unsigned frames;			/* That came up, and the last of them. */
static uint8_t got[NETBACK_FRAME];
static size_t got_len;
static struct mir_buf *kept;		/* The first one, with 'keep'. */
static bool keep;

static inline void
take_frame(void *ctx, struct mir_buf *b)
{
	(void)ctx;
	frames++;
	got_len = mir_buf_copy_out(b, 0, got, sizeof got);
	if (keep && !kept)
		kept = b;
	else
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

static inline uint64_t
counter(const char *name)
{
	extern const struct mir_counter __start_mir_counters[], __stop_mir_counters[];

	for (const struct mir_counter *c = __start_mir_counters; c < __stop_mir_counters; c++)
		if (strcmp(c->name, name) == 0)
			return *c->value;
	CHECK(false);
	return 0;
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

static const struct mir_netif_client client = {
	.rx = take_frame, .link = nothing, .tx_ready = nothing };

static inline void
come_up(void)
{
	fake_run_for(MIR_SEC(8));
	if (!nif && CHECK((nif = mir_netif_get(0, 0)) != NULL))
		mir_netif_attach(nif, &client);
	CHECK(back->be.connected && nif->info.link);
	frames = 0;
}

static inline void
set_up(const char *parameters)
{
	add(parameters);
	come_up();
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

/* What the driver does not take stays ours. */
static inline int
give(struct mir_buf *b)
{
	int err = mir_netif_tx(nif, b);

	if (err)
		mir_buf_free(b);
	return err;
}

static inline int
send_udp(uint16_t port)
{
	struct mir_buf *b = mir_buf_alloc(0, 200);

	memset(b->data, 0, 200);
	b->data[12] = 8;
	b->data[14] = 0x45;
	b->data[23] = 17;
	b->data[34] = (uint8_t)(port >> 8);
	b->data[35] = (uint8_t)port;
	return give(b);
}

static inline int
send(size_t len)
{
	struct mir_buf *b = mir_buf_alloc(0, len);

	for (size_t i = 0; i < len; i++)
		b->data[i] = (uint8_t)(i * 7);
	return give(b);
}

/* One each way, unspoiled. */
static inline void
frames_pass(void)
{
	uint8_t frame[1514];
	unsigned taken = back->frames;

	frames = 0;
	CHECK_EQ(send(1000), MIR_OK);
	fake_run_for(MIR_MS(1));
	CHECK_EQ(back->frames, taken + 1);
	CHECK_EQ(back->last_len, 1000);
	CHECK_EQ(back->last[999], (uint8_t)(999 * 7));
	memset(frame, 0x5a, sizeof frame);
	CHECK(netback_send(back, frame, sizeof frame));
	fake_run_for(MIR_MS(1));
	CHECK_EQ(frames, 1);
	CHECK_EQ(got_len, sizeof frame);
	CHECK_MEM(got, frame, sizeof frame);
}

/* Grants in other hands, so that 'left' are free; and back. */
static int grant_used[GRANT_PAGES_MAX * GRANT_PAGE_ENTRIES];
static unsigned grants_used;

static inline void
use_grants(unsigned left)
{
	static char page[MIR_PAGE_SIZE] __attribute__((aligned(MIR_PAGE_SIZE)));

	fake_grant_frames_max = 1;
	while ((grant_used[grants_used] = grant_access(0, page, true)) > 0)
		grants_used++;
	for (; left; left--)
		grant_end((grant_ref_t)grant_used[--grants_used]);
}

static inline void
give_grants_back(void)
{
	while (grants_used)
		grant_end((grant_ref_t)grant_used[--grants_used]);
	fake_grant_frames_max = GRANT_PAGES_MAX;
}

#endif
