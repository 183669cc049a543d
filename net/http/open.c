/* SPDX-License-Identifier: ISC */
/* The HTTP server as an implementation of mir/http.h. */
#include "mir/err.h"
#include "mir/pool.h"
#include "net/http/http.h"

struct http {
	struct mir_http http;		/* First. */
	struct mir_stack *stack;
};

static struct mir_pool servers = MIR_POOL(struct http, "http servers", 64);

static mir_ns
wall(void)
{
	return mir_clock_wall(mir_clock);
}

static int
serve(struct mir_http *http, const struct mir_http_service *s)
{
	struct http_server server = { .handler = s->handler, .wall = wall, .log = s->log,
		.body_limit = s->body_limit };

	return http_serve(&server, ((struct http *)http)->stack, s->port);
}

int
http_open(struct mir_stack *stack, struct mir_http **out)
{
	static const struct mir_http_ops ops = { "mir", serve };
	struct http *h = mir_pool_get(&servers);

	if (!h)
		return MIR_ENOMEM;
	h->http.ops = &ops;
	h->stack = stack;
	*out = &h->http;
	return MIR_OK;
}
