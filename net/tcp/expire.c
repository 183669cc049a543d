/* SPDX-License-Identifier: ISC */
/* What happens when a timer runs out. */
#include "mir/err.h"
#include "net/tcp/conn.h"
#include "net/tcp/stats.h"
#include "net/tcp/wire.h"

static void
give_up(struct tcp_conn *c)
{
	tcp_stats.gave_up++;
	tcp_conn_end(c, c->unreachable ? MIR_EUNREACH : MIR_ETIMEDOUT);
}

static void
syn_again(struct tcp_conn *c, mir_ns now)
{
	if (now - c->waiting_since >= (c->state == TCP_SYN_SENT ? TCP_R2_SYN : TCP_R2_HALF)) {
		give_up(c);
		return;
	}
	tcp_rto_back_off(&c->rto);
	tcp_stats.retransmits++;
	tcp_send_syn(c, now);
}

/* While it says that its window is closed the peer is alive. */
static bool
is_dead(const struct tcp_conn *c, mir_ns now)
{
	return now - c->waiting_since >= TCP_R2 && c->tries >= TCP_R2_TRIES &&
	       (c->snd_wnd > 0 || now - c->heard >= TCP_R2);
}

static void
data_again(struct tcp_conn *c, mir_ns now)
{
	if (c->snd_una == c->snd_max) {		/* Sending failed for want of memory. */
		tcp_output(c, now);
		return;
	}
	if (is_dead(c, now)) {
		give_up(c);
		return;
	}
	c->tries++;
	tcp_black_hole(c);
	tcp_recovery_timeout(c, now);
	tcp_rto_back_off(&c->rto);
	tcp_timer_set(c, TCP_T_REXMT, now + tcp_rto_value(&c->rto));
	if (c->snd_wnd == 0)
		tcp_resend_first(c, now);	/* The window closed behind it. */
	else
		tcp_output(c, now);
}

/* A window that is not closed but small for long gets what fits: RFC 9293 3.8.6.2.1 (4). */
static void
probe(struct tcp_conn *c, mir_ns now)
{
	mir_ns wait = tcp_rto_value(&c->rto) << (c->probes < 10 ? c->probes : 10);

	/* So slow they get that time alone would let one lost probe end it. */
	if (c->silent >= TCP_KEEPALIVE_PROBES && now - c->heard >= TCP_R2) {
		give_up(c);
		return;
	}
	if (tcp_output_overdue(c, now)) {
		c->probes = 0;
		return;
	}
	c->probes++;
	c->silent++;
	tcp_send_probe(c, now);
	tcp_timer_set(c, TCP_T_PERSIST, now + (wait < TCP_RTO_MAX ? wait : TCP_RTO_MAX));
}

/* RFC 9293 3.8.4.  A number that was acknowledged draws an ACK and carries nothing. */
static void
keepalive(struct tcp_conn *c, mir_ns now)
{
	if (c->keep_idle == 0 || !tcp_is_synchronized(c->state))
		return;
	if (now - c->heard < c->keep_idle) {
		c->keep_tries = 0;
		tcp_timer_set(c, TCP_T_KEEP, c->heard + c->keep_idle);
		return;
	}
	if (c->keep_tries++ >= TCP_KEEPALIVE_PROBES) {
		tcp_stats.gave_up++;
		tcp_conn_reset(c, now, MIR_ETIMEDOUT);
		return;
	}
	tcp_stats.keepalives++;
	tcp_segment_send(c, now, c->snd_una - 1, TCP_ACK, 0, 0);
	tcp_timer_set(c, TCP_T_KEEP, now + TCP_KEEPALIVE_GAP);
}

/* What a peer with an open window has not acknowledged ends by itself, one way or the other. */
static void
orphan(struct tcp_conn *c, mir_ns now)
{
	if (c->state != TCP_FIN_WAIT_2 && c->snd_wnd > 0 && c->timer[TCP_T_REXMT] != MIR_NEVER) {
		tcp_timer_set(c, TCP_T_ORPHAN, now + TCP_R2);
		return;
	}
	tcp_stats.orphans_ended++;
	if (c->state == TCP_FIN_WAIT_2)
		tcp_conn_end(c, MIR_ETIMEDOUT);
	else
		tcp_conn_reset(c, now, MIR_ETIMEDOUT);
}

void
tcp_expire(struct tcp_conn *c, mir_ns now, enum tcp_timer which)
{
	switch (which) {
	case TCP_T_OUTPUT:
		tcp_output(c, now);
		break;
	case TCP_T_REXMT:
		if (c->state == TCP_SYN_SENT || c->state == TCP_SYN_RCVD)
			syn_again(c, now);
		else
			data_again(c, now);
		break;
	case TCP_T_EARLY:
		if (c->early_probe)
			tcp_probe_send(c, now);
		else
			tcp_recovery_reorder(c, now);
		break;
	case TCP_T_PERSIST:
		probe(c, now);
		break;
	case TCP_T_DELACK:
		tcp_send_ack(c, now);
		break;
	case TCP_T_KEEP:
		keepalive(c, now);
		break;
	default:
		orphan(c, now);
	}
}
