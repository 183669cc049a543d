/* SPDX-License-Identifier: ISC */
/* Handshakes: SYN-SENT (RFC 9293 3.10.7.3), a SYN that meets SYN-RECEIVED, and the moment a
 * connection becomes established. */
#include "mir/err.h"
#include "net/tcp/conn.h"
#include "net/tcp/seq.h"
#include "net/tcp/stats.h"
#include "net/tcp/wire.h"

static bool
is_ipv6(const struct mir_addr *a)
{
	for (unsigned i = 0; i < 10; i++)
		if (a->bytes[i])
			return true;
	return a->bytes[10] != 0xff || a->bytes[11] != 0xff;
}

/* The peer's SYN: its sequence number, and what both sides have offered. */
void
tcp_syn_options(struct tcp_conn *c, mir_ns now, const struct tcp_segment *s)
{
	const struct tcp_options *o = &s->h.options;
	uint16_t mss = is_ipv6(&c->id.remote) ? TCP_MSS_DEFAULT_6 : TCP_MSS_DEFAULT_4;

	if (o->have & TCP_HAVE_MSS)
		mss = o->mss < TCP_MSS_MIN ? TCP_MSS_MIN : o->mss;
	c->mss = mss < c->mss_offer ? mss : c->mss_offer;
	c->timestamps = c->timestamps && (o->have & TCP_HAVE_TIMESTAMPS);
	if (c->timestamps) {
		c->mss -= TCP_TIMESTAMPS_SIZE;
		c->ts_recent = c->ts_floor = c->ts_next = o->tsval;
		c->ts_recent_at = now;
	}
	c->scaling = c->scaling && (o->have & TCP_HAVE_WSCALE);
	c->snd_scale = c->scaling ? o->wscale : 0;
	c->rcv_scale = c->scaling ? c->rcv_scale : 0;
	c->sack = c->sack && (o->have & TCP_HAVE_SACK_PERMITTED);
	c->ecn = tcp_ecn_agreed && tcp_ecn_agreed(s->h.flags);
	c->ecn_until = c->iss;
	c->irs = s->h.seq;
	c->rcv_nxt = c->last_ack_sent = c->irs + 1;
	c->rcv_adv = c->rcv_nxt;
	c->quick = TCP_FIRST_ACKS;
	c->rcv_mss = c->mss_offer < TCP_MSS_DEFAULT_4 ? c->mss_offer : TCP_MSS_DEFAULT_4;
	c->snd_wnd = c->snd_wnd_max = s->h.window;	/* Not scaled in a SYN. */
	c->snd_wl1 = s->h.seq;
	c->snd_wl2 = s->h.ack;
	tcp_cc_init(&c->cc, tcp_cc_default(), c->mss);
}

/* By hand, or where our SYN was sent again by what is echoed of the last. */
static void
first_round_trip(struct tcp_conn *c, mir_ns now, const struct tcp_segment *s)
{
	uint32_t sent = tcp_timestamp(c, c->timed_at), age;

	if (c->timing) {
		tcp_rto_sample(&c->rto, now - c->timed_at);
	} else if (c->timestamps && seq_ge(s->h.options.tsecr, sent)) {
		age = tcp_timestamp(c, now) - s->h.options.tsecr;
		if (age <= TCP_RTO_FIRST / MIR_MS(1))
			tcp_rto_sample(&c->rto, MIR_MS(age));
	}
}

/* Our SYN was acknowledged. */
static void
established(struct tcp_conn *c, mir_ns now, const struct tcp_segment *s)
{
	if (c->rto.backoff > 1)
		c->cc.cwnd = c->mss;	/* RFC 5681 3.1: the SYN was lost, and not only slow. */
	first_round_trip(c, now, s);
	tcp_conn_remember(c, now);
	tcp_rto_opened(&c->rto);
	c->timing = false;
	c->snd_una = c->snd_nxt = c->snd_max = c->snd_small = s->h.ack;
	c->recover = c->timed_seq = c->iss;
	tcp_rack_init(&c->rack, c->snd_una);
	tcp_timer_stop(c, TCP_T_REXMT);
	if (c->keep_idle)
		tcp_timer_set(c, TCP_T_KEEP, now + c->keep_idle);
	if (c->listener)
		tcp_listener_established(c);
	else
		c->events |= TCP_CONNECTED | TCP_WRITABLE;
	if (c->close_wanted)
		tcp_conn_change(c, TCP_CLOSE);
}

