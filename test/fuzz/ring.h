/* SPDX-License-Identifier: ISC */
/* test/fuzz/ring.h - an input of ring_fuzz, and what it has the other side do. */
#ifndef TEST_FUZZ_RING_H
#define TEST_FUZZ_RING_H

#include "test/fuzz/fuzz.h"
#include "test/support/xen/netback.h"

extern struct fuzz_bytes ring_in;
extern struct netback *ring_back;

/* Near 'v', or anywhere. */
static inline uint32_t
ring_index_near(uint32_t v)
{
	uint8_t by = fuzz_8(&ring_in);

	return by == 0x80 ? fuzz_32(&ring_in) : v + (uint32_t)(int8_t)by;
}

void ring_back_step(uint8_t what);	/* The backend's, of which 'what' says which. */
void ring_ctrl_answer(void);
void ring_store_step(uint8_t what);	/* xenstored's. */
void ring_store_behave(void);

#endif
