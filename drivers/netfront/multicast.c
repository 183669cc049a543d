/* SPDX-License-Identifier: ISC */
/* The backend's filter of Ethernet groups (xen/io/netif.h: feature-multicast-control).
 *
 * A group is told by extra info behind a request that carries no frame.  What the ring has no
 * room for is told at a later flush, and all groups are told anew to a new backend.  With more
 * groups than a backend keeps the filter is lifted. */
#include <string.h>
#include "drivers/netfront/netfront.h"
#include "mir/err.h"
#include "mir/format.h"
#include "mir/stats.h"
#include "mir/task.h"

static uint64_t lifted;
MIR_COUNTER(netfront_filter_lifted, &lifted, "times there were too many groups to filter");

static struct netfront_group *
find(struct netfront *nf, const uint8_t mac[6])
{
	for (unsigned i = 0; i < NETFRONT_GROUPS; i++)
		if (nf->group[i].joins && memcmp(nf->group[i].mac, mac, 6) == 0)
			return &nf->group[i];
	return NULL;
}

/* One that is still to be taken from the filter is not free. */
static struct netfront_group *
find_free(struct netfront *nf)
{
	for (unsigned i = 0; i < NETFRONT_GROUPS; i++)
		if (!nf->group[i].joins && !nf->group[i].told)
			return &nf->group[i];
	return NULL;
}

/* Only a backend that looks at the key again can be asked so late; the next one is asked at once. */
static void
lift(void *netfront)
{
	struct netfront *nf = netfront;
	char path[64];

	mir_snprintf(path, sizeof path, "%s/request-multicast-control", nf->xbdev.front);
	xs_write(0, path, "0");
}

/* One that may be in the filter is taken from it first: backends keep doubles. */
static int
tell(struct netfront *nf, struct netfront_group *g)
{
	int err = MIR_OK;

	if (g->doubted) {
		err = tx_group_send(nf->queue[0], g->mac, false);
		g->doubted = g->told = err != MIR_OK;
	}
	if (err || g->told == (g->joins != 0))
		return err;
	err = tx_group_send(nf->queue[0], g->mac, g->joins != 0);
	if (!err)
		g->told = g->joins != 0;
	return err;
}

void
netfront_groups_tell(struct netfront *nf)
{
	nf->groups_wait = false;
	for (unsigned i = 0; i < NETFRONT_GROUPS; i++) {
		struct netfront_group *g = &nf->group[i];

		if (tell(nf, g)) {
			nf->groups_wait = true;
			return;
		}
	}
}

void
netfront_groups_forget(struct netfront *nf)
{
	for (unsigned i = 0; i < NETFRONT_GROUPS; i++)
		nf->group[i].told = nf->group[i].doubted = false;
}

void
netfront_groups_doubt(struct netfront *nf)
{
	for (unsigned i = 0; i < NETFRONT_GROUPS; i++)
		nf->group[i].doubted = nf->group[i].told;
	nf->groups_wait = true;
}

bool
netfront_groups_filter(const struct netfront *nf)
{
	return netfront_has(nf, FEATURE_MULTICAST) && !nf->all_groups;
}

static int
join_new(struct netfront *nf, const uint8_t mac[6])
{
	struct netfront_group *g = find_free(nf);

	if (g) {
		*g = (struct netfront_group){ .joins = 1 };
		memcpy(g->mac, mac, 6);
		return MIR_OK;
	}
	lifted++;
	if (!nf->all_groups && nf->open)
		mir_spawn("netfront groups", lift, nf);
	nf->all_groups = true;
	return MIR_EFULL;
}

int
netfront_multicast(struct mir_netif *nif, const uint8_t mac[6], bool join)
{
	struct netfront *nf = (struct netfront *)nif;
	struct netfront_group *g = find(nf, mac);
	int err = MIR_OK;

	if (g && join)
		g->joins++;
	else if (g)
		g->joins--;
	else if (join)
		err = join_new(nf, mac);
	nf->groups_wait = true;
	return err;
}
