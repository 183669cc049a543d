/* SPDX-License-Identifier: ISC */
/* Two network devices that are joined by a bad link. */
#include "drivers/doubles/pair.h"
#include "mir/err.h"

#define ETH_HEADER 14u

static int
pair_tx(struct mir_netif *nif, struct mir_buf *b)
{
	struct double_pair_end *e = (struct double_pair_end *)nif;
	size_t len = mir_buf_len(b);
	int err;

	if (!nif->info.link)
		return MIR_EGONE;
	if (len > nif->info.mtu + ETH_HEADER)
		return MIR_EMSGSIZE;
	err = double_wire_send(&e->pair->wire, e->side, b, false);
	if (err) {
		nif->stats.tx_full++;
		return err;
	}
	nif->stats.tx_frames++;
	nif->stats.tx_bytes += len;
	return MIR_OK;
}

static struct double_pair *
pair_of(struct double_wire *w)
{
	return (struct double_pair *)((char *)w - offsetof(struct double_pair, wire));
}

static int
deliver(struct double_wire *w, unsigned direction, struct mir_buf *b)
{
	struct mir_netif *to = &pair_of(w)->end[!direction].netif;

	if (!to->client.rx || !to->info.link) {
		to->stats.rx_errors++;
		mir_buf_free(b);
		return MIR_OK;
	}
	to->stats.rx_frames++;
	to->stats.rx_bytes += mir_buf_len(b);
	to->client.rx(to->client.ctx, b);
	return MIR_OK;
}

static void
ready(struct double_wire *w, unsigned direction)
{
	struct mir_netif *nif = &pair_of(w)->end[direction].netif;

	if (nif->client.tx_ready)
		nif->client.tx_ready(nif->client.ctx);
}

void
double_pair_make(struct double_pair *p, const struct double_pair_settings *s)
{
	static const struct mir_netif_ops ops = { .name = "pair", .tx = pair_tx };
	static const struct double_wire_ops wire_ops = { deliver, ready };

	*p = (struct double_pair){ 0 };
	for (unsigned i = 0; i < 2; i++) {
		p->end[i] = (struct double_pair_end){
			.netif = { .ops = &ops, .info = { .mac = { 2, 0, 0, 0, 0, (uint8_t)(i + 1) },
				.mtu = s->mtu ? s->mtu : 1500, .link = true }, .device.index = i },
			.pair = p, .side = i };
	}
	double_wire_init(&p->wire, &wire_ops, s->seed, &s->link);
}

void
double_pair_clear(struct double_pair *p)
{
	double_wire_clear(&p->wire);
}

void
double_pair_link(struct double_pair *p, bool up)
{
	for (unsigned i = 0; i < 2; i++) {
		struct mir_netif *nif = &p->end[i].netif;

		nif->info.link = up;
		if (nif->client.link)
			nif->client.link(nif->client.ctx);
	}
}
