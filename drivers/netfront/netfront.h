/* SPDX-License-Identifier: ISC */
/* drivers/netfront/netfront.h - one vif: its state, and what the driver's files share.
 *
 * The protocol is xen/io/netif.h's: two rings of requests and responses, tx and rx, in one page
 * each; pages named by grants. */
#ifndef NETFRONT_NETFRONT_H
#define NETFRONT_NETFRONT_H

#include "mir/buf.h"
#include "mir/netif.h"
#include "mir/page.h"
#include "mir/timer.h"
#include "xen/abi_ring.h"
#include "xen/xenbus.h"
#include <xen/io/netif.h>

#define RING_SLOTS	256u		/* Of each ring, in one page. */
#define FRAME_SLOTS	XEN_NETIF_NR_SLOTS_MIN	/* Most slots a frame may take. */
#define FRAME_MAX	65535u		/* Bytes. */
#define ETH_HEADER	14u
#define NETFRONT_QUEUES_MAX 8u
#define NETFRONT_GROUPS	64u		/* As many as Linux's netback keeps. */
#define COPYBREAK	256u		/* Received frames up to this many bytes are copied. */
/* Sent ones in several pieces, too: the backend maps each page beyond the first 128 bytes, which
 * costs it more than the copy costs us. */
#define TX_COPYBREAK	512u

enum netfront_feature {			/* Of the backend. */
	FEATURE_SG, FEATURE_GSO4, FEATURE_GSO6, FEATURE_CSUM6, FEATURE_NO_CSUM4, FEATURE_SPLIT,
	FEATURE_MULTICAST, FEATURE_CTRL,
	NETFRONT_FEATURES
};

struct netfront;
struct netfront_queue;

struct rx_page {			/* A page for received frames. */
	struct mir_mem mem;		/* First: what views of the page refer to. */
	struct netfront_queue *q;
	struct rx_page *next;		/* Spare list. */
	grant_ref_t ref;		/* While posted, to 'domain'. */
	domid_t domain;
};

struct netfront_rx {
	struct netif_rx_front_ring ring;
	struct rx_page *slot[RING_SLOTS];	/* What request index & 255 lent, or NULL. */
	struct rx_page *spare;		/* Pages ready to be posted. */
	unsigned spares;
	RING_IDX pushed;		/* Requests the backend was told of. */
	unsigned target;		/* Pages that should be posted. */
	unsigned pages;			/* All there are: posted, spare, with the stack. */
	struct mir_buf *frame, *tail;	/* Pieces of a frame that is not complete. */
	unsigned pieces;
	bool spoiled;			/* Drop the frame when it is complete. */
	bool extras;			/* The next slot holds extra info. */
	bool extras_then_more;		/* Data of the frame follows behind the extras. */
	uint16_t gso_size;		/* Of the frame, as its extra info said. */
	grant_ref_t ring_ref;
};

struct tx_frame {			/* One frame in flight. */
	struct mir_buf *buf;
	uint16_t pending;		/* Slots that were not answered. */
	uint16_t next;			/* Free list. */
};

#define TX_NO_GRANT	UINT32_MAX	/* In flight, but no page goes with it. */

struct tx_slot {			/* What request id lent. */
	grant_ref_t ref;		/* 0: not in flight; TX_NO_GRANT. */
	uint16_t frame;
	uint16_t next;			/* Free list. */
	uint16_t place;			/* Of a static grant, or 0. */
};

struct netfront_tx {
	struct netif_tx_front_ring ring;
	struct tx_slot slot[RING_SLOTS];
	struct tx_frame frame[RING_SLOTS];
	uint16_t free_slot, free_frame;	/* Heads of lists; as many as the ring has slots. */
	uint16_t extras;		/* Extra info in flight: each has an answer, too. */
	RING_IDX pushed;		/* Requests the backend was told of. */
	bool full;			/* The stack waits for tx_ready. */
	struct mir_timer reap;
	mir_ns reap_wait;
	grant_ref_t ring_ref;
};

struct netfront_queue {			/* Two rings and how they are told of; never freed. */
	struct netfront *nf;
	struct netfront_rx rx;
	struct netfront_tx tx;
	evtchn_port_t tx_port, rx_port;	/* The same one without split event channels; or 0. */
	bool open;			/* Rings and event channels are there. */
};

struct netfront_ctrl {			/* The control ring. */
	struct xen_netif_ctrl_front_ring ring;
	grant_ref_t ring_ref;
	evtchn_port_t port;		/* 0: there is none. */
	void *page;			/* For what does not fit a question. */
	grant_ref_t page_ref;		/* 0: there is none. */
	struct mir_waitq answered;
};

struct netfront_group {			/* An Ethernet group. */
	uint8_t mac[6];
	bool told;			/* It is in the backend's filter. */
	bool doubted;			/* It may be. */
	uint16_t joins;			/* 0: not wanted. */
};

struct netfront {
	struct mir_netif nif;
	struct xenbus_device xbdev;
	struct netfront_queue *queue[NETFRONT_QUEUES_MAX];
	unsigned queues;		/* Of them open, the first ones. */
	unsigned queue_limit;		/* The backend did not take more. */
	bool open;			/* All queues there are going to be are there. */
	bool registered;
	bool sg;			/* The backend takes frames of several slots. */
	unsigned lost;			/* Frames in flight when the backend left. */
	bool groups_wait;		/* Some are to be told. */
	bool all_groups;		/* There were too many. */
	bool told_split, told_ctrl;	/* Keys of these may be in xenstore. */
	unsigned state_seen;		/* Events of the backend's state. */
	char mac_text[20], mtu_text[8], queues_text[8];
	char feature_text[NETFRONT_FEATURES][4];	/* The backend's, as read. */
	struct netfront_group group[NETFRONT_GROUPS];
	struct netfront_ctrl ctrl;
};