static void
syn_sent_reset(struct tcp_conn *c, const struct tcp_segment *s)
{
	if (s->h.flags & TCP_ACK) {
		tcp_stats.resets_received++;
		tcp_conn_end(c, MIR_EREFUSED);
	} else {
		tcp_stats.drop_reset++;
	}
}

void
tcp_input_syn_sent(struct tcp_conn *c, mir_ns now, struct tcp_segment *s)
{
	uint8_t flags = s->h.flags;

	if ((flags & TCP_ACK) && s->h.ack != c->snd_max) {
		tcp_stats.drop_bad_ack++;
		tcp_refuse(c->tcp, s);
		return;
	}
	if (flags & TCP_RST) {
		syn_sent_reset(c, s);
		return;
	}
	if (!(flags & TCP_SYN) || (flags & TCP_FIN)) {
		tcp_stats.drop_flags++;
		return;
	}
	tcp_syn_options(c, now, s);
	c->heard = now;
	if (flags & TCP_ACK) {
		tcp_conn_change(c, TCP_RCV_SYN_ACK);
		established(c, now, s);
		c->ack_now = true;
	} else {			/* Simultaneous open. */
		tcp_conn_change(c, TCP_RCV_SYN);
		tcp_send_syn(c, now);
	}
}

/* The answer echoes this copy, or the peer takes its second of waiting for the round trip, and waits
 * for three when its first data is lost. */
static void
answer_again(struct tcp_conn *c, mir_ns now, const struct tcp_segment *s)
{
	const struct tcp_options *o = &s->h.options;

	tcp_stats.drop_duplicate++;
	if (c->timestamps && (o->have & TCP_HAVE_TIMESTAMPS) && seq_ge(o->tsval, c->ts_recent)) {
		c->ts_recent = o->tsval;
		c->ts_recent_at = now;
	}
	tcp_send_syn(c, now);
}

/* The peer's SYN again: it lost our SYN-ACK, or it is the SYN-ACK of a simultaneous open.  RFC
 * 9293 would call both out of window.  true: go on as if the SYN were not there. */
bool
tcp_input_syn_again(struct tcp_conn *c, mir_ns now, struct tcp_segment *s)
{
	if (s->h.seq != c->irs || (s->h.flags & (TCP_RST | TCP_FIN)))
		return true;		/* tcp_input_acceptable judges it. */
	if (s->h.flags & TCP_ACK) {
		s->h.seq++;
		s->h.flags &= (uint8_t)~TCP_SYN;
		c->ack_now = true;
		return true;
	}
	answer_again(c, now, s);
	return false;
}

/* The ACK in SYN-RECEIVED: RFC 9293 3.10.7.4, fifth.  false: it is not of our SYN. */
bool
tcp_input_open(struct tcp_conn *c, mir_ns now, const struct tcp_segment *s)
{
	if (s->h.ack != c->snd_max) {
		tcp_stats.drop_bad_ack++;
		tcp_refuse(c->tcp, s);
		return false;
	}
	tcp_conn_change(c, TCP_RCV_ACK_OF_SYN);
	c->snd_wnd = (uint32_t)s->h.window << c->snd_scale;
	c->snd_wnd_max = c->snd_wnd > c->snd_wnd_max ? c->snd_wnd : c->snd_wnd_max;
	c->snd_wl1 = s->h.seq;
	c->snd_wl2 = s->h.ack;
	established(c, now, s);
	return true;
}
