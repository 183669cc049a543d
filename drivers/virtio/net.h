/* SPDX-License-Identifier: ISC */
/* drivers/virtio/net.h - the virtio network device (virtio 1.1, 5.1), for its own files. */
#ifndef VIRTIO_NET_H
#define VIRTIO_NET_H

#include "lib/vnet.h"
#include "mir/netif.h"
#include "mir/timer.h"
#include "pc/virtio_bus.h"

#define ETH_HEADER	14
#define HEADER_LEGACY	VNET_HDR	/* struct virtio_net_hdr without num_buffers. */
#define HEADER		12

enum { VIRTIO_NET_RX, VIRTIO_NET_TX };

struct virtio_net_rules {		/* What was agreed on for received frames. */
	uint16_t header;		/* Bytes before each frame, sent ones too. */
	uint16_t mtu;
	uint8_t joins;			/* enum mir_netif_offload: what the device may leave to us. */
	bool merge;			/* A frame may fill several buffers. */
};

struct virtio_net_head {		/* What a frame's first buffer says. */
	struct vnet_frame frame;
	uint32_t most;			/* Bytes that the frame may have. */
	uint16_t buffers;
};

struct virtio_net {
	struct mir_netif nif;		/* First. */
	struct virtio_dev *dev;
	struct virtq rx, tx;
	struct mir_timer refill;	/* When there was no memory for any receive buffer. */
	struct virtio_net_rules rules;
	struct mir_buf *frame, *tail;	/* Of a frame whose buffers are not all here. */
	uint32_t room;			/* Bytes that may still come of it. */
	uint16_t missing;		/* Buffers. */
	bool spoiled;			/* It is dropped. */
	bool joined_header;		/* Header and frame may share a descriptor. */
	bool tx_waits;			/* The client was refused and waits for tx_ready. */
};

/* Lends the device as many pages as it takes and memory allows. */
void virtio_net_rx_fill(struct virtio_net *vn);

/* Hands up what came in.  MIR_EPROTO: the device broke the protocol. */
int virtio_net_rx(struct virtio_net *vn);

void virtio_net_refill_fired(struct mir_timer *t);

/* Judges a frame's first buffer, of which the device says it wrote 'written' bytes; 'header' is a
 * copy of the header.  MIR_EIO: it is to be dropped, with all 'buffers' of it.  MIR_EPROTO: nobody
 * knows where the next frame starts. */
int virtio_net_rx_check(const struct virtio_net_rules *r, const uint8_t header[HEADER],
			uint32_t written, struct virtio_net_head *out);

#endif
