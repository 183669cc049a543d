/* SPDX-License-Identifier: ISC */
/* A connection, and what the engine's files ask of each other, by file. */
#ifndef NET_TCP_CONN_H
#define NET_TCP_CONN_H

#include "net/tcp/cc.h"
#include "net/tcp/packet.h"
#include "net/tcp/prr.h"
#include "net/tcp/rack.h"
#include "net/tcp/recvq.h"
#include "net/tcp/rto.h"
#include "net/tcp/sack.h"
#include "net/tcp/scoreboard.h"
#include "net/tcp/sendq.h"
#include "net/tcp/seq.h"
#include "net/tcp/state.h"
#include "net/tcp/tcp.h"

enum tcp_timer {
	TCP_T_OUTPUT,			/* Data was queued in this turn. */
	TCP_T_REXMT,			/* Something is unacknowledged. */
	TCP_T_EARLY,			/* Reordering window over, or tail loss probe. */
	TCP_T_PERSIST,			/* The peer's window is closed. */
	TCP_T_DELACK,			/* An ACK waits for company. */
	TCP_T_KEEP,			/* Keep-alive. */
	TCP_T_ORPHAN,			/* Closed by us: when the peer's patience ends, too. */
	TCP_TIMERS
};

struct tcp_conn {
	struct mir_flow flow;		/* First. */
	union {
		struct tcp_entry entry;
		struct { TCP_ENTRY; };	/* 'id' and its place in the table. */
	};
	struct tcp *tcp;
	struct tcp_listener *listener;	/* Until accepted. */
	struct tcp_conn *queue_next, **queue_prev;	/* The listener's. */
	enum tcp_state state : 8;
	uint8_t events;			/* To be told when the call is done. */
	uint8_t pins;			/* Calls that work on it. */
	int16_t error;			/* Why it ended; MIR_OK: in order. */
	uint16_t tries, keep_tries;	/* Without an answer. */
	uint16_t probes;		/* Since the window closed. */
	uint16_t silent;		/* Of them, since anything was heard. */

	bool half_open : 1;		/* In the listener's queue of those. */
	bool owned : 1;			/* The application has it. */
	bool nodelay : 1;
	bool close_wanted : 1;		/* tcp_shutdown came before the handshake's end. */
	bool timestamps : 1, scaling : 1, sack : 1;	/* Offered by us, then: agreed on. */
	bool ack_now : 1;
	bool recovering : 1;		/* From losses that ACKs told of. */
	bool timed_out : 1;		/* The same after a time-out. */
	bool undo_armed : 1, undo_proved : 1;	/* The last reduction may be, is to be taken back. */
	bool tlp_out : 1, tlp_again : 1;	/* A probe is on its way; it is old data (RFC 8985 7). */
	bool early_probe : 1;		/* What TCP_T_EARLY is for. */
	bool blocked : 1;		/* tcp_send said MIR_EAGAIN. */
	bool peer_done : 1;		/* The FIN arrived. */
	bool unreachable : 1;		/* An ICMP error came while it was being opened. */
	bool timing : 1;		/* The handshake's round trip. */
	bool csum_blank : 1;		/* The way out fills checksums in. */
	bool repeated : 1;		/* What is to be acknowledged had been. */

