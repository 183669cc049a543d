/* SPDX-License-Identifier: ISC */
/* Segments on their way out: header, options, window, checksum.  The payload is the send
 * queue's own views; only the header is fresh memory. */
#include "lib/checksum.h"
#include "mir/err.h"
#include "net/tcp/conn.h"
#include "net/tcp/seq.h"
#include "net/tcp/stats.h"
#include "net/tcp/wire.h"

#define USUAL_DOFF	((TCP_HDR + TCP_TIMESTAMPS_SIZE) / 4u << 4)

/* Milliseconds, from a place that differs with each pair of ends (RFC 7323 5.4). */
uint32_t
tcp_timestamp(const struct tcp_conn *c, mir_ns now)
{
	return (uint32_t)(now / MIR_MS(1)) + c->ts_offset;
}

void
tcp_segment_offload(struct tcp_conn *c)
{
	const struct tcp_env *env = &c->tcp->env;
	struct tcp_offload o = { 0 };

	if (env->offload)
		o = env->offload(env->ctx, &c->id.remote);
	c->csum_blank = o.csum;
	c->gso_max = o.gso_max;
}

/* The one place where the checksum of what we send is made.  'pseudo': of the pseudo header without
 * the length; 'header': of the header. */
static inline void
fill_checksum(struct mir_buf *b, uint32_t len, uint32_t pseudo, uint64_t header, bool blank)
{
	struct checksum sum = { .sum = (uint64_t)pseudo + checksum_number(len) };

	if (blank) {
		b->flags |= MIR_BUF_CSUM_BLANK;
		put16(b->data + TCP_CSUM, (uint16_t)~checksum_finish(&sum));
		return;
	}
	sum.sum += header;
	if (b->next && !b->next->next)
		sum.sum = checksum_sum(sum.sum, b->next->data, b->next->len);
	else
		checksum_add_chain(&sum, b->next);
	put16(b->data + TCP_CSUM, checksum_finish(&sum));
}

static uint32_t
sum_of(const struct mir_buf *header)
{
	struct checksum c = { 0 };

	checksum_add(&c, header->data, header->len);
	return checksum_fold(c.sum);
}

uint32_t
tcp_segment_pseudo(const struct tcp_tuple *id)
{
	struct checksum c = { 0 };

	checksum_pseudo(&c, &id->local, &id->remote, TCP_PROTOCOL, 0);
	return checksum_fold(c.sum);
}

static inline void
emit(struct tcp *t, const struct tcp_tuple *id, struct mir_buf *b)
{
	tcp_stats.tx_segments++;
	t->env.output(t->env.ctx, &id->local, &id->remote, b);
}

static struct mir_buf *
header_buf(const struct tcp_header *h)
{
	struct mir_buf *b = mir_buf_alloc(MIR_BUF_HEADROOM,
					  TCP_HDR + tcp_options_size(&h->options));

	if (b)
		tcp_header_build(h, b->data);
	else
		tcp_stats.tx_no_memory++;
	return b;
}

static void
choose_options(const struct tcp_conn *c, mir_ns now, struct tcp_header *h)
{
	struct tcp_options *o = &h->options;

	if (h->flags & TCP_SYN) {
		o->have |= TCP_HAVE_MSS;
		o->mss = c->mss_offer;
		if (c->scaling)
			o->have |= TCP_HAVE_WSCALE;
		o->wscale = c->rcv_scale;
		if (c->sack)
			o->have |= TCP_HAVE_SACK_PERMITTED;
	}
	if (c->timestamps) {
		o->have |= TCP_HAVE_TIMESTAMPS;
		o->tsval = tcp_timestamp(c, now);
		o->tsecr = c->repeated ? c->ts_repeat : c->ts_recent;
		if (!(h->flags & TCP_ACK))
			o->tsecr = 0;
	}
}

/* 'v' is written; as a summand of the checksum. */
static inline uint64_t
put_word(uint8_t *p, uint32_t v)
{
	put32(p, v);
	return checksum_number(v);
}

