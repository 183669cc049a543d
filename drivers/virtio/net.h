/* SPDX-License-Identifier: ISC */
/* drivers/virtio/net.h - the virtio network device (virtio 1.1, 5.1), for its own files. */
#ifndef VIRTIO_NET_H
#define VIRTIO_NET_H

#include "mir/netif.h"
#include "mir/timer.h"
#include "pc/virtio_bus.h"

#define ETH_HEADER	14
#define HEADER_LEGACY	10		/* struct virtio_net_hdr without num_buffers. */
#define HEADER		12

enum { VIRTIO_NET_RX, VIRTIO_NET_TX };

struct virtio_net {
	struct mir_netif nif;		/* First. */
	struct virtio_dev *dev;
	struct virtq rx, tx;
	struct mir_timer refill;	/* When there was no memory for any receive buffer. */
	uint16_t header;		/* Bytes before each frame. */
	bool tx_waits;			/* The client was refused and waits for tx_ready. */
};

/* Lends the device as many pages as it takes and memory allows. */
void virtio_net_rx_fill(struct virtio_net *vn);

/* Hands up what came in.  MIR_EPROTO: the device broke the protocol. */
int virtio_net_rx(struct virtio_net *vn);

void virtio_net_refill_fired(struct mir_timer *t);

/* Where the frame is in a page of which the device says it wrote 'written' bytes, a header of
 * 'header' bytes first.  MIR_EIO: no whole Ethernet header, or more than fits 'mtu'. */
int virtio_net_rx_check(uint32_t written, uint16_t header, uint16_t mtu, uint32_t *len);

#endif
