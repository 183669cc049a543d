/* SPDX-License-Identifier: ISC */
/* test/support/xen/netback.h - dom0's half of a vif: follows the frontend by xenstore, takes the
 * frames it sends, gives it others. */
#ifndef TEST_SUPPORT_XEN_NETBACK_H
#define TEST_SUPPORT_XEN_NETBACK_H

#include "test/support/xen/backend.h"
#include "xen/abi_ring.h"
#include <xen/io/netif.h>

#define NETBACKS	2u
#define NETBACK_FRAME	65536u
#define NETBACK_QUEUES	4u

struct netback_queue {
	struct netback *back;
	struct netif_tx_back_ring tx;
	struct netif_rx_back_ring rx;
	grant_ref_t tx_ref, rx_ref;
	evtchn_port_t tx_port, rx_port;	/* The same one without split event channels. */
	unsigned tx_events, rx_events;	/* Notifications on these ports. */
	unsigned frames;		/* It took. */
};

struct netback {
	struct backend be;		/* First. */
	struct netback_queue q[NETBACK_QUEUES];
	unsigned queues;		/* Connected. */
	unsigned takes;			/* Queues; a frontend with more is refused. */
	unsigned to;			/* The queue that netback_send takes. */
	struct {
		struct xen_netif_ctrl_back_ring ring;
		grant_ref_t ref;	/* 0: there is none. */
		evtchn_port_t port;
		bool dumb, foreign;	/* Gives no answer; answers to something else. */
		uint32_t status;	/* Of what it answers. */
		uint32_t algorithm, flags, size, table[128];
		uint8_t key[40];
	} ctrl;
	struct fake_actor begin;	/* What came before it was connected. */
	void (*work)(void *back);	/* What a notification has it do. */

	bool hold;			/* Maps what is sent and gives no answer until false. */
	int16_t tx_status;		/* What it answers. */
	struct { struct netback_queue *q; grant_ref_t ref; uint16_t id; } held[512];
	unsigned helds;
	unsigned events;		/* Notifications it got. */
	unsigned frames;		/* It took, and the last of them. */
	uint8_t last[NETBACK_FRAME];
	size_t last_len;
	uint16_t last_flags;		/* NETTXF_... of the first request. */
	struct netif_extra_info last_extra;	/* type 0: none. */
	uint8_t group[64][6];		/* Its filter. */
	unsigned groups;
};
extern struct netback netbacks[NETBACKS];

/* As the toolstack: a vif whose backend waits; its end, frontend's folder first. */
struct netback *netback_add(unsigned id);
void netback_remove(unsigned id);

bool netback_send(struct netback *b, const void *frame, size_t len);	/* False: no buffers. */
bool netback_send_joined(struct netback *b, const void *frame, size_t len, unsigned gso_type,
			 uint16_t gso_size);
void netback_ctrl_work(void *back);
void netback_notify(struct netback *b);
void netback_work(void *back);			/* 'work', unless a test has another. */

#endif
