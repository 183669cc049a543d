/* SPDX-License-Identifier: ISC */
/* Echo (RFC 862): what comes goes back, in the memory that it came in. */
#include "app/bench/bench.h"
#include "mir/err.h"
#include "mir/stats.h"

static uint64_t echoed, dropped;
MIR_COUNTER(bench_udp_echoed, &echoed, "datagrams sent back");
MIR_COUNTER(bench_udp_dropped, &dropped, "datagrams that could not be sent back");

static struct {
	struct bench_event event;	/* First. */
	struct mir_udp *udp;
	struct mir_waiter readable;
} datagrams;

static void
echo_datagrams(struct bench_event *e)
{
	struct mir_udp *udp = datagrams.udp;
	struct mir_addr from;
	struct mir_buf *b;
	uint16_t port;

	(void)e;
	while (udp->ops->recv(udp, &b, &from, &port) == MIR_OK) {
		if (udp->ops->send(udp, b, &from, port) == MIR_OK) {
			echoed++;
		} else {
			dropped++;
			mir_buf_free(b);
		}
	}
}

int
bench_echo_udp(struct mir_stack *net, uint16_t port)
{
	int err = net->ops->udp_bind(net, port, &datagrams.udp);

	if (err)
		return err;
	datagrams.event.run = echo_datagrams;
	datagrams.readable = (struct mir_waiter){ .hook = bench_raise, .ctx = &datagrams };
	mir_waitq_hook(&datagrams.udp->readable, &datagrams.readable);
	return MIR_OK;
}

void
bench_echo(struct bench_event *e)
{
	struct bench_conn *c = (struct bench_conn *)e;
	int n;

	while (!(n = bench_conn_send(c))) {
		n = bench_conn_recv(c);
		if (n <= 0)
			break;
		c->out = c->in;
		c->in = NULL;
	}
	if (n != MIR_EAGAIN)
		bench_conn_end(c, n);
}
