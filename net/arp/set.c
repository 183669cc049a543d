/* SPDX-License-Identifier: ISC */
/* Entries that come from elsewhere than the network. */
#include "net/arp/cache.h"

/* A host's address, and nobody's of ours. */
static bool
is_neighbour(const struct arp *a, uint32_t ip, const uint8_t mac[ETHER_ADDR])
{
	static const uint8_t zeros[ETHER_ADDR];

	if (ip >> 28 >= 0xe || ip >> 24 == 127 || ip >> 24 == 0 || ip == a->ip || ip == a->probe_ip)
		return false;
	return !ether_is_group(mac) && memcmp(mac, zeros, ETHER_ADDR) != 0
	       && memcmp(mac, a->mac, ETHER_ADDR) != 0;
}

int
arp_set(struct arp *a, mir_ns now, uint32_t ip, const uint8_t mac[ETHER_ADDR])
{
	struct arp_entry *e = arp_find(a, ip);
	struct arp_observer observer = a->observer;

	if (!is_neighbour(a, ip, mac))
		return MIR_EINVAL;
	e = e ?: arp_new_entry(a, now, ip, false);
	if (!e)
		return MIR_ENOMEM;
	a->observer.event = NULL;
	arp_confirm(a, now, e, mac);
	a->observer = observer;
	return MIR_OK;
}

void
arp_forget(struct arp *a, uint32_t ip)
{
	struct arp_entry *e = arp_find(a, ip);

	if (!e)
		return;
	arp_drop_pending(e);
	e->state = ARP_FREE;
}
