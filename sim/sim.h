/* SPDX-License-Identifier: ISC */
/* sim/sim.h - many TCP/IP stacks in one process, joined by links and switches, in virtual time.
 *
 *	SIM(a_transfer_survives_loss)
 *	{
 *		struct sim_host *a = sim_host("10.0.0.1/24"), *b = sim_host("10.0.0.2/24");
 *
 *		sim_link(a, b, SIM_FAULTS(.loss = 50, .delay = MIR_MS(20)));
 *		sim_spawn(a, "server", server, NULL);
 *		sim_spawn(b, "client", client, NULL);
 *		sim_run(MIR_SEC(300));
 *	}
 *
 * A scenario builds a network, starts tasks on its hosts (they use mir/stack.h and mir/flow.h as
 * any application does) and runs the time; its body itself may not block.  All chance comes
 * from the seed, all time from the events: the same seed gives the same run, bit for bit.
 *
 * Processes: each seed of a scenario runs in a process of its own.  When the body has returned,
 *            what still runs is cancelled and time goes on until all is quiet; then pools and
 *            packet buffers must be back to what they were.
 * Threads:   none.  Units: ns of virtual time, bytes.
 * Errors:    a failed CHECK is printed with the seed, and the way to run it again; the scenario
 *            goes on.  Lack of memory ends the run. */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/linkmodel.h"
#include "mir/stack.h"
#include "net/tcp/packet.h"

struct sim_host;			/* A machine: one network card, one stack, its tasks. */
struct sim_switch;			/* An Ethernet switch that learns. */
struct sim_link;			/* A cable between two of these. */

struct sim_scenario {
	const char *name;
	void (*run)(void);
	unsigned seeds;			/* No more than so many, unless by --only; 0: no limit. */
	struct sim_scenario *next;
};

void sim_add(struct sim_scenario *s);

/* SIM(name) or SIM(name, .seeds = 1). */
#define SIM(id, ...)								\
	static void sim_##id(void);						\
	static struct sim_scenario sim_entry_##id = {				\
		.name = #id, .run = sim_##id, __VA_ARGS__ };			\
	__attribute__((constructor)) static void				\
	sim_register_##id(void)							\
	{									\
		sim_add(&sim_entry_##id);					\
	}									\
	static void sim_##id(void)

/* The network.  'faults' may be NULL for a perfect link, and holds for both directions. */
#define SIM_FAULTS(...) (&(const struct linkmodel_settings){ __VA_ARGS__ })

struct sim_host *sim_host(const char *address);		/* "10.0.0.1/24" */
struct sim_switch *sim_switch(const char *name);
struct sim_link *sim_link(struct sim_host *a, struct sim_host *b,
			  const struct linkmodel_settings *faults);
struct sim_link *sim_plug(struct sim_host *h, struct sim_switch *s,
			  const struct linkmodel_settings *faults);
struct sim_link *sim_trunk(struct sim_switch *a, struct sim_switch *b,
			   const struct linkmodel_settings *faults);

/* May be changed at any time: model->settings[0] is the way from the first named end. */
struct linkmodel *sim_link_model(struct sim_link *l);
void sim_cut(struct sim_link *l, bool cut);		/* All frames vanish. */

struct sim_frame {			/* What a filter sees of a frame that is sent. */
	unsigned direction;		/* 0: from the first named end of the link. */
	size_t len;
	const uint8_t *bytes;
	bool is_tcp;			/* Then: */
	struct tcp_header tcp;
	size_t payload;			/* Bytes. */
};

/* Asked before the model: true, and the frame vanishes.  NULL: no more.  Ends with the scenario. */
void sim_filter(struct sim_link *l, bool (*drop)(const struct sim_frame *f, void *arg), void *arg);

/* Hosts. */
struct mir_stack *sim_stack(struct sim_host *h);
struct mir_addr sim_addr(const struct sim_host *h);
const char *sim_name(const struct sim_host *h);		/* "10.0.0.1" */

/* Power off: all tasks are cancelled and nothing is sent or heard any more.  Boot: the same
 * machine with a new stack that remembers nothing. */
void sim_crash(struct sim_host *h);
void sim_boot(struct sim_host *h);

/* Starts fn(h, arg) as a task on the host.  sim_run waits for those of sim_spawn; those of
 * sim_serve may run for ever, so their 'arg' has to outlive the scenario's body. */
typedef void sim_task_fn(struct sim_host *h, void *arg);
void sim_spawn(struct sim_host *h, const char *name, sim_task_fn *fn, void *arg);
void sim_serve(struct sim_host *h, const char *name, sim_task_fn *fn, void *arg);

/* Time.  sim_run: until all tasks of sim_spawn ended; those that did not within 'limit' are a
 * failure with their names, and all tasks are cancelled.  sim_run_for: just so long. */
bool sim_run(mir_ns limit);
void sim_run_for(mir_ns duration);
mir_ns sim_started(void);		/* When the scenario began, in mir_now()'s time. */

/* So many pool objects stay with what was opened for ever, and are no leak. */
void sim_keeps(size_t objects);

uint64_t sim_seed(void);
uint64_t sim_random(void);		/* The scenario's own numbers, from the seed.  One call an
					 * expression: compilers choose the order of two. */

/* Streams: 'count' bytes of a pattern that 'key' tells from others, from 'offset' on.  The reader
 * checks each byte.  Bytes written or read; less when the flow ended, and '*err' says how: MIR_OK
 * is the end of stream.  Both block the task. */
uint64_t sim_write(struct mir_flow *f, uint64_t key, uint64_t offset, uint64_t count, int *err);
uint64_t sim_read(struct mir_flow *f, uint64_t key, uint64_t offset, uint64_t count, int *err);
uint8_t sim_pattern(uint64_t key, uint64_t at);

/* Each gives whether the check held. */
#define CHECK(cond)		sim_check((cond), __FILE__, __LINE__, "%s", #cond)
#define CHECK_MSG(cond, ...)	sim_check((cond), __FILE__, __LINE__, __VA_ARGS__)
#define CHECK_EQ(got, want)							\
	sim_check_eq((long long)(got), (long long)(want), __FILE__, __LINE__, #got, #want)

bool sim_check(bool ok, const char *file, int line, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
bool sim_check_eq(long long got, long long want, const char *file, int line,
		  const char *got_text, const char *want_text);

/* A line of what was measured, in the output. */
void sim_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
