/* SPDX-License-Identifier: ISC */
/* What netfront and netback tell each other by xenstore (xen/io/netif.h). */
#include "drivers/netfront/netfront.h"
#include "mir/err.h"
#include "mir/format.h"
#include "mir/log.h"

#define MTU_DEFAULT	1500u
#define MTU_LEAST	68u		/* RFC 791. */
#define MTU_MOST	(FRAME_MAX - ETH_HEADER)

static const char *const features[NETFRONT_FEATURES] = {
	[FEATURE_SG] = "feature-sg",
	[FEATURE_GSO4] = "feature-gso-tcpv4",
	[FEATURE_GSO6] = "feature-gso-tcpv6",
	[FEATURE_CSUM6] = "feature-ipv6-csum-offload",
	[FEATURE_NO_CSUM4] = "feature-no-csum-offload",
	[FEATURE_SPLIT] = "feature-split-event-channels",
	[FEATURE_MULTICAST] = "feature-multicast-control",
	[FEATURE_CTRL] = "feature-ctrl-ring",
};

bool
netfront_has(const struct netfront *nf, enum netfront_feature f)
{
	return nf->feature_text[f][0] == '1' && !nf->feature_text[f][1];
}

unsigned
netfront_features(const struct netfront *nf)
{
	unsigned all = 0;

	for (unsigned i = 0; i < NETFRONT_FEATURES; i++)
		all |= (unsigned)netfront_has(nf, i) << i;
	return all;
}

void
netfront_read_front(struct xenbus_device *dev, struct xs_batch *b)
{
	struct netfront *nf = netfront_of_xenbus(dev);

	xs_batch_read(b, dev->front, "mac", nf->mac_text, sizeof nf->mac_text);
	xs_batch_read(b, dev->front, "mtu", nf->mtu_text, sizeof nf->mtu_text);
}

