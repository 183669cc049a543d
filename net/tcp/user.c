/* SPDX-License-Identifier: ISC */
/* The user's calls: RFC 9293 3.10.1 to 3.10.6. */
#include <string.h>
#include "mir/err.h"
#include "mir/page.h"
#include "net/tcp/conn.h"
#include "net/tcp/stats.h"

#define CHAIN_MAX	(1u << 28)	/* Bytes; sequence numbers must stay comparable. */
#define PORT_FIRST	49152		/* RFC 6335 6: dynamic ports. */
#define PORT_COUNT	16384

/* A connection for each page of memory: an idle one takes an eighth of it. */
static unsigned
at_most(unsigned limit)
{
	return mir_page_total_count() < limit ? (unsigned)mir_page_total_count() : limit;
}

void
tcp_init(struct tcp *t, const struct tcp_env *env, const uint8_t key[SIPHASH_KEY])
{
	memset(t, 0, sizeof *t);
	t->env = *env;
	memcpy(t->key, key, SIPHASH_KEY);
	tcp_table_init(&t->table, key);
	wheel_init(&t->timers);
	t->turn = (struct tcp_link){ &t->turn, &t->turn };
	t->turn_at = MIR_NEVER;
	t->held_limit = mir_page_total_count() / 4 * MIR_PAGE_SIZE;
	tcp_board_limit(mir_page_total_count() / 8 + 1);
	t->conn_limit = at_most(CONFIG_TCP_CONNS);
	t->timewait_limit = at_most(CONFIG_TCP_TIMEWAIT);
}

/* RFC 6056 3.3.3: from a place that depends on the peer, upwards. */
static bool
choose_port(struct tcp *t, struct tcp_tuple *id)
{
	uint32_t start = (uint32_t)tcp_secret(t, id);

	for (unsigned i = 0; i < PORT_COUNT; i++) {
		id->lport = (uint16_t)(PORT_FIRST + (start + t->next_port++) % PORT_COUNT);
		if (!tcp_table_find(&t->table, id) && !tcp_listener_find(t, id->lport))
			return true;
	}
	return false;
}

int
tcp_connect(struct tcp *t, mir_ns now, const struct mir_addr *src, const struct mir_addr *dst,
	    uint16_t port, struct tcp_conn **out)
{
	struct tcp_tuple id = { *src, *dst, 0, port };
	struct tcp_conn *c;

	if (port == 0)
		return MIR_EINVAL;
	if (!choose_port(t, &id))
		return MIR_EEXIST;
	c = tcp_conn_new(t, now, &id);
	if (!c)
		return MIR_ENOMEM;
	c->snd_una = c->snd_nxt = c->snd_max = c->iss;
	c->send_base = c->iss + 1;
	c->timestamps = c->scaling = c->sack = true;
	c->owned = true;
	tcp_conn_change(c, TCP_ACTIVE_OPEN);
	tcp_stats.opened_active++;
	*out = c;
	tcp_send_syn(c, now);
	return MIR_OK;
}

static __attribute__((noinline)) int
refuse(struct tcp_conn *c, size_t len)
{
	if (c->state == TCP_CLOSED_STATE)
		return c->error ? c->error : MIR_EGONE;
	if (c->close_wanted)
		return MIR_EGONE;
	if (len > CHAIN_MAX)
		return MIR_EMSGSIZE;
	c->blocked = true;
	return MIR_EAGAIN;
}

/* What is queued in one turn leaves at its end: in as few segments as it fits, with the FIN of a
 * close that follows. */
int
tcp_send_later(struct tcp_conn *c, mir_ns now, struct mir_buf *b)
{
	size_t len = b && !b->next ? b->len : mir_buf_len(b);

	if (!tcp_is_synchronized(c->state) || c->close_wanted || len > CHAIN_MAX ||
	    c->sendq.len >= tcp_send_limit(c))
		return refuse(c, len);
	if (len == 0) {
		mir_buf_free(b);
		return MIR_OK;
	}
	tcp_sendq_put(&c->sendq, b, (uint32_t)len);
	if (c->sendq.pinned)
		tcp_account(c);
	if (c->timer[TCP_T_OUTPUT] == MIR_NEVER)
		tcp_timer_soon(c, TCP_T_OUTPUT, now);
	return MIR_OK;
}

int
tcp_send(struct tcp_conn *c, mir_ns now, struct mir_buf *b)
{
	int err = tcp_send_later(c, now, b);

	if (err)
		return err;
	tcp_conn_pin(c);
	tcp_output(c, now);
	tcp_conn_settle(c);
	return MIR_OK;
}

int
tcp_recv(struct tcp_conn *c, mir_ns now, struct mir_buf **out)
{
	uint32_t len = c->recvq.len;

	if (len == 0) {
		if (c->state == TCP_CLOSED_STATE)
			return c->error;
		return c->peer_done ? 0 : MIR_EAGAIN;
	}
	*out = tcp_recvq_take(&c->recvq);
	tcp_account(c);
	tcp_receive_opened(c, now);
	return (int)len;
}

/* Ends our stream.  Before the handshake's end there is nobody to tell: that comes later. */
static void
end_stream(struct tcp_conn *c, mir_ns now)
{
	if (c->close_wanted || c->state == TCP_CLOSED_STATE)
		return;
	c->close_wanted = true;
	if (!tcp_is_synchronized(c->state))
		return;
	tcp_conn_change(c, TCP_CLOSE);
	tcp_output(c, now);
}

int
tcp_shutdown(struct tcp_conn *c, mir_ns now)
{
	if (c->state == TCP_CLOSED_STATE)
		return c->error ? c->error : MIR_EGONE;
	tcp_conn_pin(c);
	end_stream(c, now);
	tcp_conn_settle(c);
	return MIR_OK;
}

void
tcp_close(struct tcp_conn *c, mir_ns now)
{
	mir_ns patience = TCP_R2;
	struct mir_buf *unread;

	tcp_conn_pin(c);
	c->owned = false;
	unread = tcp_recvq_take(&c->recvq);
	tcp_account(c);
	mir_buf_free(unread);
	if (c->state == TCP_SYN_SENT)
		tcp_conn_end(c, MIR_EGONE);
	end_stream(c, now);
	if (c->state == TCP_FIN_WAIT_2)
		patience = TCP_FIN_WAIT_2_TIME;
	if (c->state != TCP_CLOSED_STATE)
		tcp_timer_set(c, TCP_T_ORPHAN, now + patience);
	tcp_conn_settle(c);
}

void
tcp_abort(struct tcp_conn *c, mir_ns now)
{
	tcp_conn_pin(c);
	c->owned = false;
	tcp_conn_reset(c, now, MIR_EGONE);
	tcp_conn_settle(c);
}

void
tcp_set_nodelay(struct tcp_conn *c, mir_ns now, bool on)
{
	tcp_conn_pin(c);
	c->nodelay = on;
	tcp_output(c, now);
	tcp_conn_settle(c);
}

void
tcp_set_keepalive(struct tcp_conn *c, mir_ns now, mir_ns idle)
{
	c->keep_idle = idle;
	if (idle && tcp_is_synchronized(c->state))
		tcp_timer_set(c, TCP_T_KEEP, now + idle);
}

void
tcp_peer(const struct tcp_conn *c, struct mir_addr *addr, uint16_t *port)
{
	*addr = c->id.remote;
	*port = c->id.rport;
}