/* Of a segment whose only option is timestamps.  NULL: no memory. */
static inline struct mir_buf *
usual_header(const struct tcp_conn *c, mir_ns now, uint32_t seq, uint8_t flags, uint32_t window,
	     uint64_t *sum)
{
	struct mir_buf *b = mir_buf_alloc(MIR_BUF_HEADROOM, TCP_HDR + TCP_TIMESTAMPS_SIZE);
	uint8_t *p;

	if (!b) {
		tcp_stats.tx_no_memory++;
		return NULL;
	}
	p = b->data;
	*sum = put_word(p + TCP_SPORT, (uint32_t)c->id.lport << 16 | c->id.rport);
	*sum += put_word(p + TCP_SEQ, seq);
	*sum += put_word(p + TCP_ACKNO, c->rcv_nxt);
	*sum += put_word(p + TCP_DOFF, USUAL_DOFF << 24 | (uint32_t)flags << 16 | window);
	put32(p + TCP_CSUM, 0);			/* And the urgent pointer. */
	*sum += put_word(p + TCP_HDR, TCP_TIMESTAMPS_LEAD);
	*sum += put_word(p + TCP_HDR + 4, tcp_timestamp(c, now));
	*sum += put_word(p + TCP_HDR + 8, c->ts_recent);
	return b;
}

/* SYNs' windows are not scaled. */
static inline uint8_t
scale_of(const struct tcp_conn *c, uint8_t flags)
{
	return flags & TCP_SYN ? 0 : c->rcv_scale;
}

static inline uint32_t
window_field(const struct tcp_conn *c, uint8_t scale)
{
	uint32_t field = tcp_receive_window(c) >> scale;

	return field < 65535 ? field : 65535;
}

#define ONE_BLOCK	12u		/* Bytes of options. */

/* What came early is told in what room the payload leaves; a full segment leaves none, and another
 * ACK follows. */
static void
tell_early(struct tcp_conn *c, mir_ns now, struct tcp_header *h, uint32_t len)
{
	size_t room = TCP_OPTIONS_MAX - tcp_options_size(&h->options);
	bool twice = c->sacks.twice;

	if (!c->sack || (h->flags & (TCP_SYN | TCP_RST)))
		return;
	if (len)
		room = len >= c->mss ? 0 : room < c->mss - len ? room : c->mss - len;
	if (tcp_patience_hides(c, now) && !(twice && seq_gt(c->sacks.dup.to, c->rcv_nxt)))
		room = twice && room > ONE_BLOCK ? ONE_BLOCK : 0;
	tcp_sack_tell(&c->sacks, &h->options, room);
}

/* It is on its way, and so is the window that it promises. */
static inline void
acknowledged(struct tcp_conn *c, uint32_t window)
{
	c->rcv_adv = seq_max(c->rcv_adv, c->rcv_nxt + window);
	c->last_ack_sent = c->rcv_nxt;
	c->unacked = 0;
	c->repeated = false;
	tcp_timer_stop(c, TCP_T_DELACK);
}

/* Puts 'len' bytes from 'at' of the send queue behind the header 'b'.  MIR_ENOMEM: 'b' is freed. */
static inline int
add_payload(struct tcp_conn *c, struct mir_buf *b, uint32_t at, uint32_t len)
{
	if (!len)
		return MIR_OK;
	b->next = tcp_sendq_view(&c->sendq, at, len);
	if (!b->next) {
		tcp_stats.tx_no_memory++;
		mir_buf_free(b);
		return MIR_ENOMEM;
	}
	tcp_stats.tx_bytes += len;
	return MIR_OK;
}

/* 'header': the header's sum. */
static inline void
finish(struct tcp_conn *c, struct mir_buf *b, uint64_t header, uint32_t len)
{
	bool blank = c->csum_blank;

	if (len > c->mss) {
		b->gso_size = c->mss;
		blank = true;
	}
	fill_checksum(b, b->len + len, c->pseudo, header, blank);
	emit(c->tcp, &c->id, b);
}

