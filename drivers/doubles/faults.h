/* SPDX-License-Identifier: ISC */
/* drivers/doubles/faults.h - a network device that loses and spoils the frames of another one. */
#ifndef DRIVERS_DOUBLES_FAULTS_H
#define DRIVERS_DOUBLES_FAULTS_H

#include "drivers/doubles/wire.h"
#include "mir/netif.h"

enum { DOUBLE_FAULTS_OUT, DOUBLE_FAULTS_IN };	/* The wire's directions. */

struct double_faults_settings {
	struct linkmodel_settings link;	/* Both directions. */
	uint64_t seed;
};

struct double_faults {
	struct mir_netif netif;		/* First. */
	struct mir_netif *under;
	struct double_wire wire;
};

/* By hand: *f, in front of 'under', to which it attaches itself. */
struct mir_netif *double_faults_make(struct double_faults *f,
				     const struct double_faults_settings *s,
				     struct mir_netif *under);

/* The image's, with what the key netfault says; a few devices.  MIR_ENOMEM: more than that. */
int double_faults_open(struct mir_netif *under, struct mir_netif **out);

#endif