	/* Send, RFC 9293 3.3.1.  Only window probes are between snd_nxt and snd_max. */
	uint32_t iss, snd_una, snd_nxt, snd_max;
	uint32_t snd_wnd, snd_wl1, snd_wl2, snd_wnd_max;
	uint32_t snd_small;		/* End of the last segment that was not full. */
	uint32_t send_base;		/* Sequence number of the send queue's first byte. */
	uint8_t snd_scale, rcv_scale;
	uint16_t mss_offer;		/* What we told the peer. */
	uint16_t mss;			/* Payload of a full segment, options taken off. */
	uint32_t pseudo;		/* The checksum of what our pseudo headers share. */
	uint32_t gso_max;		/* The way out cuts segments of so many bytes of payload. */
	unsigned dupacks;		/* Without SACK. */
	uint32_t recover;		/* RFC 6582: snd_max when the loss was noticed. */
	mir_ns waiting_since;		/* The oldest byte waits for its ACK since. */
	mir_ns heard;			/* Last acceptable segment. */
	mir_ns sent;			/* Last segment with data. */
	mir_ns answered;		/* Last answer to an empty segment out of the window. */
	struct tcp_sendq sendq;
	struct tcp_rto rto;
	struct tcp_cc cc;
	struct tcp_board board;
	struct tcp_rack rack;
	struct tcp_prr prr;
	bool ecn;			/* Agreed on (RFC 3168). */
	bool ecn_echo, ecn_cwr;		/* To be told: marks came; we have slowed down. */
	uint32_t ecn_until;		/* Marks of what is before were answered. */
	uint32_t tlp_end;
	uint32_t undo_bytes;		/* Sent again since, and not known to be needless. */
	mir_ns undo_since;		/* First time; MIR_NEVER: nothing was. */
	mir_ns tlp_when;
	mir_ns timed_out_at;		/* Last. */
	uint32_t timed_seq;		/* What is behind it gives the next round trip. */
	mir_ns timed_at;

	/* Receive. */
	uint32_t irs, rcv_nxt;
	uint32_t rcv_adv;		/* Right edge that was promised. */
	uint32_t rcv_mss;		/* Largest payload seen. */
	uint32_t rcv_limit;		/* Bytes of the window; grows, see memory.c. */
	uint32_t rcv_mark;		/* When this number has come, a window was filled */
	mir_ns rcv_mark_at;		/* since then. */
	uint32_t unacked;		/* Bytes received since our last ACK. */
	mir_ns data_at;			/* Something came in order. */
	uint8_t quick;			/* Segments that will be acknowledged without delay. */
	uint32_t ts_recent, ts_offset, last_ack_sent;
	mir_ns ts_recent_at;
	uint32_t ts_floor, ts_next;	/* ts_recent as it was TCP_LATE ago, or before; and lately. */
	mir_ns ts_next_at, gap_at;	/* gap_at: something came out of order. */
	mir_ns patience;		/* With what is overtaken: so much later it came. */
	uint32_t ts_repeat;		/* To be echoed once, if 'repeated'. */
	uint32_t discarded;		/* Bytes that came after tcp_close. */
	struct tcp_recvq recvq;
	struct tcp_sacks sacks;
	uint32_t accounted;		/* Of tcp_held, in the engine's sum. */

	mir_ns keep_idle;		/* 0: no keep-alive. */
	mir_ns timer[TCP_TIMERS];	/* MIR_NEVER: off. */
	struct wheel_node wake;		/* Not later than the earliest timer, */
	struct tcp_link turn;		/* but for those that are due when the turn ends. */
};

struct tcp_segment {			/* A received one. */
	struct tcp_tuple id;		/* Of the connection that it would be for. */
	struct tcp_header h;
	uint32_t len;			/* Bytes of payload. */
	bool marked;			/* By a router: congestion. */
	uint16_t part;			/* Of joined segments: bytes of payload of each; else 0. */
	struct mir_buf *data;		/* Payload, the segment's; NULL when empty or taken. */
};

/* conn.c */
/* The low word is for sequence numbers (RFC 6528), the high one for timestamps (RFC 7323 5.4). */
uint64_t tcp_secret(const struct tcp *t, const struct tcp_tuple *id);
struct tcp_conn *tcp_conn_find(struct tcp *t, const struct tcp_tuple *id);
struct tcp_conn *tcp_conn_new(struct tcp *t, mir_ns now, const struct tcp_tuple *id);
uint32_t tcp_initial_seq(const struct tcp *t, mir_ns now, const struct tcp_tuple *id);
uint8_t tcp_window_scale(void);	/* Ours. */
void tcp_conn_unhash(struct tcp_conn *c);
void tcp_conn_remember(const struct tcp_conn *c, mir_ns now);	/* How long round trips take. */
void tcp_conn_end(struct tcp_conn *c, int error);	/* To CLOSED; tells the owner. */
void tcp_conn_reset(struct tcp_conn *c, mir_ns now, int error);	/* The same, with an RST. */
static inline void
tcp_conn_pin(struct tcp_conn *c)
{
	c->pins++;
}
void tcp_conn_tell(struct tcp_conn *c);		/* Tells events, if it is time. */
void tcp_conn_free(struct tcp_conn *c);
/* The end of a call: tells events, and frees 'c' when nobody has it any more. */
static inline void
tcp_conn_settle(struct tcp_conn *c)
{
	if (c->events)
		tcp_conn_tell(c);
	if (--c->pins == 0 && c->state == TCP_CLOSED_STATE && !c->owned)
		tcp_conn_free(c);
}

