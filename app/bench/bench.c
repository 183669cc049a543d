/* SPDX-License-Identifier: ISC */
/* bench: the list of events, and the servers on their ports. */
#include "app/bench/bench.h"
#include "app/bench/start.h"
#include "mir/err.h"
#include "mir/log.h"
#include "mir/param.h"

static unsigned base;
MIR_PARAM(base, mir_param_uint, &base, "NUMBER", "added to the port of each of bench's servers");

static struct {
	struct bench_event *first, *last;
	struct mir_waitq raised;
} events;

void
bench_raise(void *event)
{
	struct bench_event *e = event;

	if (e->queued)
		return;
	e->queued = true;
	e->next = NULL;
	if (events.first) {
		events.last->next = e;
	} else {
		events.first = e;
		mir_wake(&events.raised);
	}
	events.last = e;
}

static int
run_events(void)
{
	struct bench_event *e;
	int err;

	for (;;) {
		while ((e = events.first)) {
			events.first = e->next;
			e->queued = false;
			e->run(e);
		}
		err = mir_wait(&events.raised, MIR_NEVER);
		if (err)
			return err;
	}
}

static int
servers_start(struct mir_stack *net)
{
	static const struct { uint16_t port; void (*server)(struct bench_event *); } tcp[] = {
		{ 7, bench_echo }, { 9, bench_discard }, { 19, bench_stream }, { 8080, bench_http },
	};
	int err = bench_echo_udp(net, (uint16_t)(base + 7));

	for (unsigned i = 0; !err && i < sizeof tcp / sizeof *tcp; i++)
		err = bench_serve(net, (uint16_t)(base + tcp[i].port), tcp[i].server);
	return err;
}

int
bench_start(struct mir_stack *net)
{
	int err;

	if (base > UINT16_MAX - 8080) {
		mir_error("bench", "command line: bad value '%u' for key 'base', want 0 to %u", base,
			  UINT16_MAX - 8080);
		return MIR_EINVAL;
	}
	err = servers_start(net);
	if (err) {
		mir_error("bench", "can't listen: %s", mir_err_name(err));
		return err;
	}
	mir_info("bench", "serving");
	return run_events();
}
