/* SPDX-License-Identifier: ISC */
/* drivers/doubles/entropy.h - entropy sources that give nothing, each in its own way. */
#ifndef DRIVERS_DOUBLES_ENTROPY_H
#define DRIVERS_DOUBLES_ENTROPY_H

#include "mir/entropy.h"

/* Says MIR_EAGAIN for ever.  MIR_OK. */
int double_entropy_blocked_open(struct mir_entropy **out);

/* Gave bytes once, then failed its health test: MIR_EIO.  MIR_OK. */
int double_entropy_failed_open(struct mir_entropy **out);

#endif
