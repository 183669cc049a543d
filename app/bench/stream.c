/* SPDX-License-Identifier: ISC */
/* Discard (RFC 863) and a stream without end (after RFC 864). */
#include "app/bench/bench.h"
#include "mir/err.h"
#include "mir/stats.h"

static uint64_t discarded;
MIR_COUNTER(bench_discarded_bytes, &discarded, "bytes that were sent to be discarded");

void
bench_discard(struct bench_event *e)
{
	struct bench_conn *c = (struct bench_conn *)e;
	int n;

	while ((n = bench_conn_recv(c)) > 0) {
		discarded += (unsigned)n;
		mir_buf_free(c->in);
		c->in = NULL;
	}
	if (n != MIR_EAGAIN)
		bench_conn_end(c, n);
}

/* It has no end of its own: it goes on until the client ends it. */
void
bench_stream(struct bench_event *e)
{
	struct bench_conn *c = (struct bench_conn *)e;
	int n = bench_conn_recv(c);

	mir_buf_free(c->in);
	c->in = NULL;
	c->left = UINT64_MAX;
	if (n > 0 || n == MIR_EAGAIN)
		n = bench_conn_send(c);
	if (n != MIR_EAGAIN)
		bench_conn_end(c, n);
}
