/* SPDX-License-Identifier: ISC */
/* HTTP on a stack: accepts, and makes room where there is none. */
#include "mir/err.h"
#include "mir/log.h"
#include "mir/page.h"
#include "mir/stats.h"
#include "net/http/session.h"

#define RESERVE		64		/* Free pages below which a session has to go for a new one. */

static uint64_t accepted, overload;
MIR_COUNTER(http_connections, &accepted, "HTTP connections accepted");
MIR_COUNTER(http_overload, &overload, "HTTP connections refused at the limit");

static void
start(struct http_server *server, struct mir_flow *flow)
{
	if (mir_page_free_count() < RESERVE)
		http_session_evict();
	if (http_session_start(server, flow) != MIR_OK &&
	    !(http_session_evict() && http_session_start(server, flow) == MIR_OK)) {
		overload++;
		mir_flow_abort(flow);
		return;
	}
	accepted++;
}

/* Where answers may block, other tasks give them: accepting goes on meanwhile. */
static int
work(struct http_server *s, struct mir_listener *l)
{
	struct mir_flow *flow;
	int err;

	if (!s->handler->blocks)
		http_worker_begins();
	do {
		while ((err = l->stack->ops->accept(l, &flow)) == MIR_OK)
			start(s, flow);
		if (!s->handler->blocks)
			http_run_sessions();
		if (err == MIR_EAGAIN)
			err = s->handler->blocks ? mir_wait(&l->ready, MIR_NEVER) :
						   http_wait_work(&l->ready);
	} while (!err);
	if (!s->handler->blocks)
		http_worker_ends();
	return err;
}

int
http_serve(struct http_server *s, struct mir_stack *stack, uint16_t port)
{
	struct mir_listener *l;
	int err = mir_stack_listen(stack, port, CONFIG_HTTP_BACKLOG, &l);

	if (err) {
		mir_error("http", "can't listen on port %u: %s", port, mir_err_name(err));
		return err;
	}
	err = work(s, l);
	stack->ops->unlisten(l);
	return err;
}
