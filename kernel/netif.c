/* SPDX-License-Identifier: ISC */
/* The list of network devices. */
#include <stddef.h>
#include "mir/netif.h"
#include "mir/err.h"
#include "mir/panic.h"

static struct mir_devices netifs = { .what = "network device" };

static struct mir_netif *
netif_of(const struct mir_device *d)
{
	return d ? (struct mir_netif *)((char *)d - offsetof(struct mir_netif, device)) : NULL;
}

void
mir_netif_register(struct mir_netif *nif)
{
	mir_device_add(&netifs, &nif->device);
}

struct mir_netif *
mir_netif_get(unsigned index, mir_ns deadline)
{
	struct mir_device *d;

	return mir_device_get(&netifs, index, deadline, &d) ? NULL : netif_of(d);
}

int
mir_netif_open(unsigned index, struct mir_netif **out)
{
	struct mir_device *d;
	int err = mir_device_await(&netifs, index, &d);

	if (!err)
		*out = netif_of(d);
	return err;
}

struct mir_netif *
mir_netif_first(void)
{
	return netif_of(netifs.first);
}

struct mir_netif *
mir_netif_next(const struct mir_netif *nif)
{
	return netif_of(nif->device.next);
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
	for (struct mir_netif *nif = mir_netif_first(); nif; nif = mir_netif_next(nif))
		if (nif->ops->flush)
			nif->ops->flush(nif);
}
