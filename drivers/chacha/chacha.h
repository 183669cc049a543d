/* SPDX-License-Identifier: ISC */
/* drivers/chacha/chacha.h - a random generator: ChaCha20, seeded by an entropy source. */
#ifndef DRIVERS_CHACHA_H
#define DRIVERS_CHACHA_H

#include "mir/entropy.h"
#include "mir/random.h"

/* Draws 128 bits of entropy first, which may take up to 5 s.  Then MIR_OK and the one generator, or
 * a line in the log and MIR_EIO (health test), MIR_ETIMEDOUT (nothing to be had). */
int chacha_open(struct mir_entropy *entropy, struct mir_random **out);

#endif
