/* SPDX-License-Identifier: ISC */
/* A network device that always has packets. */
#include <stddef.h>
#include "drivers/doubles/flood.h"
#include "drivers/doubles/words.h"
#include "lib/bytes.h"
#include "mir/err.h"
#include "mir/log.h"
#include "mir/param.h"

#define FRAMES	8			/* Each turn, when nothing is said. */

static void
bring_one(struct double_flood *f)
{
	size_t len = double_frame(&f->state, &f->host, f->frame);
	struct mir_buf *b = len ? mir_buf_copy_in(f->frame, len) : NULL;

	if (!b) {
		f->netif.stats.rx_errors++;
		return;
	}
	f->netif.stats.rx_frames++;
	f->netif.stats.rx_bytes += len;
	f->netif.client.rx(f->netif.client.ctx, b);
}

static void
turn(struct mir_timer *t)
{
	struct double_flood *f = (struct double_flood *)((char *)t - offsetof(struct double_flood,
									      turn));

	for (uint64_t n = f->netif.client.rx ? f->settings.frames : 0; n; n--)
		bring_one(f);
	mir_timer_set(t, mir_now());
}

/* The sender's address of an ARP packet, or an IPv4 packet's source. */
static void
learn(struct double_flood *f, const struct mir_buf *b)
{
	uint8_t head[34];

	if (mir_buf_copy_out(b, 0, head, sizeof head) < sizeof head)
		return;
	if (get16(head + 12) == 0x0806 && get32(head + 28))
		f->host.ip = get32(head + 28);
	else if (get16(head + 12) == 0x0800 && get32(head + 26))
		f->host.ip = get32(head + 26);
}

static int
flood_tx(struct mir_netif *nif, struct mir_buf *b)
{
	nif->stats.tx_frames++;
	nif->stats.tx_bytes += mir_buf_len(b);
	learn((struct double_flood *)nif, b);
	mir_buf_free(b);
	return MIR_OK;
}

struct mir_netif *
double_flood_make(struct double_flood *f, const struct double_flood_settings *s)
{
	static const struct mir_netif_ops ops = { .name = "flood", .tx = flood_tx };

	*f = (struct double_flood){
		.netif = { .ops = &ops, .info = { .mac = { 2, 0xf1, 0, 0, 0, 1 }, .mtu = 1500,
			.link = true } },
		.turn = MIR_TIMER_INIT(turn), .settings = *s, .state = s->seed,
		.host = { .mac = { 2, 0xf1, 0, 0, 0, 1 }, .ip = 0x0a000002 } };
	if (!f->settings.frames)
		f->settings.frames = FRAMES;
	return &f->netif;
}

void
double_flood_start(struct double_flood *f)
{
	mir_timer_set(&f->turn, mir_now());
}

void
double_flood_stop(struct double_flood *f)
{
	mir_timer_cancel(&f->turn);
}

static const struct double_word words[] = {
	{ "frames", offsetof(struct double_flood_settings, frames), 1000 },
	{ "seed", offsetof(struct double_flood_settings, seed), UINT64_MAX }, { NULL, 0, 0 },
};

static struct double_flood_settings chosen;
static struct double_key key = { words, &chosen, false };
MIR_PARAM(netflood, double_key_parse, &key, "WORD:N,...",
	  "packets that never end: frames (each turn of the loop), seed");

int
double_flood_open(struct mir_netif **out)
{
	static struct double_flood f;

	*out = double_flood_make(&f, &chosen);
	double_flood_start(&f);
	mir_warn("double", "vif 0 always has packets, and loses what is sent");
	return MIR_OK;
}
