/* SPDX-License-Identifier: ISC */
/* An hour of everything at once, on a switch with bad cables: conversations, long transfers,
 * datagrams with and without a listener, connections to closed ports.
 * At the end all memory is back, and each frame was taken or dropped for a counted reason. */
#include <stdio.h>
#include <string.h>
#include "mir/err.h"
#include "test/sim/support/sums.h"
#include "test/sim/support/talk.h"

#define HOUR	MIR_SEC(3600)
#define HOSTS	6
#define ECHO	9			/* UDP. */
#define CLOSED	10			/* Nobody listens there. */
#define BULK	(1 << 20)		/* Bytes. */

/* Outlive the scenario's body, as the tasks do that use them. */
static struct talk talk;
static struct sim_host *hosts[HOSTS];
static unsigned sent, echoed, refused, moved;

static void
echo(struct sim_host *h, void *arg)
{
	struct mir_stack *s = sim_stack(h);
	struct mir_addr from;
	struct mir_udp *udp;
	struct mir_buf *b;
	uint16_t port;

	(void)arg;
	if (!CHECK_EQ(s->ops->udp_bind(s, ECHO, &udp), MIR_OK))
		return;
	while (mir_wait(&udp->readable, MIR_NEVER) == MIR_OK)
		while (udp->ops->recv(udp, &b, &from, &port) == MIR_OK)
			if (udp->ops->send(udp, b, &from, port))
				mir_buf_free(b);
	udp->ops->close(udp);
}

/* One datagram and a short wait for its answer; any port that nobody has tells nothing. */
static void
ask_by_datagram(struct mir_udp *udp, uint16_t port)
{
	struct mir_addr to = sim_addr(hosts[0]), from;
	struct mir_buf *b = mir_buf_alloc(MIR_BUF_HEADROOM, sim_random() % 1400);

	memset(b->data, 0x55, b->len);
	sent++;
	if (udp->ops->send(udp, b, &to, port))
		mir_buf_free(b);
	mir_wait(&udp->readable, mir_deadline(mir_now(), MIR_MS(500)));
	while (udp->ops->recv(udp, &b, &from, &port) == MIR_OK) {
		echoed++;
		mir_buf_free(b);
	}
}

static void
datagrams(struct sim_host *h, void *arg)
{
	struct mir_stack *s = sim_stack(h);
	struct mir_udp *udp;

	(void)arg;
	if (!CHECK_EQ(s->ops->udp_bind(s, 0, &udp), MIR_OK))
		return;
	while (mir_now() < talk.until) {
		ask_by_datagram(udp, sim_random() % 8 ? ECHO : CLOSED);
		mir_sleep(MIR_MS(sim_random() % 1000));
	}
	udp->ops->close(udp);
}

static void
knock_at_closed_ports(struct sim_host *h, void *arg)
{
	struct mir_addr to = sim_addr(hosts[1]);
	struct mir_flow *f;

	(void)arg;
	while (mir_now() < talk.until) {
		if (mir_stack_connect(sim_stack(h), &to, CLOSED, &f, MIR_NEVER))
			refused++;
		else
			mir_flow_abort(f);
		mir_sleep(MIR_SEC(1 + sim_random() % 20));
	}
}

/* A megabyte at a time to a peer that may be cut off meanwhile. */
static void
take(void *arg)
{
	struct mir_buf *b;

	while (mir_flow_read(arg, &b, mir_deadline(mir_now(), MIR_SEC(300))) > 0)
		mir_buf_free(b);
	mir_flow_close(arg);
}

static void
sink(struct sim_host *h, void *arg)
{
	struct mir_listener *l;
	struct mir_flow *f;

	(void)arg;
	if (!CHECK_EQ(mir_stack_listen(sim_stack(h), CLOSED + 1, 16, &l), MIR_OK))
		return;
	while (mir_stack_accept(l, &f, MIR_NEVER) == MIR_OK)
		if (!CHECK(mir_spawn("sink", take, f)))
			mir_flow_abort(f);
	l->stack->ops->unlisten(l);
}

static void
bulk(struct sim_host *h, void *arg)
{
	struct mir_addr to = sim_addr(hosts[2]);
	struct mir_flow *f;
	int err;

	(void)arg;
	while (mir_now() < talk.until) {
		mir_sleep(MIR_SEC(sim_random() % 60));
		if (mir_stack_connect(sim_stack(h), &to, CLOSED + 1, &f, MIR_NEVER))
			continue;
		moved += sim_write(f, 1, 0, BULK, &err) == BULK;
		mir_flow_close(f);
	}
}

static void
start(void)
{
	sim_serve(hosts[0], "talk", talk_serve, NULL);
	sim_serve(hosts[0], "echo", echo, NULL);
	sim_serve(hosts[2], "sink", sink, NULL);
	for (unsigned i = 0; i < 6; i++)
		sim_spawn(hosts[3], "talk", talk_ask, &talk);
	sim_spawn(hosts[4], "datagrams", datagrams, NULL);
	sim_spawn(hosts[4], "knocks", knock_at_closed_ports, NULL);
	sim_spawn(hosts[5], "bulk", bulk, NULL);
}

SIM(an_hour_of_everything, .seeds = 2)
{
	struct sim_switch *s = sim_switch("switch");
	struct sim_link *l[HOSTS];
	char name[16];

	for (unsigned i = 0; i < HOSTS; i++) {
		snprintf(name, sizeof name, "10.0.0.%u/24", i + 1);
		hosts[i] = sim_host(name);
		l[i] = sim_plug(hosts[i], s, SIM_FAULTS(.loss = i * 5, .reorder = 20,
							.duplicate = 10, .corrupt = 5,
							.trailing = 10, .delay = MIR_MS(2 * i),
							.jitter = MIR_MS(i), .rate = 2500000,
							.queue = 100000));
	}
	talk = (struct talk){ .server = hosts[0], .until = sim_started() + HOUR, .most = 65535 };
	start();
	for (unsigned i = 0; i < 12; i++) {
		sim_run_for(MIR_SEC(120 + sim_random() % 120));
		sim_cut(l[i % HOSTS], true);
		sim_run_for(MIR_SEC(1 + sim_random() % 20));
		sim_cut(l[i % HOSTS], false);
	}
	sim_run(2 * HOUR);
	sums_check();
	sim_note("%u of %u questions answered, %u of %u datagrams echoed, %u connections refused, "
		 "%u MB moved, %llu frames", talk.answered, talk.asked, echoed, sent, refused,
		 moved, (unsigned long long)sums_counter("stack_rx_frames"));
	CHECK(talk.answered > 5000 && echoed > sent / 2 && refused > 100 && moved > 50);
	CHECK_MSG(talk.broken <= talk.asked / 1000, "%u of %u broken", talk.broken, talk.asked);
}
