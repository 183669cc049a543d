/* SPDX-License-Identifier: ISC */
/* A thousand hosts fetch pages from ten servers, over eleven switches. */
#include <stdio.h>
#include "mir/err.h"
#include "test/sim/support/pages.h"

#define SERVERS		10
#define SWITCHES	10
#define CLIENTS		1000
#define FETCHES		10		/* Of each client. */
#define START		MIR_SEC(30)	/* They start within that time. */

#define GIGABIT		.rate = 125000000, .queue = 1 << 20, .delay = MIR_US(20)
#define FAST		.rate = 12500000, .queue = 128 << 10, .delay = MIR_US(100)

static struct sim_host *servers[SERVERS];
static unsigned fetched, failed;

static void
client(struct sim_host *h, void *arg)
{
	struct sim_host *from;
	int err;

	(void)arg;
	mir_sleep(sim_random() % START);
	for (unsigned i = 0; i < FETCHES; i++) {
		from = servers[sim_random() % SERVERS];
		err = pages_fetch(h, from, (unsigned)(sim_random() % PAGES));
		CHECK_EQ(err, MIR_OK);
		*(err ? &failed : &fetched) += 1;
		mir_sleep(MIR_MS(sim_random() % 500));
	}
}

static struct sim_host *
host(unsigned net, unsigned number)
{
	char address[20];

	snprintf(address, sizeof address, "10.0.%u.%u/16", net, number);
	return sim_host(address);
}

SIM(a_thousand_hosts, .seeds = 1)
{
	struct sim_switch *core = sim_switch("core"), *edge;
	struct sim_host *h;

	for (unsigned i = 0; i < SERVERS; i++) {
		servers[i] = host(0, i + 1);
		sim_plug(servers[i], core, SIM_FAULTS(GIGABIT));
		sim_serve(servers[i], "www", pages_serve, NULL);
	}
	for (unsigned i = 0; i < SWITCHES; i++) {
		edge = sim_switch("edge");
		sim_trunk(core, edge, SIM_FAULTS(GIGABIT, .loss = 1));
		for (unsigned j = 0; j < CLIENTS / SWITCHES; j++) {
			h = host(i + 1, j + 1);
			sim_plug(h, edge, SIM_FAULTS(FAST, .loss = 1));
			sim_spawn(h, "client", client, NULL);
		}
	}
	sim_run(MIR_SEC(600));
	sim_note("%u pages fetched, %u failed", fetched, failed);
	CHECK_EQ(fetched, CLIENTS * FETCHES);
}