static inline struct tcp_conn *
tcp_conn_of(struct tcp_entry *e)
{
	return (struct tcp_conn *)((char *)e - offsetof(struct tcp_conn, entry));
}

static inline void
tcp_conn_change(struct tcp_conn *c, enum tcp_change change)
{
	c->state = tcp_state_next(c->state, change);
}

/* The last byte in flight is our FIN. */
static inline bool
tcp_fin_sent(const struct tcp_conn *c)
{
	return tcp_is_send_closed(c->state) && c->snd_nxt - c->send_base > c->sendq.len;
}

/* Our FIN was sent and acknowledged. */
static inline bool
tcp_fin_acked(const struct tcp_conn *c)
{
	return c->snd_una == c->send_base + c->sendq.len + 1;
}

/* Bytes of memory: received and unread, or waiting to be sent or acknowledged. */
static inline uint32_t
tcp_held(const struct tcp_conn *c)
{
	return c->recvq.pinned + c->sendq.pinned;
}

/* After calls that change a queue: keeps the engine's sum. */
static inline void
tcp_account(struct tcp_conn *c)
{
	uint32_t held = tcp_held(c), before = c->accounted;
	struct tcp *t = c->tcp;

	t->held_bytes += (size_t)held - before;
	t->holders += !!held - !!before;
	c->accounted = held;
}

/* listen.c */
/* '*iss_floor': a new connection's initial sequence number must be above (RFC 6191); or NULL. */
void tcp_listen_input(struct tcp *t, mir_ns now, struct tcp_segment *s,
		      const uint32_t *iss_floor);
struct tcp_listener *tcp_listener_find(struct tcp *t, uint16_t port);
void tcp_listener_established(struct tcp_conn *c);	/* From half-open to acceptable. */
void tcp_listener_forget(struct tcp_conn *c);


/* cookie.c: opens of which nothing is kept. */
void tcp_cookie_answer(struct tcp *t, mir_ns now, const struct tcp_segment *syn);
/* Whether 'ack' answers a cookie; 'syn' then is what opened, as far as we know. */
bool tcp_cookie_check(const struct tcp *t, mir_ns now, const struct tcp_segment *ack,
		      struct tcp_segment *syn);

/* input.c: a segment for 'c'. */
void tcp_conn_input(struct tcp_conn *c, mir_ns now, struct tcp_segment *s);

/* input_syn.c */
void tcp_syn_options(struct tcp_conn *c, mir_ns now, const struct tcp_segment *s);
void tcp_input_syn_sent(struct tcp_conn *c, mir_ns now, struct tcp_segment *s);
/* A SYN that meets SYN-RECEIVED.  false: done with. */
bool tcp_input_syn_again(struct tcp_conn *c, mir_ns now, struct tcp_segment *s);
bool tcp_input_open(struct tcp_conn *c, mir_ns now, const struct tcp_segment *s);

/* input_seq.c: RFC 9293 3.10.7.4, first to fourth.  false: done with. */
bool tcp_input_acceptable(struct tcp_conn *c, mir_ns now, struct tcp_segment *s);
void tcp_challenge(struct tcp_conn *c, mir_ns now);

/* input_ack.c: fifth. */
bool tcp_input_ack(struct tcp_conn *c, mir_ns now, const struct tcp_segment *s);

