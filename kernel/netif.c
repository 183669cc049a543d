/* SPDX-License-Identifier: ISC */
/* The list of network devices. */
#include "mir/netif.h"
#include "mir/err.h"
#include "mir/panic.h"

static struct mir_netif *netifs;
static struct mir_waitq arrived;

void
mir_netif_register(struct mir_netif *nif)
{
	struct mir_netif **link = &netifs;

	while (*link && (*link)->index < nif->index)
		link = &(*link)->next;
	nif->next = *link;
	*link = nif;
	mir_wake(&arrived);
}

struct mir_netif *
mir_netif_get(unsigned index, mir_ns deadline)
{
	struct mir_netif *nif;

	for (;;) {
		for (nif = netifs; nif; nif = nif->next)
			if (nif->index == index)
				return nif;
		if (deadline <= mir_now() || mir_wait(&arrived, deadline))
			return NULL;
	}
}

struct mir_netif *
mir_netif_first(void)
{
	return netifs;
}

void
mir_netif_attach(struct mir_netif *nif, const struct mir_netif_client *client)
{
	MIR_ASSERT(!nif->client.rx);
	nif->client = *client;
	if (nif->info.link)
		client->link(client->ctx);
}

void
mir_netif_flush_all(void)
{
	for (struct mir_netif *nif = netifs; nif; nif = nif->next)
		if (nif->ops->flush)
			nif->ops->flush(nif);
}
