/* SPDX-License-Identifier: ISC */
/* Switches: each learns behind which port a sender is, and floods what it does not know.
 *
 * Bandwidth, queues and faults are those of the links: a frame is forwarded at once. */
#include <stdlib.h>
#include "net/ether/ether.h"
#include "sim/priv.h"

#define PORTS		2048
#define TABLE		8192		/* A power of 2; more senders than fit are flooded. */

struct learnt {
	uint8_t mac[ETHER_ADDR];
	uint16_t port;			/* 0: free; else the port's number + 1. */
};

struct port {
	struct sim_port port;
	struct sim_switch *sw;
	uint16_t number;
};

struct sim_switch {
	const char *name;
	unsigned ports;
	struct port *port[PORTS];
	struct learnt table[TABLE];
};

static struct learnt *
find(struct sim_switch *s, const uint8_t mac[ETHER_ADDR])
{
	uint32_t at = (get32(mac + 2) * 2654435761u) >> 19;

	for (unsigned i = 0; i < 16; i++) {
		struct learnt *e = &s->table[(at + i) % TABLE];

		if (!e->port || memcmp(e->mac, mac, ETHER_ADDR) == 0)
			return e;
	}
	return NULL;
}

static void
learn(struct sim_switch *s, const uint8_t mac[ETHER_ADDR], unsigned port)
{
	struct learnt *e = ether_is_group(mac) ? NULL : find(s, mac);

	if (!e)
		return;
	memcpy(e->mac, mac, ETHER_ADDR);
	e->port = (uint16_t)(port + 1);
}

static void
flood(struct sim_switch *s, unsigned from, struct mir_buf *frame)
{
	struct mir_buf *copy;

	for (unsigned i = 0; i < s->ports; i++) {
		if (i == from)
			continue;
		copy = mir_buf_clone(frame, 0, frame->len);
		if (!copy)
			sim_die("no memory for a frame");
		sim_port_send(&s->port[i]->port, copy);
	}
	mir_buf_free(frame);
}

static void
switch_rx(struct sim_port *p, struct mir_buf *frame)
{
	struct port *in = (struct port *)p;
	struct sim_switch *s = in->sw;
	const struct learnt *e;

	if (frame->len < ETHER_HDR) {
		mir_buf_free(frame);
		return;
	}
	learn(s, frame->data + ETHER_SRC, in->number);
	e = ether_is_group(frame->data + ETHER_DST) ? NULL : find(s, frame->data + ETHER_DST);
	if (!e || !e->port)
		flood(s, in->number, frame);
	else if (e->port - 1 != in->number)
		sim_port_send(&s->port[e->port - 1]->port, frame);
	else
		mir_buf_free(frame);
}

struct sim_switch *
sim_switch(const char *name)
{
	struct sim_switch *s = calloc(1, sizeof *s);

	if (!s)
		sim_die("no memory for a switch");
	s->name = name;
	return s;
}

struct sim_port *
sim_switch_port(struct sim_switch *s)
{
	struct port *p = calloc(1, sizeof *p);

	if (!p || s->ports == PORTS)
		sim_die("no port of %s is free", s->name);
	p->port = (struct sim_port){ .rx = switch_rx, .name = s->name };
	p->sw = s;
	p->number = (uint16_t)s->ports;
	s->port[s->ports++] = p;
	return &p->port;
}