void
netfront_read_back(struct xenbus_device *dev, struct xs_batch *b)
{
	struct netfront *nf = netfront_of_xenbus(dev);

	for (unsigned i = 0; i < NETFRONT_FEATURES; i++)
		xs_batch_read(b, dev->back, features[i], nf->feature_text[i],
			      sizeof nf->feature_text[i]);
	nf->queues_text[0] = 0;
	if (netfront_queues_asked() > 1)
		xs_batch_read(b, dev->back, "multi-queue-max-queues", nf->queues_text,
			      sizeof nf->queues_text);
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int
netfront_parse_mac(const char *text, uint8_t mac[6])
{
	int high, low;

	for (unsigned i = 0; i < 6; i++) {
		high = hex_digit(text[0]);
		low = high < 0 ? -1 : hex_digit(text[1]);
		if (low < 0 || text[2] != (i < 5 ? ':' : 0))
			return MIR_EINVAL;
		mac[i] = (uint8_t)(high << 4 | low);
		text += 3;
	}
	return mac[0] & 1 ? MIR_EINVAL : MIR_OK;	/* A group address is nobody's. */
}

/* A segment to cut has several slots and a blank checksum. */
static void
take_offload(struct netfront *nf)
{
	struct mir_netif_info *info = &nf->nif.info;

	nf->sg = netfront_has(nf, FEATURE_SG);
	info->offload = netfront_has(nf, FEATURE_NO_CSUM4) ? 0 : MIR_NETIF_CSUM4;
	if (netfront_has(nf, FEATURE_CSUM6))
		info->offload |= MIR_NETIF_CSUM6;
	if (nf->sg && info->offload & MIR_NETIF_CSUM4 && netfront_has(nf, FEATURE_GSO4))
		info->offload |= MIR_NETIF_TSO4;
	if (nf->sg && info->offload & MIR_NETIF_CSUM6 && netfront_has(nf, FEATURE_GSO6))
		info->offload |= MIR_NETIF_TSO6;
	info->gso_max = info->offload & (MIR_NETIF_TSO4 | MIR_NETIF_TSO6) ? FRAME_MAX : 0;
}

void
netfront_parse_mtu(struct netfront *nf)
{
	uint64_t mtu = MTU_DEFAULT;

	if (nf->mtu_text[0] &&
	    (xs_parse_uint(nf->mtu_text, &mtu) || mtu < MTU_LEAST || mtu > MTU_MOST)) {
		mir_warn("netfront", "%s/mtu: \"%s\" makes no sense", nf->xbdev.front,
			 nf->mtu_text);
		mtu = MTU_DEFAULT;
	}
	nf->nif.info.mtu = (uint16_t)mtu;
}

int
netfront_take_keys(struct netfront *nf)
{
	struct mir_netif_info *info = &nf->nif.info;

	if (netfront_parse_mac(nf->mac_text, info->mac)) {
		mir_error("netfront", "%s/mac: not an address: \"%s\"", nf->xbdev.front,
			  nf->mac_text);
		return MIR_EPROTO;
	}
	netfront_parse_mtu(nf);
	take_offload(nf);
	return MIR_OK;
}

/* A queue has four keys. */
static int
tell_queue(struct netfront *nf, const struct netfront_queue *q, struct xs_batch *b,
	   const char *dir)
{
	bool split = q->rx_port != q->tx_port;
	int err = xs_batch_room(b);

	xs_batch_write(b, dir, "tx-ring-ref", "%u", q->tx.ring_ref);
	xs_batch_write(b, dir, "rx-ring-ref", "%u", q->rx.ring_ref);
	xs_batch_write(b, dir, split ? "event-channel-tx" : "event-channel", "%u", q->tx_port);
	if (split)
		xs_batch_write(b, dir, "event-channel-rx", "%u", q->rx_port);
	nf->told_split |= split;
	return err;
}

/* What another connection left there: a backend would go by it. */
static void
forget(const char *dir, const char *a, const char *b)
{
	xs_rm_in(dir, a);
	xs_rm_in(dir, b);
}

/* The keys of one queue stand beside the others, those of several in a folder each. */
static int
tell_queues(struct netfront *nf, struct xs_batch *b)
{
	const char *front = nf->xbdev.front;
	const struct netfront_queue *q;
	char dir[48];
	int err = MIR_OK;

	for (unsigned i = 0; i < nf->queues && !err; i++) {
		q = nf->queue[i];
		mir_snprintf(dir, sizeof dir, nf->queues > 1 ? "%s/queue-%u" : "%s", front, i);
		if (nf->told_split && q->rx_port == q->tx_port)
			forget(dir, "event-channel-tx", "event-channel-rx");
		err = tell_queue(nf, q, b, dir);
	}
	return err;
}

/* No key forbids blank checksums: the flags of a received frame say which one has one, and the
 * stack then takes the backend's word. */
int
netfront_tell(struct netfront *nf, struct xs_batch *b)
{
	static const char *const ours[] = {
		"request-rx-copy", "feature-rx-notify", "feature-sg", "feature-gso-tcpv4",
		"feature-gso-tcpv6", "feature-ipv6-csum-offload",
	};
	const char *dir = nf->xbdev.front;

	if (nf->told_ctrl && !nf->ctrl.port)
		forget(dir, "ctrl-ring-ref", "event-channel-ctrl");
	for (unsigned i = 0; i < sizeof ours / sizeof *ours; i++)
		xs_batch_write(b, dir, ours[i], "1");
	if (netfront_has(nf, FEATURE_MULTICAST))
		xs_batch_write(b, dir, "request-multicast-control", "%u",
			       netfront_groups_filter(nf));
	if (netfront_queues_asked() > 1)
		xs_batch_write(b, dir, "multi-queue-num-queues", "%u", nf->queues);
	if (nf->ctrl.port) {
		xs_batch_write(b, dir, "ctrl-ring-ref", "%u", nf->ctrl.ring_ref);
		xs_batch_write(b, dir, "event-channel-ctrl", "%u", nf->ctrl.port);
	}
	nf->told_ctrl |= nf->ctrl.port != 0;
	return tell_queues(nf, b);
}
