/* SPDX-License-Identifier: ISC */
/* sim/priv.h - what the simulation's files ask of each other. */
#ifndef SIM_PRIV_H
#define SIM_PRIV_H

#include "sim/sim.h"

/* link.c: a port is where a link ends. */
struct sim_port {
	void (*rx)(struct sim_port *p, struct mir_buf *frame);	/* Takes it: one piece. */
	const char *name;
	struct sim_link *link;		/* NULL: nothing is plugged in. */
	unsigned side;
};

void sim_port_send(struct sim_port *p, struct mir_buf *frame);	/* Takes it: one piece. */
struct sim_link *sim_join(struct sim_port *a, struct sim_port *b,
			  const struct linkmodel_settings *faults);
void sim_links_unfilter(void);
void sim_links_drop(void);		/* What is under way is lost. */

/* host.c */
struct sim_port *sim_host_port(struct sim_host *h);
unsigned sim_tasks_left(void);		/* Of sim_spawn. */
void sim_tasks_print(void);
void sim_tasks_cancel(void);		/* All, those of sim_serve too. */

/* switch.c */
struct sim_port *sim_switch_port(struct sim_switch *s);

/* loop.c */
void sim_loop_init(void);

/* memory.c */
void sim_memory_init(void);

/* random.c: a generator for each purpose, so that one more question to one of them leaves the
 * others as they were. */
void sim_random_init(uint64_t seed);
uint64_t sim_random_seed(void);		/* A seed for one more generator. */

/* pcap.c: a file for each end of each link: what its machine sends and what it hears. */
struct sim_pcap;
extern const char *sim_pcap_dir;	/* NULL: none are written. */
struct sim_pcap *sim_pcap_open(unsigned link, unsigned side, const char *name);
void sim_pcap_frame(struct sim_pcap *p, mir_ns when, const uint8_t *bytes, size_t len);

/* check.c */
extern const char *sim_scenario_name;
extern unsigned sim_failures;
extern uint64_t sim_digest;		/* Of all frames that arrived, and when. */
void sim_digest_frame(unsigned link, unsigned side, const uint8_t *bytes, size_t len);
_Noreturn void sim_die(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* options.c */
struct sim_options {
	uint64_t first;			/* Seeds: first ... */
	unsigned count;			/* ... and how many. */
	unsigned jobs;
	const char *only;		/* Part of a name. */
	bool list, twice, log;
};

/* false: the program is done, with '*status'. */
bool sim_options(int argc, char **argv, struct sim_options *out, int *status);

#endif
