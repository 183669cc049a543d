/* SPDX-License-Identifier: ISC */
/* drivers/doubles/pair.h - two network devices that are joined by a bad link, for tests. */
#ifndef DRIVERS_DOUBLES_PAIR_H
#define DRIVERS_DOUBLES_PAIR_H

#include "drivers/doubles/wire.h"
#include "mir/netif.h"

struct double_pair_settings {		/* All-zero: a perfect link, MTU 1500. */
	struct linkmodel_settings link;	/* Both directions; see pair.wire.model for one. */
	uint64_t seed;
	uint16_t mtu;			/* That the devices say. */
};

struct double_pair {
	struct double_pair_end {
		struct mir_netif netif;	/* First. */
		struct double_pair *pair;
		unsigned side;		/* Direction of what it sends. */
	} end[2];
	struct double_wire wire;
};

/* Both ends are up: &p->end[0].netif and [1]; not registered. */
void double_pair_make(struct double_pair *p, const struct double_pair_settings *s);

/* What was on its way is lost. */
void double_pair_clear(struct double_pair *p);

/* Both links go down, or up. */
void double_pair_link(struct double_pair *p, bool up);

#endif
