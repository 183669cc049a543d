/* SPDX-License-Identifier: ISC */
/* A network device in front of another one: frames both ways go over a bad link.  The loop flushes
 * the other one, which is the registered. */
#include "drivers/doubles/faults.h"
#include "mir/err.h"

#define ETH_HEADER 14u

static struct double_faults *
faults_of(struct double_wire *w)
{
	return (struct double_faults *)((char *)w - offsetof(struct double_faults, wire));
}

static int
faults_tx(struct mir_netif *nif, struct mir_buf *b)
{
	struct double_faults *f = (struct double_faults *)nif;
	size_t len = mir_buf_len(b);
	int err;

	if (!nif->info.link)
		return MIR_EGONE;
	if (len > nif->info.mtu + ETH_HEADER)
		return MIR_EMSGSIZE;
	err = double_wire_send(&f->wire, DOUBLE_FAULTS_OUT, b, true);
	if (err) {
		nif->stats.tx_full++;
		return err;
	}
	nif->stats.tx_frames++;
	nif->stats.tx_bytes += len;
	return MIR_OK;
}

static void
deliver_in(struct double_faults *f, struct mir_buf *b)
{
	if (!f->netif.client.rx) {
		mir_buf_free(b);
		return;
	}
	f->netif.stats.rx_frames++;
	f->netif.stats.rx_bytes += mir_buf_len(b);
	f->netif.client.rx(f->netif.client.ctx, b);
}

/* What the device under it does not take but for want of room is lost, as on a link. */
static int
deliver(struct double_wire *w, unsigned direction, struct mir_buf *b)
{
	struct double_faults *f = faults_of(w);
	int err;

	if (direction == DOUBLE_FAULTS_IN) {
		deliver_in(f, b);
		return MIR_OK;
	}
	err = mir_netif_tx(f->under, b);
	if (err == MIR_EAGAIN)
		return err;
	if (err)
		mir_buf_free(b);
	return MIR_OK;
}

static void
ready(struct double_wire *w, unsigned direction)
{
	struct mir_netif_client *client = &faults_of(w)->netif.client;

	if (direction == DOUBLE_FAULTS_OUT && client->tx_ready)
		client->tx_ready(client->ctx);
}

static void
under_rx(void *ctx, struct mir_buf *b)
{
	struct double_faults *f = ctx;

	if (double_wire_send(&f->wire, DOUBLE_FAULTS_IN, b, true)) {
		f->netif.stats.rx_errors++;
		mir_buf_free(b);
	}
}

static void
under_ready(void *ctx)
{
	struct double_faults *f = ctx;

	double_wire_resume(&f->wire, DOUBLE_FAULTS_OUT);
	if (f->netif.client.tx_ready)
		f->netif.client.tx_ready(f->netif.client.ctx);
}

/* Each byte that a frame has on the link is to be there, and to count: nothing is left to the device
 * behind it. */
static struct mir_netif_info
info_of(const struct mir_netif *under)
{
	struct mir_netif_info info = under->info;

	info.offload = 0;
	info.gso_max = 0;
	return info;
}

static void
under_link(void *ctx)
{
	struct double_faults *f = ctx;

	f->netif.info = info_of(f->under);
	if (f->netif.client.link)
		f->netif.client.link(f->netif.client.ctx);
}

struct mir_netif *
double_faults_make(struct double_faults *f, const struct double_faults_settings *s,
		   struct mir_netif *under)
{
	static const struct mir_netif_ops ops = { .name = "faults", .tx = faults_tx };
	static const struct double_wire_ops wire_ops = { deliver, ready };
	const struct mir_netif_client client = { under_rx, under_ready, under_link, f };

	*f = (struct double_faults){ .netif = { .ops = &ops, .info = info_of(under),
		.device.index = under->device.index }, .under = under };
	double_wire_init(&f->wire, &wire_ops, s->seed, &s->link);
	mir_netif_attach(under, &client);
	return &f->netif;
}
