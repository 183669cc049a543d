/* SPDX-License-Identifier: ISC */
/* drivers/doubles/flood.h - a network device that always has packets.
 *
 * Each turn of the loop brings some, so that it never sleeps; tasks and timers go on.  What is sent
 * is lost, but teaches it the host's address. */
#ifndef DRIVERS_DOUBLES_FLOOD_H
#define DRIVERS_DOUBLES_FLOOD_H

#include "drivers/doubles/frames.h"
#include "mir/netif.h"
#include "mir/timer.h"

struct double_flood_settings {
	uint64_t frames;		/* Each turn; 0: 8. */
	uint64_t seed;
};

struct double_flood {
	struct mir_netif netif;		/* First. */
	struct mir_timer turn;
	struct double_flood_settings settings;
	struct double_frame_to host;	/* ip: where the packets go, as learned. */
	uint64_t state;
	uint8_t frame[DOUBLE_FRAME_MAX];	/* The one being made. */
};

/* By hand: starts when a client attaches and double_flood_start is called. */
struct mir_netif *double_flood_make(struct double_flood *f, const struct double_flood_settings *s);
void double_flood_start(struct double_flood *f);
void double_flood_stop(struct double_flood *f);

/* The image's, with what the key netflood says. */
int double_flood_open(struct mir_netif **out);

#endif
