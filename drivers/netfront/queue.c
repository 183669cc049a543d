/* SPDX-License-Identifier: ISC */
/* A queue of a vif: a ring each way, their event channels, and what events do.
 *
 * With split event channels a notification says which ring it is about, so the backend wakes only
 * the half concerned; to us both mean the same: look at both rings, which costs little. */
#include <string.h>
#include "drivers/netfront/netfront.h"
#include "mir/err.h"
#include "mir/stats.h"
#include "xen/events.h"

#define PAGES	((sizeof(struct netfront_queue) + MIR_PAGE_SIZE - 1) / MIR_PAGE_SIZE)

static uint64_t events, tx_notifies, rx_notifies;
MIR_COUNTER(netfront_events, &events, "events that came from backends");
MIR_COUNTER(netfront_tx_notifies, &tx_notifies, "notifications of frames sent");
MIR_COUNTER(netfront_rx_notifies, &rx_notifies, "notifications of buffers posted");
uint64_t netfront_side_tx, netfront_side_rx;
MIR_COUNTER(netfront_side_tx_frames, &netfront_side_tx, "sent by queues behind the first");
MIR_COUNTER(netfront_side_rx_frames, &netfront_side_rx, "received by queues behind the first");

/* More frames than a turn's share wait: the other tasks have theirs first. */
static void
event(void *ctx)
{
	struct netfront_queue *q = ctx;

	events++;
	if (q->nf->xbdev.failed)
		return;
	if (netfront_rx_poll(q))
		evtchn_again(q->rx_port);
	netfront_tx_reap(q);
}

static int
open_port(struct netfront_queue *q, evtchn_port_t *port)
{
	return evtchn_open(q->nf->xbdev.backend_id, event, q, port);
}

static void
close_port(evtchn_port_t *port)
{
	if (*port)
		evtchn_close(*port);
	*port = 0;
}

/* Without a second port both rings share one. */
static int
open_ports(struct netfront_queue *q)
{
	int err = open_port(q, &q->tx_port);

	if (err)
		return err;
	if (!netfront_has(q->nf, FEATURE_SPLIT) || open_port(q, &q->rx_port)) {
		close_port(&q->rx_port);
		q->rx_port = q->tx_port;
	}
	return MIR_OK;
}

int
netfront_queue_open(struct netfront *nf, unsigned index)
{
	struct netfront_queue *q = nf->queue[index];
	int err;

	if (!q) {
		q = mir_page_alloc(PAGES);
		if (!q)
			return MIR_ENOMEM;
		memset(q, 0, sizeof *q);
		q->nf = nf;
		nf->queue[index] = q;
	}
	err = netfront_tx_open(q);
	if (!err)
		err = netfront_rx_open(q);
	if (!err)
		err = open_ports(q);
	q->open = !err;
	return err;
}

void
netfront_queue_close(struct netfront_queue *q)
{
	q->open = false;
	if (q->rx_port != q->tx_port)
		close_port(&q->rx_port);
	close_port(&q->tx_port);
	q->rx_port = 0;
	netfront_tx_close(q);
	netfront_rx_close(q);
}

/* It may have missed a notification. */
void
netfront_queue_again(struct netfront_queue *q)
{
	netfront_rx_again(q);
	evtchn_notify(q->tx_port);
	if (q->rx_port != q->tx_port)
		evtchn_notify(q->rx_port);
}

static void
notify(struct netfront_queue *q, evtchn_port_t port)
{
	q->nf->nif.stats.notifies++;
	evtchn_notify(port);
}

void
netfront_queue_flush(struct netfront_queue *q)
{
	bool sent = netfront_tx_flush(q), posted = netfront_rx_flush(q);

	tx_notifies += sent;
	rx_notifies += posted;
	if (sent)
		notify(q, q->tx_port);
	if (posted && (!sent || q->rx_port != q->tx_port))
		notify(q, q->rx_port);
}
