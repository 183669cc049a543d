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

enum { FOR_TABLE, FOR_SEQ, FOR_TIMESTAMP };	/* Purposes of the one key. */

static struct mir_pool pool = MIR_POOL(struct tcp_conn, "tcp connections", 0);

_Static_assert(sizeof(struct tcp_tuple) == 36, "hashed as bytes");

uint64_t
tcp_hash(const struct tcp *t, const struct tcp_tuple *id, uint32_t purpose)
{
	struct {
		struct tcp_tuple id;
		uint32_t purpose;
	} input = { *id, purpose };

	return siphash(t->key, &input, sizeof input);
}

/* RFC 6528: a clock of 4 us plus a secret function of the addresses and ports. */
uint32_t
tcp_initial_seq(const struct tcp *t, mir_ns now, const struct tcp_tuple *id)
{
	return (uint32_t)(now / MIR_US(4)) + (uint32_t)tcp_hash(t, id, FOR_SEQ);
}

static struct tcp_conn **
bucket_of(struct tcp *t, const struct tcp_tuple *id)
{
	return &t->bucket[tcp_hash(t, id, FOR_TABLE) & (TCP_HASH_SIZE - 1)];
}

struct tcp_conn *
tcp_conn_find(struct tcp *t, const struct tcp_tuple *id)
{
	struct tcp_conn *c;

	for (c = *bucket_of(t, id); c; c = c->hash_next)
		if (memcmp(&c->id, id, sizeof *id) == 0)
			return c;
	return NULL;
}

static void
hash_insert(struct tcp_conn *c)
{
	struct tcp_conn **at = bucket_of(c->tcp, &c->id);

	c->hash_next = *at;
	c->hash_prev = at;
	if (*at)
		(*at)->hash_prev = &c->hash_next;
	*at = c;
}

void
tcp_conn_unhash(struct tcp_conn *c)
{
	if (!c->hash_prev)
		return;
	*c->hash_prev = c->hash_next;
	if (c->hash_next)
		c->hash_next->hash_prev = c->hash_prev;
	c->hash_prev = NULL;
}

static uint8_t
window_scale(void)
{
	uint8_t scale = 0;

	while (CONFIG_TCP_RECV_LIMIT >> scale > 65535)
		scale++;
	return scale;
}

struct tcp_conn *
tcp_conn_new(struct tcp *t, mir_ns now, const struct tcp_tuple *id)
{
	struct tcp_conn *c;

	if (t->conn_count >= CONFIG_TCP_CONNS) {
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
	c->heap_at = -1;
	tcp_timers_off(c);
	c->iss = tcp_initial_seq(t, now, id);
	c->ts_offset = (uint32_t)tcp_hash(t, id, FOR_TIMESTAMP);
	c->mss_offer = c->mss = t->env.mss(t->env.ctx, &id->remote);
	tcp_segment_offload(c);
	c->rcv_scale = window_scale();
	c->heard = now;
	c->keep_idle = MIR_SEC(CONFIG_TCP_KEEPALIVE);
	tcp_rto_init(&c->rto);
	hash_insert(c);
	return c;
}

void
tcp_conn_end(struct tcp_conn *c, int error)
{
	if (c->state == TCP_CLOSED_STATE)
		return;
	tcp_conn_change(c, TCP_END);
	c->error = error;
	tcp_timers_off(c);
	tcp_conn_unhash(c);
	tcp_sendq_clear(&c->sendq);
	tcp_recvq_drop_early(&c->recvq);
	tcp_recv_account(c);
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
tcp_conn_pin(struct tcp_conn *c)
{
	c->pins++;
}

static void
conn_free(struct tcp_conn *c)
{
	MIR_ASSERT(!c->hash_prev && c->heap_at < 0 && c->sendq.len == 0);
	tcp_recvq_clear(&c->recvq);
	tcp_recv_account(c);
	c->tcp->conn_count--;
	mir_pool_put(&pool, c);
}

void
tcp_conn_settle(struct tcp_conn *c)
{
	const struct tcp_env *env = &c->tcp->env;
	unsigned events;

	while (c->pins == 1 && c->events) {
		events = c->events;
		c->events = 0;
		if (c->owned || c->listener)
			env->event(env->ctx, c, events);
	}
	if (--c->pins == 0 && c->state == TCP_CLOSED_STATE && !c->owned)
		conn_free(c);
}
