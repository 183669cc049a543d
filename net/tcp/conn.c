/* SPDX-License-Identifier: ISC */
/* Connections: found by their addresses and ports, made, ended, freed. */
#include <string.h>
#include "mir/err.h"
#include "mir/panic.h"
#include "mir/pool.h"
#include "net/tcp/conn.h"
#include "net/tcp/seq.h"
#include "net/tcp/stats.h"
#include "net/tcp/wire.h"

static struct mir_pool pool = MIR_POOL(struct tcp_conn, "tcp connections", 0);

uint64_t
tcp_secret(const struct tcp *t, const struct tcp_tuple *id)
{
	return siphash(t->key, id, sizeof *id);
}

/* RFC 6528: a clock of 4 us plus a secret function of the addresses and ports. */
static uint32_t
initial_seq(mir_ns now, uint64_t secret)
{
	return (uint32_t)(now / MIR_US(4)) + (uint32_t)secret;
}

uint32_t
tcp_initial_seq(const struct tcp *t, mir_ns now, const struct tcp_tuple *id)
{
	return initial_seq(now, tcp_secret(t, id));
}

struct tcp_conn *
tcp_conn_find(struct tcp *t, const struct tcp_tuple *id)
{
	struct tcp_entry *e = tcp_table_find(&t->table, id);

	return e && e->kind == TCP_KIND_CONN ? tcp_conn_of(e) : NULL;
}

void
tcp_conn_unhash(struct tcp_conn *c)
{
	if (c->hashed)
		tcp_table_remove(&c->tcp->table, &c->entry);
}

uint8_t
tcp_window_scale(void)
{
	uint8_t scale = 0;

	while (CONFIG_TCP_RECV_MAX >> scale > 65535)
		scale++;
	return scale;
}

struct tcp_conn *
tcp_conn_new(struct tcp *t, mir_ns now, const struct tcp_tuple *id)
{
	struct tcp_conn *c;
	uint64_t secret;

	if (t->conn_count >= t->conn_limit) {
		tcp_stats.drop_conn_limit++;
		return NULL;
	}
	c = mir_pool_get(&pool);
	if (!c) {
		tcp_stats.drop_no_memory++;
		return NULL;
	}
	t->conn_count++;
	c->flow.ops = &tcp_flow_ops;
	c->tcp = t;
	c->id = *id;
	c->pseudo = tcp_segment_pseudo(id);
	tcp_timers_off(c);
	secret = tcp_secret(t, id);
	c->iss = initial_seq(now, secret);
	c->ts_offset = (uint32_t)(secret >> 32);
	c->mss_offer = c->mss = t->env.mss(t->env.ctx, &id->remote);
	tcp_segment_offload(c);
	c->rcv_scale = tcp_window_scale();
	c->rcv_limit = CONFIG_TCP_RECV_LIMIT;
	c->heard = now;
	c->keep_idle = MIR_SEC(CONFIG_TCP_KEEPALIVE);
	tcp_rto_init(&c->rto);
	tcp_peers_recall(&t->peers, t->table.key, now, &id->remote, &c->rto);
	tcp_table_add(&t->table, &c->entry);
	return c;
}

void
tcp_conn_remember(const struct tcp_conn *c, mir_ns now)
{
	struct tcp *t = c->tcp;

	if (c->rto.srtt)
		tcp_peers_note(&t->peers, t->table.key, now, &c->id.remote, &c->rto);
}

void
tcp_conn_end(struct tcp_conn *c, int error)
{
	if (c->state == TCP_CLOSED_STATE)
		return;
	tcp_conn_change(c, TCP_END);
	tcp_conn_remember(c, c->heard);
	c->error = error;
	tcp_timers_off(c);
	tcp_conn_unhash(c);
	tcp_sendq_clear(&c->sendq);
	tcp_board_clear(&c->board);
	tcp_recvq_drop_early(&c->recvq);
	tcp_account(c);
	tcp_listener_forget(c);
	c->events |= TCP_READABLE | TCP_WRITABLE | TCP_CLOSED;
}

void
tcp_conn_reset(struct tcp_conn *c, mir_ns now, int error)
{
	if (c->state >= TCP_SYN_RCVD && c->state != TCP_TIME_WAIT) {
		tcp_segment_send(c, now, c->snd_max, TCP_RST | TCP_ACK, 0, 0);
		tcp_stats.resets_sent++;
	}
	tcp_conn_end(c, error);
}

void
tcp_conn_free(struct tcp_conn *c)
{
	MIR_ASSERT(!c->hashed && !wheel_is_set(&c->wake) && c->sendq.len == 0);
	tcp_recvq_clear(&c->recvq);
	tcp_account(c);
	c->tcp->conn_count--;
	mir_pool_put(&pool, c);
}

void
tcp_conn_tell(struct tcp_conn *c)
{
	const struct tcp_env *env = &c->tcp->env;
	unsigned events;

	if (c->pins != 1)
		return;
	while ((events = c->events)) {
		c->events = 0;
		if (c->owned || c->listener)
			env->event(env->ctx, c, events);
	}
}
