/* SPDX-License-Identifier: ISC */
/* The stack in memory. */
#include <string.h>
#include "mir/err.h"
#include "test/unit/harness.h"
#include "test/unit/net/http/wire.h"

static struct mir_listener listener;
static struct client *backlog;
static bool stopped;

static int
client_recv(struct mir_flow *f, struct mir_buf **out)
{
	struct client *c = (struct client *)f;

	CHECK(!c->closed && !c->aborted);
	if (c->reset)
		return MIR_ERESET;
	if (!c->sent)
		return c->ended ? 0 : MIR_EAGAIN;
	*out = c->sent;
	c->sent = NULL;
	return (int)mir_buf_len(*out);
}

static int
client_send(struct mir_flow *f, struct mir_buf *b)
{
	struct client *c = (struct client *)f;

	CHECK(!c->closed && !c->aborted && !c->shut);
	if (c->reset)
		return MIR_ERESET;
	if (c->stalled)
		return MIR_EAGAIN;
	if (c->reply_len < WIRE_REPLY)
		mir_buf_copy_out(b, 0, c->reply + c->reply_len, WIRE_REPLY - 1 - c->reply_len);
	c->reply_len += mir_buf_len(b);
	mir_buf_free(b);
	return MIR_OK;
}

static int
client_shutdown(struct mir_flow *f)
{
	((struct client *)f)->shut = true;
	return MIR_OK;
}

static void
client_close(struct mir_flow *f)
{
	struct client *c = (struct client *)f;

	CHECK(!c->closed && !c->aborted);
	c->closed = true;
	mir_buf_free(c->sent);
	c->sent = NULL;
}

static void
client_abort(struct mir_flow *f)
{
	client_close(f);
	((struct client *)f)->closed = false;
	((struct client *)f)->aborted = true;
}

static int
client_peer(struct mir_flow *f, struct mir_addr *addr, uint16_t *port)
{
	(void)f;
	*addr = mir_addr_from_ipv4(0x0a000001);
	*port = 1000;
	return MIR_OK;
}

static const struct mir_flow_ops client_ops = {
	.name = "wire", .recv = client_recv, .send = client_send, .shutdown = client_shutdown,
	.close = client_close, .abort = client_abort, .peer = client_peer,
};

static int
wire_listen(struct mir_stack *s, uint16_t port, unsigned count, struct mir_listener **out)
{
	(void)port;
	(void)count;
	stopped = false;
	listener = (struct mir_listener){ .stack = s };
	*out = &listener;
	return MIR_OK;
}

static int
wire_accept(struct mir_listener *l, struct mir_flow **out)
{
	(void)l;
	if (stopped)
		return MIR_EGONE;
	if (!backlog)
		return MIR_EAGAIN;
	*out = &backlog->flow;
	backlog = backlog->next;
	return MIR_OK;
}

static void
wire_unlisten(struct mir_listener *l)
{
	(void)l;
}

static const struct mir_stack_ops wire_ops = {
	.name = "wire", .listen = wire_listen, .accept = wire_accept, .unlisten = wire_unlisten,
};

struct mir_stack wire_stack = { .ops = &wire_ops };

void
wire_connect(struct client *c)
{
	struct client **end = &backlog;

	*c = (struct client){ .flow.ops = &client_ops };
	while (*end)
		end = &(*end)->next;
	*end = c;
	mir_wake(&listener.ready);
}

void
wire_say(struct client *c, const char *text)
{
	mir_buf_append(&c->sent, mir_buf_copy_in(text, strlen(text)));
	mir_wake(&c->flow.readable);
}

void
wire_end(struct client *c)
{
	c->ended = true;
	mir_wake(&c->flow.readable);
}

void
wire_stop(void)
{
	stopped = true;
	mir_wake(&listener.ready);
}
