/* SPDX-License-Identifier: ISC */
/* Conversations: a client asks for so many bytes of a pattern, the server sends them. */
#ifndef TEST_SIM_SUPPORT_TALK_H
#define TEST_SIM_SUPPORT_TALK_H

#include "sim/sim.h"

struct talk {
	struct sim_host *server;
	mir_ns until;			/* No conversation starts later; time of mir_now. */
	unsigned most;			/* Bytes of an answer; one in eight may be so long. */
	/* What came of it: */
	unsigned asked, answered, broken;
};

#define TALK_SERVICE 7			/* The port. */

/* For sim_serve: takes conversations, a task each. */
void talk_serve(struct sim_host *h, void *arg);

/* For sim_spawn, with a struct talk: one conversation of some questions after the other. */
void talk_ask(struct sim_host *h, void *arg);

#endif
