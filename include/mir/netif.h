/* SPDX-License-Identifier: ISC */
/* mir/netif.h - what a network stack may ask of a network device: Ethernet frames.
 *
 * Threads:   every call and callback runs on the scheduler's loop; none blocks.
 * Units:     bytes; 'mtu' leaves out the 14-byte Ethernet header.
 * Errors:    0 or a negative enum mir_err.
 * Life:      see mir/device.h.  The link may go down (backend gone, cable out) and come up
 *            again, perhaps with another MAC or MTU: 'link' is called after 'info' changed. */
#ifndef MIR_NETIF_H
#define MIR_NETIF_H

#include <stdbool.h>
#include <stdint.h>
#include "mir/buf.h"
#include "mir/clock.h"
#include "mir/device.h"

struct mir_netif;

enum mir_netif_offload {		/* What the device does for a frame that is sent. */
	MIR_NETIF_CSUM4 = 1,		/* TCP and UDP checksums over IPv4: MIR_BUF_CSUM_BLANK. */
	MIR_NETIF_CSUM6 = 2,		/* The same over IPv6, no extension headers. */
	MIR_NETIF_TSO4 = 4,		/* Cuts TCP segments over IPv4: mir_buf.gso_size. */
	MIR_NETIF_TSO6 = 8,
};

struct mir_netif_info {
	uint8_t mac[6];
	uint16_t mtu;
	bool link;			/* Frames can be sent and received. */
	uint8_t offload;		/* enum mir_netif_offload; may change with the link. */
	uint32_t gso_max;		/* Bytes of the largest frame with gso_size, all headers
					 * included; 0 without TSO. */
};

struct mir_netif_stats {
	uint64_t rx_frames, rx_bytes;	/* Handed up. */
	uint64_t tx_frames, tx_bytes;	/* Taken from the stack. */
	uint64_t rx_errors;		/* Frames the device or backend lost or spoiled. */
	uint64_t tx_full;		/* Sends refused with MIR_EAGAIN. */
	uint64_t copied_bytes;		/* Payload bytes the driver copied. */
	uint64_t notifies;		/* Times the other side was notified. */
	uint64_t rx_joined, tx_cut;	/* Frames with gso_size, received and sent. */
};

struct mir_netif_ops {
	const char *name;		/* "netfront", "virtio-net", ... */

	/* Queues chain 'b', one Ethernet frame.  0: the device owns it and frees it when the
	 * other side is done.  Any error: still the caller's.  MIR_EAGAIN: the ring is full,
	 * tx_ready is called when there is room, but never inside of this call.
	 * MIR_EGONE: link down.  MIR_EMSGSIZE. */
	int (*tx)(struct mir_netif *, struct mir_buf *b);

	/* Sends what was queued: called once after a batch of tx calls, at the latest before
	 * the loop sleeps (mir_netif_flush_all).  May be NULL. */
	void (*flush)(struct mir_netif *);

	/* Frames to Ethernet group 'mac' are wanted, or no longer.  NULL: all groups' frames are
	 * received anyway.  A driver keeps what it was told over a reconnect.  MIR_EFULL: more
	 * groups than the device can filter, so it lets all through. */
	int (*multicast)(struct mir_netif *, const uint8_t mac[6], bool join);
};

/* What the stack wants to hear. */
struct mir_netif_client {
	void (*rx)(void *ctx, struct mir_buf *b);	/* One frame; the client owns it. */
	void (*tx_ready)(void *ctx);
	void (*link)(void *ctx);			/* info changed. */
	void *ctx;
};

struct mir_netif {			/* First member of each driver's own struct. */
	const struct mir_netif_ops *ops;
	struct mir_netif_info info;
	struct mir_netif_stats stats;
	struct mir_netif_client client;	/* rx is NULL until a stack attached. */
	struct mir_device device;	/* Its number: the vif's, or the order on the bus. */
};

/* Drivers: makes the device known, once, with ops, info and device.index filled in. */
void mir_netif_register(struct mir_netif *nif);

/* The registered device with that number; waits for it until the deadline.  NULL: none came
 * (or cancelled).  Blocks only when deadline > now. */
struct mir_netif *mir_netif_get(unsigned index, mir_ns deadline);

/* The same for ever; says in the log what is missing.  MIR_ECANCELED. */
int mir_netif_open(unsigned index, struct mir_netif **out);

/* For listings; NULL behind the last. */
struct mir_netif *mir_netif_first(void);
struct mir_netif *mir_netif_next(const struct mir_netif *nif);

/* Attaches the one client; calls client.link at once if the link is up already. */
void mir_netif_attach(struct mir_netif *nif, const struct mir_netif_client *client);

static inline int
mir_netif_tx(struct mir_netif *nif, struct mir_buf *b)
{
	return nif->ops->tx(nif, b);
}

void mir_netif_flush_all(void);		/* The loop calls this before it sleeps. */

#endif