/* recovery.c: losses, as ACKs tell of them. */
uint32_t tcp_pipe(const struct tcp_conn *c);
void tcp_recovery_ack(struct tcp_conn *c, mir_ns now, const struct tcp_segment *s, uint32_t acked,
		      bool duplicate_ack);
void tcp_recovery_reorder(struct tcp_conn *c, mir_ns now);
void tcp_recovery_timeout(struct tcp_conn *c, mir_ns now);
void tcp_recovery_resize(struct tcp_conn *c);
void tcp_recovery_resent(struct tcp_conn *c, mir_ns now, struct tcp_xmit *x);

/* ecn.c, if it is there. */
uint8_t tcp_ecn_syn(const struct tcp_conn *c, uint8_t flags) __attribute__((weak));
bool tcp_ecn_agreed(uint8_t flags) __attribute__((weak));
void tcp_ecn_input(struct tcp_conn *c, mir_ns now, const struct tcp_segment *s)
	__attribute__((weak));
uint8_t tcp_ecn_output(struct tcp_conn *c, uint32_t seq, uint32_t len, bool *mark)
	__attribute__((weak));

/* probe.c: tail loss probes. */
void tcp_probe_arm(struct tcp_conn *c, mir_ns now, mir_ns due);
/* A segment is on its way; what RACK waits for stays. */
static inline void
tcp_probe_sent(struct tcp_conn *c, mir_ns now)
{
	if (c->early_probe || (c->sack && c->timer[TCP_T_EARLY] == MIR_NEVER))
		tcp_probe_arm(c, now, MIR_NEVER);
}
void tcp_probe_send(struct tcp_conn *c, mir_ns now);
void tcp_probe_acked(struct tcp_conn *c, const struct tcp_news *n, bool dsack);

/* input_data.c: seventh and eighth. */
void tcp_input_data(struct tcp_conn *c, mir_ns now, struct tcp_segment *s);

/* patience.c: a gap that will fill by itself is no loss. */
void tcp_patience_learn(struct tcp_conn *c, mir_ns now, const struct tcp_segment *s);	/* It fills one. */
bool tcp_patience_hides(const struct tcp_conn *c, mir_ns now);	/* Not a word of the gap. */
bool tcp_patience_wait(struct tcp_conn *c, mir_ns now);	/* The same; sees to that it ends. */

/* memory.c: what a connection may hold. */
uint32_t tcp_receive_share(const struct tcp_conn *c);	/* Of rcv_limit, when memory is short. */
/* What the peer may send beyond rcv_nxt.  The right edge never goes back, and moves on in good
 * steps only (RFC 9293 3.8.6.2.2). */
static inline uint32_t
tcp_receive_window(const struct tcp_conn *c)
{
	uint32_t promised = c->rcv_adv - c->rcv_nxt, room = 0, step = c->mss_offer;
	uint32_t most = 65535u << c->rcv_scale;	/* The field's. */
	uint32_t limit = c->rcv_limit;

	if (c->tcp->held_bytes >= c->tcp->held_limit / 2)
		limit = tcp_receive_share(c);
	if (c->recvq.len < limit)
		room = limit - c->recvq.len;
	if (room > most)
		room = most;
	if (step > c->rcv_limit / 2)
		step = c->rcv_limit / 2;
	return room >= promised + step ? room : promised;
}

/* A window was filled. */
void tcp_receive_grow(struct tcp_conn *c, mir_ns now, const struct tcp_segment *s);
/* Something came in order. */
static inline void
tcp_receive_tune(struct tcp_conn *c, mir_ns now, const struct tcp_segment *s)
{
	if (!seq_lt(c->rcv_nxt, c->rcv_mark) || !c->rcv_mark_at)
		tcp_receive_grow(c, now, s);
}
bool tcp_receive_room(struct tcp_conn *c, const struct tcp_segment *s);	/* false: drop it. */
void tcp_receive_offer(struct tcp_conn *c, mir_ns now);	/* If there is more than was promised. */
/* There is room again.  The peer has to be told when what it may send has become so little that
 * nothing might come to be acknowledged; at the end of the turn will do. */