static inline struct netfront *
netfront_of_xenbus(struct xenbus_device *dev)
{
	return (struct netfront *)((char *)dev - offsetof(struct netfront, xbdev));
}

extern uint64_t netfront_copybreak;	/* Bytes of small frames copied, both ways. */

/* Closes the device: the backend broke the protocol, as 'why' says. */
void netfront_broken(struct netfront *nf, const char *why);

/* netfront_xs.c: the talk by xenstore. */
void netfront_read_front(struct xenbus_device *dev, struct xs_batch *b);
void netfront_read_back(struct xenbus_device *dev, struct xs_batch *b);
int netfront_take_keys(struct netfront *nf);	/* MAC, MTU and features, as read. */
void netfront_parse_mtu(struct netfront *nf);
bool netfront_has(const struct netfront *nf, enum netfront_feature f);
unsigned netfront_features(const struct netfront *nf);	/* A bit each. */
int netfront_tell(struct netfront *nf, struct xs_batch *b);
int netfront_parse_mac(const char *text, uint8_t mac[6]);	/* Pure. */

extern uint64_t netfront_side_tx, netfront_side_rx;

/* netfront.c: keys that follow.c looks after were read anew. */
void netfront_changed(struct netfront *nf, bool carrier);

/* The backend, or another one, connected to the rings as they are. */
void netfront_again(struct netfront *nf);

/* follow.c: in the device's task. */
void netfront_follow(struct netfront *nf);
bool netfront_look(struct xenbus_device *dev);

/* ctrl.c, or other/no_ctrl.c.  Open: with several queues, where the backend has one; an error
 * leaves what there is for the close.  Connected: in the device's task. */
int netfront_ctrl_open(struct netfront *nf);
void netfront_ctrl_close(struct netfront *nf);
void netfront_ctrl_connected(struct netfront *nf);
bool netfront_ctrl_idle(const struct netfront *nf);	/* No question is out. */

/* multicast.c, or other/no_multicast.c */
int netfront_multicast(struct mir_netif *nif, const uint8_t mac[6], bool join);
void netfront_groups_tell(struct netfront *nf);
void netfront_groups_forget(struct netfront *nf);	/* The backend is gone. */
void netfront_groups_doubt(struct netfront *nf);	/* It may have forgotten them. */
bool netfront_groups_filter(const struct netfront *nf);	/* Ask for it. */

/* queue.c.  Open: an error leaves what there is for the close. */
int netfront_queue_open(struct netfront *nf, unsigned index);
void netfront_queue_close(struct netfront_queue *q);
void netfront_queue_flush(struct netfront_queue *q);
void netfront_queue_again(struct netfront_queue *q);

/* multiqueue.c, or other/onequeue.c in its place. */
unsigned netfront_queues_asked(void);		/* By the command line. */
unsigned netfront_steer(unsigned queues, const struct mir_buf *b);	/* Pure: the queue of 'b'. */

/* ring.c: a page for a ring of either kind, empty, lent to the backend as '*ref'; NULL. */
void *netfront_ring_new(struct netfront *nf, grant_ref_t *ref);

/* rx.c, rx_page.c */
int netfront_rx_open(struct netfront_queue *q);
void netfront_rx_close(struct netfront_queue *q);
bool netfront_rx_poll(struct netfront_queue *q);	/* True: look again. */
bool netfront_rx_flush(struct netfront_queue *q);	/* True: notify. */
void netfront_rx_again(struct netfront_queue *q);
struct rx_page *rx_page_get(struct netfront_queue *q);
void rx_page_put(struct rx_page *p);
void rx_page_free(struct rx_page *p);

/* rx_flight.c, or other/rx_persistent.c: before a received page goes up.  MIR_EAGAIN: still in use. */
int rx_page_take(struct rx_page *p);

/* static_grants.c, or other/no_static_grants.c.  Get: the kept grant of a page that never changes, its
 * '*place' for the put, when it is no longer in flight; or 0. */
grant_ref_t static_grant_get(domid_t domain, const void *page, uint16_t *place);
void static_grant_put(uint16_t place);
void static_grants_end(void);

/* tx.c, tx_frame.c */
int netfront_tx_open(struct netfront_queue *q);
void netfront_tx_close(struct netfront_queue *q);
int netfront_tx(struct mir_netif *nif, struct mir_buf *b);
bool netfront_tx_flush(struct netfront_queue *q);	/* True: notify. */
void netfront_tx_reap(struct netfront_queue *q);
void tx_frames_init(struct netfront_tx *tx);
int tx_frame_send(struct netfront_queue *q, struct mir_buf *b, unsigned gso_type);
int tx_group_send(struct netfront_queue *q, const uint8_t mac[6], bool join);
int tx_slot_done(struct netfront_tx *tx, uint16_t id);
unsigned tx_frames_abandon(struct netfront_tx *tx);	/* How many frames there were. */

#endif
