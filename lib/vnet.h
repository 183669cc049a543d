/* SPDX-License-Identifier: ISC */
/* lib/vnet.h - the header before a frame that virtio-net devices and Linux's taps have in common
 * (virtio 1.1, 5.1.6): blank checksums, and TCP segments that stand for several.
 *
 * Numbers are little-endian, as the machine's.  Pure; does not allocate. */
#ifndef LIB_VNET_H
#define LIB_VNET_H

#include <stddef.h>
#include <stdint.h>
#include "mir/buf.h"

#define VNET_HDR	10		/* Bytes; virtio has two more: how many buffers. */
#define VNET_BUFFERS	10		/* Where they are. */
#define VNET_FRAME_MAX	(14 + 65535u)	/* Bytes of a frame that stands for several. */

struct vnet_frame {			/* What goes into a mir_buf. */
	uint16_t flags, gso_size;
};

/* Judges the header of a received frame of 'len' bytes.  'agreed': what the device was allowed to
 * do, enum mir_netif_offload.  MIR_EIO: it did something else, or contradicts itself. */
int vnet_parse(const uint8_t p[VNET_HDR], size_t len, unsigned agreed, struct vnet_frame *out);

/* For a frame of ours that is to be sent: all headers are in its first piece. */
void vnet_build(uint8_t p[VNET_HDR], const struct mir_buf *b);

#endif
