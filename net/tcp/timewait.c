/* SPDX-License-Identifier: ISC */
/* TIME-WAIT: small records of closed connections, apart from the connections themselves.
 *
 * All wait the same time, so the list by expiry is a queue.  At the limit the oldest goes. */
#include <string.h>
#include "mir/err.h"
#include "mir/pool.h"
#include "net/tcp/conn.h"
#include "net/tcp/seq.h"
#include "net/tcp/stats.h"
#include "net/tcp/wire.h"

struct tcp_timewait {
	struct tcp_entry entry;		/* First. */
	struct tcp_timewait *next, *prev;	/* By expiry. */
	mir_ns expires;
	uint32_t answered;		/* In TICKs; 0: never. */
	uint32_t snd_nxt, rcv_nxt;
	uint32_t ts_recent;
	uint16_t window;
	bool timestamps;
};

static struct mir_pool pool = MIR_POOL(struct tcp_timewait, "tcp time-wait", 0);

#define TICK	MIR_MS(64)

static uint32_t
tick(mir_ns t)
{
	return (uint32_t)(t / TICK) | 1;
}

static void
queue_append(struct tcp *t, struct tcp_timewait *w)
{
	w->next = NULL;
	w->prev = t->timewait_last;
	if (w->prev)
		w->prev->next = w;
	else
		t->timewait_first = w;
	t->timewait_last = w;
}

static void
queue_remove(struct tcp *t, struct tcp_timewait *w)
{
	if (w->prev)
		w->prev->next = w->next;
	else
		t->timewait_first = w->next;
	if (w->next)
		w->next->prev = w->prev;
	else
		t->timewait_last = w->prev;
}

static void
forget(struct tcp *t, struct tcp_timewait *w)
{
	tcp_table_remove(&t->table, &w->entry);
	queue_remove(t, w);
	t->timewait_count--;
	mir_pool_put(&pool, w);
}

static void
restart(struct tcp *t, struct tcp_timewait *w, mir_ns now)
{
	queue_remove(t, w);
	w->expires = now + TCP_2MSL;
	queue_append(t, w);
}

/* The connection ends here; what is left to do for its peer the record does.  Without memory for
 * it the peer gets a reset for what it repeats.  An ACK that was put off goes out before. */
void
tcp_timewait_enter(struct tcp_conn *c, mir_ns now)
{
	struct tcp *t = c->tcp;
	struct tcp_timewait *w;

	if (c->ack_now || c->timer[TCP_T_DELACK] != MIR_NEVER)
		tcp_send_ack(c, now);
	if (t->timewait_count >= t->timewait_limit) {
		tcp_stats.timewait_recycled++;
		forget(t, t->timewait_first);
	}
	w = mir_pool_get(&pool);
	if (w) {
		w->entry.id = c->id;
		w->entry.kind = TCP_KIND_TIMEWAIT;
		w->expires = now + TCP_2MSL;
		w->snd_nxt = c->snd_max;
		w->rcv_nxt = c->rcv_nxt;
		w->window = (uint16_t)((c->rcv_adv - c->rcv_nxt) >> c->rcv_scale);
		w->timestamps = c->timestamps;
		w->ts_recent = c->ts_recent;
		tcp_conn_unhash(c);
		tcp_table_add(&t->table, &w->entry);
		queue_append(t, w);
		t->timewait_count++;
	}
	tcp_conn_end(c, MIR_OK);
}

static void
send_ack(struct tcp *t, const struct tcp_timewait *w, mir_ns now)
{
	const struct tcp_tuple *id = &w->entry.id;
	struct tcp_header h = { .sport = id->lport, .dport = id->rport, .seq = w->snd_nxt,
				.ack = w->rcv_nxt, .flags = TCP_ACK, .window = w->window };

	if (w->timestamps) {
		h.options.have = TCP_HAVE_TIMESTAMPS;
		h.options.tsval = (uint32_t)(now / MIR_MS(1)) +
				  (uint32_t)(tcp_secret(t, id) >> 32);
		h.options.tsecr = w->ts_recent;
	}
	tcp_segment_bare(t, id, &h);
}

/* RFC 6191 2: the SYN is certainly of a new connection, as its timestamp or, without timestamps,
 * its number is above all that the old one used. */
static bool
is_new_connection(const struct tcp_timewait *w, const struct tcp_segment *s)
{
	if ((s->h.flags & (TCP_SYN | TCP_ACK | TCP_RST | TCP_FIN)) != TCP_SYN)
		return false;
	if (w->timestamps && (s->h.options.have & TCP_HAVE_TIMESTAMPS) &&
	    s->h.options.tsval != w->ts_recent)
		return seq_gt(s->h.options.tsval, w->ts_recent);
	return seq_gt(s->h.seq, w->rcv_nxt);
}

/* What the peer repeats is acknowledged; a FIN starts the time again (RFC 9293 3.10.7.4).  Resets
 * are ignored (RFC 1337 3). */
static void
judge(struct tcp *t, struct tcp_timewait *w, mir_ns now, const struct tcp_segment *s)
{
	bool fin = s->h.flags & TCP_FIN;

	tcp_stats.drop_timewait++;
	if (s->h.flags & TCP_RST)
		return;
	if (fin && s->h.seq + s->len + 1 == w->rcv_nxt)
		restart(t, w, now);
	else if (w->answered && tick(now) - w->answered < TCP_ACK_LIMIT / TICK)
		return;
	w->answered = tick(now);
	send_ack(t, w, now);
}

void
tcp_timewait_input(struct tcp *t, mir_ns now, struct tcp_entry *e, struct tcp_segment *s)
{
	struct tcp_timewait *w = (struct tcp_timewait *)e;
	uint32_t iss_floor;

	if (is_new_connection(w, s) && tcp_listener_find(t, s->h.dport)) {
		iss_floor = w->snd_nxt + 65537;	/* Beyond any window without scaling. */
		tcp_stats.timewait_reused++;
		forget(t, w);
		tcp_listen_input(t, now, s, &iss_floor);
	} else {
		judge(t, w, now, s);
	}
}

void
tcp_timewait_expire(struct tcp *t, mir_ns now)
{
	while (t->timewait_first && t->timewait_first->expires <= now)
		forget(t, t->timewait_first);
}

void
tcp_timewait_address_gone(struct tcp *t, const struct mir_addr *addr)
{
	struct tcp_timewait *w, *next;

	for (w = t->timewait_first; w; w = next) {
		next = w->next;
		if (memcmp(&w->entry.id.local, addr, sizeof *addr) == 0)
			forget(t, w);
	}
}

mir_ns
tcp_timewait_deadline(const struct tcp *t)
{
	return t->timewait_first->expires;
}
