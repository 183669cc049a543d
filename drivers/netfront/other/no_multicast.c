/* SPDX-License-Identifier: ISC */
/* All groups' frames are received: in the place of multicast.c. */
#include "drivers/netfront/netfront.h"
#include "mir/err.h"

void
netfront_groups_tell(struct netfront *nf)
{
	nf->groups_wait = false;
}

void
netfront_groups_forget(struct netfront *nf)
{
	(void)nf;
}

void
netfront_groups_doubt(struct netfront *nf)
{
	(void)nf;
}

bool
netfront_groups_filter(const struct netfront *nf)
{
	(void)nf;
	return false;
}

int
netfront_multicast(struct mir_netif *nif, const uint8_t mac[6], bool join)
{
	(void)nif;
	(void)mac;
	return join ? MIR_EFULL : MIR_OK;
}