static inline void
tcp_receive_opened(struct tcp_conn *c, mir_ns now)
{
	uint32_t promised = c->rcv_adv - c->rcv_nxt;

	if (promised < 2 * c->rcv_mss || promised < c->rcv_limit / 4)
		tcp_receive_offer(c, now);
}

uint32_t tcp_send_share(const struct tcp_conn *c, uint32_t limit);	/* Of it, when memory is short. */
static inline uint32_t
tcp_send_limit(const struct tcp_conn *c)
{
	uint32_t limit = 2 * c->cc.cwnd;

	if (limit > CONFIG_TCP_SEND_MAX)
		limit = CONFIG_TCP_SEND_MAX;
	if (limit < CONFIG_TCP_SEND_LIMIT)
		limit = CONFIG_TCP_SEND_LIMIT;
	return c->sendq.pinned ? tcp_send_share(c, limit) : limit;
}

/* output.c */
static inline bool
tcp_output_wanted(const struct tcp_conn *c)
{
	return c->state != TCP_ESTABLISHED || c->ack_now || c->probes || c->board.lost.first ||
	       c->timer[TCP_T_PERSIST] != MIR_NEVER || c->snd_nxt - c->send_base != c->sendq.len;
}
void tcp_output(struct tcp_conn *c, mir_ns now);	/* All that may be sent now. */
void tcp_send_syn(struct tcp_conn *c, mir_ns now);	/* SYN or SYN-ACK. */
void tcp_send_ack(struct tcp_conn *c, mir_ns now);
void tcp_send_probe(struct tcp_conn *c, mir_ns now);	/* One byte into a closed window. */
bool tcp_output_probe(struct tcp_conn *c, mir_ns now);	/* Something new, past cwnd. */
bool tcp_output_overdue(struct tcp_conn *c, mir_ns now);	/* As much as the peer's window takes. */
bool tcp_resend(struct tcp_conn *c, mir_ns now, struct tcp_xmit *x);
void tcp_resend_first(struct tcp_conn *c, mir_ns now);

/* segment.c */
uint32_t tcp_timestamp(const struct tcp_conn *c, mir_ns now);
int tcp_segment_send(struct tcp_conn *c, mir_ns now, uint32_t seq, uint8_t flags, uint32_t at,
		     uint32_t len);
uint32_t tcp_segment_pseudo(const struct tcp_tuple *id);	/* For 'pseudo'. */
void tcp_segment_offload(struct tcp_conn *c);	/* Asks again what the way out does for us. */
void tcp_segment_bare(struct tcp *t, const struct tcp_tuple *id, const struct tcp_header *h);
void tcp_refuse(struct tcp *t, const struct tcp_segment *s);	/* RST, RFC 9293 3.10.7.1. */

/* unreach.c: a time-out; perhaps because of the segments' size. */
void tcp_black_hole(struct tcp_conn *c);

/* timer.c */
void tcp_timer_wake(struct tcp_conn *c, mir_ns when);
static inline void
tcp_timer_set(struct tcp_conn *c, enum tcp_timer which, mir_ns when)
{
	c->timer[which] = when;
	if (!wheel_is_set(&c->wake) || when < c->wake.when)
		tcp_timer_wake(c, when);
}
/* TCP_T_OUTPUT or TCP_T_DELACK, at the end of the turn. */
void tcp_timer_soon(struct tcp_conn *c, enum tcp_timer which, mir_ns now);
static inline void
tcp_timer_stop(struct tcp_conn *c, enum tcp_timer which)
{
	c->timer[which] = MIR_NEVER;
}
void tcp_timers_off(struct tcp_conn *c);

/* expire.c: what to do when a timer ran out. */
void tcp_expire(struct tcp_conn *c, mir_ns now, enum tcp_timer which);

/* timewait.c */
void tcp_timewait_enter(struct tcp_conn *c, mir_ns now);
void tcp_timewait_input(struct tcp *t, mir_ns now, struct tcp_entry *e, struct tcp_segment *s);
void tcp_timewait_expire(struct tcp *t, mir_ns now);
void tcp_timewait_address_gone(struct tcp *t, const struct mir_addr *addr);

#endif
