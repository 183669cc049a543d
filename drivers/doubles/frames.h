/* SPDX-License-Identifier: ISC */
/* drivers/doubles/frames.h - frames that a host may meet, well-formed and not.  Pure. */
#ifndef DRIVERS_DOUBLES_FRAMES_H
#define DRIVERS_DOUBLES_FRAMES_H

#include <stddef.h>
#include <stdint.h>

#define DOUBLE_FRAME_MAX	1514u	/* Bytes. */

struct double_frame_to {		/* Whom frames are for. */
	uint8_t mac[6];
	uint32_t ip;			/* Host order. */
};

/* The next frame of the sequence that '*state' is at: its bytes in 'out', 0 .. DOUBLE_FRAME_MAX.
 * About half of them are well-formed. */
size_t double_frame(uint64_t *state, const struct double_frame_to *to,
		    uint8_t out[DOUBLE_FRAME_MAX]);

/* A well-formed frame of that kind, 0 .. DOUBLE_FRAME_KINDS - 1. */
#define DOUBLE_FRAME_KINDS	10u
size_t double_frame_kind(unsigned kind, uint64_t *state, const struct double_frame_to *to,
			 uint8_t out[DOUBLE_FRAME_MAX]);

#endif
