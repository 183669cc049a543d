/* SPDX-License-Identifier: ISC */
/* Segments on their way out: header, options, window, checksum.  The payload is the send
 * queue's own views; only the header is fresh memory. */
#include "lib/checksum.h"
#include "mir/err.h"
#include "net/tcp/conn.h"
#include "net/tcp/seq.h"
#include "net/tcp/stats.h"
#include "net/tcp/wire.h"

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

/* The one place where the checksum of what we send is made. */
static void
fill_checksum(struct mir_buf *b, uint32_t len, const struct tcp_tuple *id, bool blank)
{
	struct checksum sum = { 0 };

	checksum_pseudo(&sum, &id->local, &id->remote, TCP_PROTOCOL, len);
	if (blank) {
		b->flags |= MIR_BUF_CSUM_BLANK;
		put16(b->data + TCP_CSUM, (uint16_t)~checksum_finish(&sum));
		return;
	}
	checksum_add_chain(&sum, b);
	put16(b->data + TCP_CSUM, checksum_finish(&sum));
}

static inline __attribute__((always_inline)) void
emit(struct tcp *t, const struct tcp_tuple *id, struct mir_buf *b, uint32_t payload, bool blank)
{
	fill_checksum(b, b->len + payload, id, blank);
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

/* Timestamps are the only option: nearly every segment.  NULL: no memory. */
static struct mir_buf *
usual_header(const struct tcp_conn *c, mir_ns now, uint32_t seq, uint8_t flags, uint16_t window)
{
	struct mir_buf *b = mir_buf_alloc(MIR_BUF_HEADROOM, TCP_HDR + TCP_TIMESTAMPS_SIZE);
	uint8_t *p;

	if (!b) {
		tcp_stats.tx_no_memory++;
		return NULL;
	}
	p = b->data;
	put16(p + TCP_SPORT, c->id.lport);
	put16(p + TCP_DPORT, c->id.rport);
	put32(p + TCP_SEQ, seq);
	put32(p + TCP_ACKNO, c->rcv_nxt);
	p[TCP_DOFF] = (TCP_HDR + TCP_TIMESTAMPS_SIZE) / 4 << 4;
	p[TCP_FLAGS] = flags;
	put16(p + TCP_WINDOW, window);
	put32(p + TCP_CSUM, 0);			/* And the urgent pointer. */
	put32(p + TCP_HDR, TCP_TIMESTAMPS_LEAD);
	put32(p + TCP_HDR + 4, tcp_timestamp(c, now));
	put32(p + TCP_HDR + 8, c->ts_recent);
	return b;
}

/* SYNs' windows are not scaled. */
static uint8_t
scale_of(const struct tcp_conn *c, uint8_t flags)
{
	return flags & TCP_SYN ? 0 : c->rcv_scale;
}

static uint16_t
window_field(const struct tcp_conn *c, uint8_t flags)
{
	uint32_t field = tcp_receive_window(c) >> scale_of(c, flags);

	return field < 65535 ? (uint16_t)field : 65535;
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

/* It is on its way, and so is what it promises. */
static void
acknowledged(struct tcp_conn *c, mir_ns now, uint8_t flags, uint16_t window, bool told)
{
	uint32_t promise = (uint32_t)window << scale_of(c, flags);

	c->rcv_adv = seq_max(c->rcv_adv, c->rcv_nxt + promise);
	c->last_ack_sent = c->rcv_nxt;
	c->unacked = 0;
	c->repeated = false;
	tcp_timer_stop(c, TCP_T_DELACK);
	if (!c->sacks.count || told || tcp_patience_wait(c, now))
		c->ack_now = false;
}

/* Any header; '*told' says whether it tells what came early. */
static struct mir_buf *
any_header(struct tcp_conn *c, mir_ns now, uint32_t seq, uint8_t flags, uint32_t len,
	   uint16_t window, bool *told)
{
	struct tcp_header h = { .sport = c->id.lport, .dport = c->id.rport, .seq = seq,
				.ack = flags & TCP_ACK ? c->rcv_nxt : 0, .flags = flags,
				.window = window };

	choose_options(c, now, &h);
	tell_early(c, now, &h, len);
	*told = h.options.sacks;
	return header_buf(&h);
}

/* Sends 'len' bytes from 'at' of the send queue on, as 'seq'; more than 'mss' of them are for the
 * device to cut.  MIR_ENOMEM: not sent. */
int
tcp_segment_send(struct tcp_conn *c, mir_ns now, uint32_t seq, uint8_t flags, uint32_t at,
		 uint32_t len)
{
	uint16_t window = window_field(c, flags);
	bool told = false, mark = false;
	struct mir_buf *b;

	if ((flags & TCP_SYN) && tcp_ecn_syn)
		flags |= tcp_ecn_syn(c, flags);
	else if (c->ecn && !(flags & TCP_RST))
		flags |= tcp_ecn_output(c, seq, len, &mark);
	if (c->timestamps && !(flags & (TCP_SYN | TCP_RST)) && !c->sacks.count && !c->sacks.twice)
		b = usual_header(c, now, seq, flags, window);
	else
		b = any_header(c, now, seq, flags, len, window, &told);
	if (!b)
		return MIR_ENOMEM;
	if (len) {
		b->next = tcp_sendq_view(&c->sendq, at, len);
		if (!b->next) {
			tcp_stats.tx_no_memory++;
			mir_buf_free(b);
			return MIR_ENOMEM;
		}
		tcp_stats.tx_bytes += len;
	}
	if (flags & TCP_ACK)
		acknowledged(c, now, flags, window, told);
	if (len > c->mss)
		b->gso_size = c->mss;
	if (mark)
		b->flags |= MIR_BUF_ECT;
	emit(c->tcp, &c->id, b, len, c->csum_blank || len > c->mss);
	return MIR_OK;
}

/* A segment without a connection and without payload.  Lack of memory is like loss. */
void
tcp_segment_bare(struct tcp *t, const struct tcp_tuple *id, const struct tcp_header *h)
{
	struct mir_buf *b = header_buf(h);

	if (b)
		emit(t, id, b, 0, false);
}

/* RFC 9293 3.10.7.1: the answer to a segment that belongs nowhere. */
void
tcp_refuse(struct tcp *t, const struct tcp_segment *s)
{
	const struct tcp_tuple id = { s->dst, s->src, s->h.dport, s->h.sport };
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
