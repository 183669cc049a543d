/* SPDX-License-Identifier: ISC */
/* Links: frames under way from one port to another, as lib/linkmodel has it.
 *
 * Each direction keeps its frames in a list by arrival with one timer for the first, so that
 * frames of equal times keep their order. */
#include <stdlib.h>
#include "mir/pool.h"
#include "mir/timer.h"
#include "net/ether/ether.h"
#include "net/ipv4/packet.h"
#include "sim/priv.h"

struct flight {
	struct flight *next, *prev;
	mir_ns when;
	struct mir_buf *frame;
};

struct way {
	struct flight *first, *last;
	struct mir_timer timer;
	struct sim_link *link;
	struct sim_port *to;
};

struct sim_link {
	struct sim_link *next;
	unsigned number;
	struct linkmodel model;
	struct way way[2];
	struct sim_port *end[2];
	struct sim_pcap *pcap[2];
	bool cut;
	bool (*drop)(const struct sim_frame *, void *);
	void *drop_arg;
};

static struct mir_pool flights = MIR_POOL(struct flight, "sim frames under way", 0);
static struct sim_link *links, **links_end = &links;

static struct flight *
take_first(struct way *w)
{
	struct flight *f = w->first;

	w->first = f->next;
	if (w->first)
		w->first->prev = NULL;
	else
		w->last = NULL;
	return f;
}

static void
arrived(struct mir_timer *t)
{
	struct way *w = (struct way *)((char *)t - offsetof(struct way, timer));
	unsigned side = w->to->side;
	struct mir_buf *b;
	struct flight *f;

	while (w->first && w->first->when <= mir_now()) {
		f = take_first(w);
		b = f->frame;
		mir_pool_put(&flights, f);
		sim_digest_frame(w->link->number, side, b->data, b->len);
		sim_pcap_frame(w->link->pcap[side], mir_now(), b->data, b->len);
		w->to->rx(w->to, b);
	}
	mir_timer_set(t, w->first ? w->first->when : MIR_NEVER);
}

static void
insert(struct way *w, mir_ns when, struct mir_buf *frame)
{
	struct flight *f = mir_pool_get(&flights), *before = w->last;

	if (!f)
		sim_die("no memory for a frame");
	f->when = when;
	f->frame = frame;
	while (before && before->when > when)
		before = before->prev;
	f->prev = before;
	f->next = before ? before->next : w->first;
	*(f->next ? &f->next->prev : &w->last) = f;
	*(before ? &before->next : &w->first) = f;
	mir_timer_set(&w->timer, w->first->when);
}

/* A frame of its own, spoiled as the model has it. */
static struct mir_buf *
copy_frame(const struct mir_buf *b, const struct linkmodel_copy *c)
{
	struct mir_buf *copy = mir_buf_alloc(0, b->len + c->trailing);

	if (!copy)
		sim_die("no memory for a frame");
	memcpy(copy->data, b->data, b->len);
	memset(copy->data + b->len, 0xee, c->trailing);
	if (c->corrupt_mask)
		copy->data[c->corrupt_at] ^= c->corrupt_mask;
	return copy;
}

static struct sim_frame
look_at(const struct mir_buf *b, unsigned direction)
{
	struct sim_frame f = { .direction = direction, .len = b->len, .bytes = b->data };
	const uint8_t *ip = b->data + ETHER_HDR;
	size_t have = b->len - ETHER_HDR, header;
	struct ipv4_hdr h;

	if (b->len < ETHER_HDR || get16(b->data + ETHER_TYPE) != ETHER_IPV4
	    || ipv4_parse(ip, have, have, &h) || h.proto != IPV4_TCP)
		return f;
	if (tcp_header_size(ip + h.header, h.total - h.header, &header) == MIR_OK
	    && tcp_header_parse(ip + h.header, header, &f.tcp) == MIR_OK) {
		f.is_tcp = true;
		f.payload = h.total - h.header - header;
	}
	return f;
}

static bool
filtered(struct sim_link *l, const struct mir_buf *b, unsigned direction)
{
	struct sim_frame f;

	if (l->cut || !l->drop)
		return l->cut;
	f = look_at(b, direction);
	return l->drop(&f, l->drop_arg);
}

void
sim_port_send(struct sim_port *p, struct mir_buf *frame)
{
	struct sim_link *l = p->link;
	struct linkmodel_verdict v;
	mir_ns now = mir_now();

	if (l)
		sim_pcap_frame(l->pcap[p->side], now, frame->data, frame->len);
	if (l && !filtered(l, frame, p->side)) {
		v = linkmodel_frame(&l->model, p->side, frame->len,
				    linkmodel_pure_ack(frame->data, frame->len), now);
		for (unsigned i = 0; i < v.copies; i++)
			insert(&l->way[p->side], v.copy[i].when, copy_frame(frame, &v.copy[i]));
	}
	mir_buf_free(frame);
}

struct sim_link *
sim_join(struct sim_port *a, struct sim_port *b, const struct linkmodel_settings *faults)
{
	static unsigned count;
	struct sim_link *l = calloc(1, sizeof *l);

	if (!l)
		sim_die("no memory for a link");
	l->number = ++count;
	linkmodel_init(&l->model, sim_random_seed(), faults);
	l->end[0] = a;
	l->end[1] = b;
	for (unsigned i = 0; i < 2; i++) {
		l->end[i]->link = l;
		l->end[i]->side = i;
		l->way[i] = (struct way){ .timer = MIR_TIMER_INIT(arrived), .link = l,
					  .to = i ? a : b };
		l->pcap[i] = sim_pcap_open(l->number, i, l->end[i]->name);
	}
	*links_end = l;
	links_end = &l->next;
	return l;
}

struct linkmodel *
sim_link_model(struct sim_link *l)
{
	return &l->model;
}

void
sim_cut(struct sim_link *l, bool cut)
{
	l->cut = cut;
}

void
sim_filter(struct sim_link *l, bool (*drop)(const struct sim_frame *f, void *arg), void *arg)
{
	l->drop = drop;
	l->drop_arg = arg;
}

void
sim_links_unfilter(void)
{
	for (struct sim_link *l = links; l; l = l->next)
		l->drop = NULL;
}

void
sim_links_drop(void)
{
	struct flight *f;

	for (struct sim_link *l = links; l; l = l->next)
		for (unsigned i = 0; i < 2; i++) {
			mir_timer_cancel(&l->way[i].timer);
			while (l->way[i].first) {
				f = take_first(&l->way[i]);
				mir_buf_free(f->frame);
				mir_pool_put(&flights, f);
			}
		}
}
