/* SPDX-License-Identifier: ISC */
/* Listeners: SYNs become half-open connections, those become connections to accept.  Both queues
 * are bounded by the backlog. */
#include "mir/err.h"
#include "mir/pool.h"
#include "net/tcp/conn.h"
#include "net/tcp/seq.h"
#include "net/tcp/stats.h"
#include "net/tcp/wire.h"

struct conn_queue {
	struct tcp_conn *first, **end;
	unsigned count;
};

struct tcp_listener {
	struct tcp *tcp;
	struct tcp_listener *next;
	void *user;
	uint16_t port;
	unsigned backlog;
	struct conn_queue half;		/* SYN-RECEIVED, oldest first. */
	struct conn_queue ready;	/* To be accepted, oldest first. */
};

static struct mir_pool pool = MIR_POOL(struct tcp_listener, "tcp listeners", TCP_LISTENERS);

static void
queue_add(struct conn_queue *q, struct tcp_conn *c)
{
	c->queue_next = NULL;
	c->queue_prev = q->end;
	*q->end = c;
	q->end = &c->queue_next;
	q->count++;
}

static void
queue_remove(struct conn_queue *q, struct tcp_conn *c)
{
	*c->queue_prev = c->queue_next;
	if (c->queue_next)
		c->queue_next->queue_prev = c->queue_prev;
	else
		q->end = c->queue_prev;
	q->count--;
}

struct tcp_listener *
tcp_listener_find(struct tcp *t, uint16_t port)
{
	struct tcp_listener *l = t->listeners;

	while (l && l->port != port)
		l = l->next;
	return l;
}

int
tcp_listen(struct tcp *t, uint16_t port, unsigned backlog, void *user, struct tcp_listener **out)
{
	struct tcp_listener *l;

	if (port == 0 || backlog == 0)
		return MIR_EINVAL;
	if (tcp_listener_find(t, port))
		return MIR_EEXIST;
	l = mir_pool_get(&pool);
	if (!l)
		return MIR_ENOMEM;
	l->tcp = t;
	l->user = user;
	l->port = port;
	l->backlog = backlog;
	l->half.end = &l->half.first;
	l->ready.end = &l->ready.first;
	l->next = t->listeners;
	t->listeners = l;
	*out = l;
	return MIR_OK;
}

void *
tcp_listener_user(const struct tcp_listener *l)
{
	return l->user;
}

struct tcp_listener *
tcp_conn_listener(const struct tcp_conn *c)
{
	return c->listener;
}

/* Which of the two queues a connection is in. */
static struct conn_queue *
queue_of(struct tcp_conn *c)
{
	return c->half_open ? &c->listener->half : &c->listener->ready;
}

void
tcp_listener_forget(struct tcp_conn *c)
{
	if (!c->listener)
		return;
	queue_remove(queue_of(c), c);
	c->listener = NULL;
}

void
tcp_listener_established(struct tcp_conn *c)
{
	queue_remove(&c->listener->half, c);
	c->half_open = false;
	queue_add(&c->listener->ready, c);
	c->events |= TCP_ACCEPTABLE;
}

int
tcp_accept(struct tcp_listener *l, struct tcp_conn **out)
{
	struct tcp_conn *c = l->ready.first;

	if (!c)
		return MIR_EAGAIN;
	tcp_listener_forget(c);
	c->owned = true;
	tcp_stats.accepted++;
	*out = c;
	return MIR_OK;
}

static void
reset_all(struct conn_queue *q, mir_ns now)
{
	struct tcp_conn *c;

	while ((c = q->first)) {
		tcp_conn_pin(c);
		tcp_conn_reset(c, now, MIR_EGONE);
		tcp_conn_settle(c);
	}
}

void
tcp_unlisten(struct tcp_listener *l, mir_ns now)
{
	struct tcp_listener **at = &l->tcp->listeners;

	while (*at != l)
		at = &(*at)->next;
	*at = l->next;
	reset_all(&l->half, now);
	reset_all(&l->ready, now);
	mir_pool_put(&pool, l);
}

/* The connection that the SYN 's' asks for, half open.  NULL: counted. */
static struct tcp_conn *
passive_open(struct tcp_listener *l, mir_ns now, const struct tcp_segment *s)
{
	struct tcp_conn *c = tcp_conn_new(l->tcp, now, &s->id);

	if (!c)
		return NULL;
	c->timestamps = c->scaling = c->sack = true;
	tcp_syn_options(c, now, s);
	c->state = tcp_state_next(TCP_LISTEN, TCP_RCV_SYN);
	c->listener = l;
	c->half_open = true;
	queue_add(&l->half, c);
	tcp_stats.opened_passive++;
	return c;
}

static void
start_from(struct tcp_conn *c, uint32_t iss)
{
	c->iss = c->snd_una = c->snd_nxt = c->snd_max = iss;
	c->send_base = iss + 1;
}

static void
answer_syn(struct tcp_listener *l, mir_ns now, const struct tcp_segment *s,
	   const uint32_t *iss_floor)
{
	struct tcp_conn *c;

	if (l->half.count >= l->backlog) {
		tcp_cookie_answer(l->tcp, now, s);
	} else if ((c = passive_open(l, now, s))) {
		start_from(c, iss_floor && seq_lt(c->iss, *iss_floor) ? *iss_floor : c->iss);
		tcp_send_syn(c, now);
	}
}

/* The ACK of a cookie: as if its connection had been half open all the time. */
static void
open_by_cookie(struct tcp_listener *l, mir_ns now, const struct tcp_segment *syn,
	       struct tcp_segment *ack)
{
	struct tcp_conn *c = passive_open(l, now, syn);

	if (!c)
		return;
	start_from(c, ack->h.ack - 1);
	c->snd_nxt = c->snd_max = ack->h.ack;
	c->rcv_adv = c->rcv_nxt + TCP_SYN_WINDOW;
	tcp_stats.cookies_accepted++;
	tcp_conn_input(c, now, ack);
}

/* RFC 9293 3.10.7.1 and 2: no connection has these addresses and ports. */
void
tcp_listen_input(struct tcp *t, mir_ns now, struct tcp_segment *s, const uint32_t *iss_floor)
{
	struct tcp_listener *l = tcp_listener_find(t, s->h.dport);
	bool is_cookie = false;
	struct tcp_segment syn;

	if (l && (s->h.flags & (TCP_SYN | TCP_RST | TCP_ACK)) == TCP_ACK)
		is_cookie = tcp_cookie_check(t, now, s, &syn);
	if (!l) {
		tcp_stats.drop_no_listener++;
		tcp_refuse(t, s);
	} else if (s->h.flags & TCP_RST) {
		tcp_stats.drop_reset++;
	} else if ((s->h.flags & TCP_ACK) && !is_cookie) {
		tcp_stats.drop_bad_ack++;
		tcp_refuse(t, s);
	} else if (!is_cookie && (!(s->h.flags & TCP_SYN) || (s->h.flags & TCP_FIN))) {
		tcp_stats.drop_flags++;
	} else if (l->ready.count >= l->backlog) {
		tcp_stats.drop_accept_backlog++;
	} else if (is_cookie) {
		open_by_cookie(l, now, &syn, s);
	} else {
		answer_syn(l, now, s, iss_floor);
	}
}
