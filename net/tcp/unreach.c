/* SPDX-License-Identifier: ISC */
/* News from the network layer: ICMP errors, judged by RFC 5927, another MTU, a lost local address. */
#include <string.h>
#include "mir/err.h"
#include "net/tcp/conn.h"
#include "net/tcp/seq.h"
#include "net/tcp/stats.h"
#include "net/tcp/wire.h"

enum {
	MTU_MIN_4 = 576,		/* What every host takes: RFC 791 3.1. */
	MTU_MIN_6 = 1280,
	HEADERS_4 = 40,			/* IP and TCP, bytes. */
	HEADERS_6 = 60,
};

/* RFC 5927 7: only ever smaller, never absurdly small. */
static bool
lower_mss(struct tcp_conn *c, uint32_t mtu)
{
	bool v4 = mir_addr_is_ipv4(&c->id.remote);
	uint32_t least = v4 ? MTU_MIN_4 : MTU_MIN_6;
	uint32_t mss = (mtu < least ? least : mtu) - (v4 ? HEADERS_4 : HEADERS_6);

	if (c->timestamps)
		mss -= TCP_TIMESTAMPS_SIZE;
	if (mss >= c->mss || !tcp_is_synchronized(c->state))
		return false;
	tcp_stats.mss_lowered++;
	c->mss = (uint16_t)mss;
	c->cc.mss = mss;
	return true;
}

/* Full segments vanish, again and again, and no router says why: RFC 4821 7.7, RFC 8899 4.3.  Where
 * it is the way that is bad, and not their size, smaller ones do little harm. */
void
tcp_black_hole(struct tcp_conn *c)
{
	uint32_t mtu = c->tries < 2 * TCP_BLACK_HOLE_TRIES ? MTU_MIN_6 : MTU_MIN_4;

	if (c->tries % TCP_BLACK_HOLE_TRIES == 0 && c->snd_wnd > 0 &&
	    c->snd_max - c->snd_una >= c->mss && lower_mss(c, mtu))
		tcp_stats.black_holes++;
}

static void
judge(struct tcp_conn *c, mir_ns now, enum tcp_unreach kind, uint32_t mtu)
{
	if (kind == TCP_UNREACH_TOO_BIG) {
		if (!lower_mss(c, mtu))
			return;
		tcp_recovery_resize(c);		/* What was too big goes again, smaller. */
		tcp_output(c, now);
	} else if (!tcp_is_synchronized(c->state)) {
		c->unreachable = true;	/* Told if the open times out: RFC 5461. */
		if (kind == TCP_UNREACH_HARD)
			tcp_conn_end(c, MIR_EREFUSED);
	}
}

void
tcp_unreach(struct tcp *t, mir_ns now, const struct mir_addr *src, const struct mir_addr *dst,
	    const uint8_t *tcp, size_t len, enum tcp_unreach kind, uint32_t mtu)
{
	struct tcp_tuple id = { .local = *src, .remote = *dst };
	struct tcp_conn *c = NULL;
	uint32_t seq = 0;

	if (len >= TCP_SEQ + 4) {
		id.lport = get16(tcp + TCP_SPORT);
		id.rport = get16(tcp + TCP_DPORT);
		seq = get32(tcp + TCP_SEQ);
		c = tcp_conn_find(t, &id);
	}
	/* RFC 5927 4: it must be about something in flight. */
	if (!c || !seq_in(seq, c->snd_una, c->snd_max - c->snd_una)) {
		tcp_stats.drop_icmp++;
		return;
	}
	tcp_conn_pin(c);
	judge(c, now, kind, mtu);
	tcp_conn_settle(c);
}

/* What is sent from now on fits; what was lost before goes again by its timer, in smaller segments. */
static void
keep_to_mtu(struct tcp_conn *c)
{
	uint16_t mss = c->tcp->env.mss(c->tcp->env.ctx, &c->id.remote);

	tcp_segment_offload(c);
	if (mss < c->mss_offer)
		c->mss_offer = mss;	/* Bounds what an open that goes on will agree on. */
	if (c->timestamps)
		mss -= TCP_TIMESTAMPS_SIZE;
	if (mss >= c->mss)
		return;
	tcp_stats.mss_lowered++;
	c->mss = mss;
	c->cc.mss = mss;
}

void
tcp_mtu_changed(struct tcp *t)
{
	struct tcp_entry *e;

	for (uint32_t i = 0; i < t->table.buckets; i++)
		for (e = tcp_table_bucket(&t->table, i); e; e = e->hash_next)
			if (e->kind == TCP_KIND_CONN)
				keep_to_mtu(tcp_conn_of(e));
}

static struct tcp_conn *
find_local(struct tcp *t, uint32_t bucket, const struct mir_addr *addr)
{
	struct tcp_entry *e = tcp_table_bucket(&t->table, bucket);

	while (e && (e->kind != TCP_KIND_CONN ||
		     memcmp(&e->id.local, addr, sizeof *addr) != 0))
		e = e->hash_next;
	return e ? tcp_conn_of(e) : NULL;
}

/* Ends all that the table has now, in its order.  What it tells may change the table, and move
 * connections to buckets that were passed: then there is another round. */
void
tcp_address_gone(struct tcp *t, mir_ns now, const struct mir_addr *addr)
{
	struct tcp_conn *c;
	bool more;

	(void)now;
	tcp_timewait_address_gone(t, addr);
	do {
		more = false;
		for (uint32_t i = 0; i < t->table.buckets; i++) {
			while (i < t->table.buckets && (c = find_local(t, i, addr))) {
				more = true;
				tcp_conn_pin(c);
				tcp_conn_end(c, MIR_ERESET);
				tcp_conn_settle(c);
			}
		}
	} while (more);
}