/* As tcp_segment_send, any segment. */
static __attribute__((noinline)) int
send_any(struct tcp_conn *c, mir_ns now, uint32_t seq, uint8_t flags, uint32_t at, uint32_t len)
{
	struct tcp_header h = { .sport = c->id.lport, .dport = c->id.rport, .seq = seq,
				.ack = flags & TCP_ACK ? c->rcv_nxt : 0 };
	bool mark = false;
	struct mir_buf *b;

	if ((flags & TCP_SYN) && tcp_ecn_syn)
		flags |= tcp_ecn_syn(c, flags);
	else if (c->ecn && !(flags & TCP_RST))
		flags |= tcp_ecn_output(c, seq, len, &mark);
	h.flags = flags;
	h.window = (uint16_t)window_field(c, scale_of(c, flags));
	choose_options(c, now, &h);
	tell_early(c, now, &h, len);
	b = header_buf(&h);
	if (!b || add_payload(c, b, at, len) != MIR_OK)
		return MIR_ENOMEM;
	if (flags & TCP_ACK) {
		acknowledged(c, (uint32_t)h.window << scale_of(c, flags));
		if (!c->sacks.count || h.options.sacks || tcp_patience_wait(c, now))
			c->ack_now = false;
	}
	if (mark)
		b->flags |= MIR_BUF_ECT;
	finish(c, b, sum_of(b), len);
	return MIR_OK;
}

/* Nearly every segment: timestamps are the only option. */
static inline bool
is_usual(const struct tcp_conn *c, uint8_t flags)
{
	return c->timestamps && (flags & (TCP_ACK | TCP_SYN | TCP_RST)) == TCP_ACK &&
	       !c->sacks.count && !c->sacks.twice && !c->ecn;
}

/* Sends 'len' bytes from 'at' of the send queue on, as 'seq'; more than 'mss' of them are for the
 * device to cut.  MIR_ENOMEM: not sent. */
int
tcp_segment_send(struct tcp_conn *c, mir_ns now, uint32_t seq, uint8_t flags, uint32_t at,
		 uint32_t len)
{
	uint32_t window;
	struct mir_buf *b;
	uint64_t sum;

	if (!is_usual(c, flags))
		return send_any(c, now, seq, flags, at, len);
	window = window_field(c, c->rcv_scale);
	b = usual_header(c, now, seq, flags, window, &sum);
	if (!b || add_payload(c, b, at, len) != MIR_OK)
		return MIR_ENOMEM;
	acknowledged(c, window << c->rcv_scale);
	c->ack_now = false;
	finish(c, b, sum, len);
	return MIR_OK;
}

/* A segment without a connection and without payload.  Lack of memory is like loss. */
void
tcp_segment_bare(struct tcp *t, const struct tcp_tuple *id, const struct tcp_header *h)
{
	struct mir_buf *b = header_buf(h);

	if (!b)
		return;
	fill_checksum(b, b->len, tcp_segment_pseudo(id), sum_of(b), false);
	emit(t, id, b);
}

/* RFC 9293 3.10.7.1: the answer to a segment that belongs nowhere. */
void
tcp_refuse(struct tcp *t, const struct tcp_segment *s)
{
	const struct tcp_tuple id = s->id;
	struct tcp_header h = { .sport = id.lport, .dport = id.rport, .flags = TCP_RST };

	if (s->h.flags & TCP_RST)
		return;
	if (s->h.flags & TCP_ACK) {
		h.seq = s->h.ack;
	} else {
		h.flags |= TCP_ACK;
		h.ack = s->h.seq + s->len + !!(s->h.flags & TCP_SYN) + !!(s->h.flags & TCP_FIN);
	}
	tcp_stats.resets_sent++;
	tcp_segment_bare(t, &id, &h);
}
