/* SPDX-License-Identifier: ISC */
/* What must hold of each segment that the engine sends. */
#include "lib/checksum.h"
#include "mir/err.h"
#include "test/fuzz/tcp_model.h"

static uint8_t payload[65536];

/* Checks the sum, parses; the bytes of payload. */
static uint32_t
take(struct model *m, struct mir_buf *seg, struct tcp_header *h)
{
	struct checksum sum = { 0 };
	uint8_t header[TCP_HDR_MAX];
	size_t size, len;

	checksum_pseudo(&sum, &m->we, &m->peer, TCP_PROTOCOL, (uint32_t)mir_buf_len(seg));
	checksum_add_chain(&sum, seg);
	CHECK_EQ(checksum_finish(&sum), 0);
	mir_buf_copy_out(seg, 0, header, sizeof header);
	CHECK_EQ(tcp_header_size(header, seg->len, &size), MIR_OK);
	CHECK_EQ(tcp_header_parse(header, size, h), MIR_OK);
	len = mir_buf_copy_out(seg, size, payload, sizeof payload);
	CHECK(size + len == mir_buf_len(seg));
	mir_buf_free(seg);
	return (uint32_t)len;
}

/* A connection that its application has, and has not aborted, ends by reset only where a
 * keep-alive found nobody. */
static void
reset(struct model *m, const struct tcp_conn *c)
{
	if (c && tcp_is_synchronized(c->state) && c->owned)
		CHECK_MSG(m->step == STEP_ABORT || (m->step == STEP_TIME && c->keep_idle),
			  "a reset that nobody wanted");
	CHECK_MSG(m->step != STEP_SEGMENT || !(m->last.flags & TCP_RST), "a reset for a reset");
}

/* The connection is gone: only TIME-WAIT still answers, with the last numbers. */
static void
after_end(struct model *m, const struct tcp_header *h, uint32_t len)
{
	CHECK_MSG(m->tcp.timewait_count > 0, "a segment without a connection");
	CHECK(h->flags == TCP_ACK && len == 0);
	CHECK(seq_ge(h->seq, m->sent_end) && seq_ge(h->ack, m->acked));
}

static void
syn(struct model *m, const struct tcp_conn *c, const struct tcp_header *h, uint32_t len)
{
	CHECK(c->state == TCP_SYN_SENT || c->state == TCP_SYN_RCVD);
	CHECK_EQ(h->flags & ~(TCP_ECE | TCP_CWR), c->state == TCP_SYN_SENT ? TCP_SYN :
		 TCP_SYN | TCP_ACK);
	CHECK(len == 0 && (h->options.have & TCP_HAVE_MSS));
	CHECK(!m->syn_sent || h->seq == m->iss);
	if (!m->syn_sent)
		m->sent_end = h->seq + 1;
	m->syn_sent = true;
	m->iss = h->seq;
	m->our_scale = h->options.have & TCP_HAVE_WSCALE ? h->options.wscale : 0;
	m->our_port = h->sport;
}

/* Of what the user wrote, each byte at its place, however often it is sent. */
static void
data(struct model *m, const struct tcp_conn *c, const struct tcp_header *h, uint32_t len)
{
	uint32_t at = h->seq - m->iss - 1, end = h->seq + len;
	uint32_t stamps = c->timestamps ? TCP_TIMESTAMPS_SIZE : 0;
	bool probe = len == 1 && h->seq == c->snd_una;

	CHECK_MSG(at + len <= m->written && at <= m->written, "bytes that nobody wrote");
	CHECK_MSG(memcmp(payload, model_our_bytes(at), len) == 0, "other bytes than were written");
	CHECK(len + stamps <= m->mtu_mss);
	CHECK(len + stamps <= (m->peer_mss < TCP_MSS_MIN ? TCP_MSS_MIN : m->peer_mss));
	if (seq_gt(end, m->sent_end) && !probe)
		CHECK_MSG(m->peer_edge_known && seq_le(end, m->peer_edge),
			  "beyond the peer's window");
}

/* What a time-out sends again starts with what the peer lacks; nothing is sent again that it is known
 * to have. */
static void
again(struct model *m, const struct tcp_conn *c, const struct tcp_header *h)
{
	for (const struct tcp_xmit *x = c->board.all.first; x; x = x->next)
		CHECK_MSG(x->seq != h->seq || x->state != TCP_SACKED || c->snd_wnd == 0,
			  "sends again what has arrived");
	if (m->step != STEP_TIME || m->resent || !c->timed_out || c->timed_out_at != m->now ||
	    seq_ge(h->seq, m->sent_end))
		return;
	m->resent = true;
	CHECK_EQ(h->seq, c->snd_una);
}

static void
fin(struct model *m, const struct tcp_header *h, uint32_t len)
{
	CHECK_MSG(m->ended, "a FIN that nobody wanted");
	CHECK_EQ(h->seq + len, m->iss + 1 + m->written);
}

/* The window's right edge stays or moves on, but for the scale's rounding and for what the field
 * of a SYN can't say. */
static void
acknowledgement(struct model *m, const struct tcp_conn *c, const struct tcp_header *h)
{
	uint8_t scale = h->flags & TCP_SYN || !c->scaling ? 0 : m->our_scale;
	uint32_t window = (uint32_t)h->window << scale, edge = h->ack + window;

	CHECK_EQ(h->ack, c->rcv_nxt);
	CHECK(window <= c->rcv_limit);
	if (m->edge_known) {
		CHECK_MSG(seq_ge(h->ack, m->acked), "an ACK goes back");
		CHECK_MSG((h->flags & TCP_SYN) || seq_ge(edge + (1u << scale) - 1, m->edge),
			  "the window shrinks");
	}
	m->acked = h->ack;
	m->edge = m->edge_known ? seq_max(m->edge, edge) : edge;
	m->edge_known = true;
}

/* RFC 2018 4, RFC 2883: blocks are of what came, behind the gap that the ACK stops at, apart from each
 * other; but the first may be of what came twice. */
static void
blocks(const struct model *m, const struct tcp_conn *c, const struct tcp_header *h)
{
	const struct tcp_options *o = &h->options;

	CHECK(!o->sacks || (c->sack && (h->flags & TCP_ACK)));
	for (unsigned i = 0; i < o->sacks; i++) {
		const struct tcp_block *b = &o->sack[i];

		CHECK_MSG(seq_lt(b->from, b->to) && model_was_sent(m, b->from, b->to),
			  "a block of what did not come");
		CHECK_MSG(i == 0 || (seq_gt(b->from, h->ack) && seq_le(b->to, m->edge)),
			  "a block that is not early");
		for (unsigned j = 1; j < i; j++)
			CHECK_MSG(seq_lt(b->to, o->sack[j].from) || seq_gt(b->from, o->sack[j].to),
				  "blocks that touch");
	}
}

static void
stamps(struct model *m, const struct tcp_conn *c, const struct tcp_header *h)
{
	bool has = h->options.have & TCP_HAVE_TIMESTAMPS;

	CHECK_EQ(has, c->timestamps);
	if (!has)
		return;
	CHECK_MSG(!m->tsval || seq_ge(h->options.tsval, m->tsval), "our clock goes back");
	m->tsval = h->options.tsval;
}

/* Segments without data stand at the end of what was sent; a keep-alive one before what is not
 * acknowledged. */
static void
on_connection(struct model *m, const struct tcp_conn *c, const struct tcp_header *h, uint32_t len)
{
	if (h->flags & TCP_SYN)
		syn(m, c, h, len);
	else if (len || (h->flags & TCP_FIN))
		data(m, c, h, len);
	else
		CHECK(seq_ge(h->seq, m->sent_end) ||
		      (m->step == STEP_TIME && h->seq == c->snd_una - 1));
	CHECK(h->flags & (TCP_SYN | TCP_ACK));
	if (len || (h->flags & TCP_FIN))
		again(m, c, h);
	if (h->flags & TCP_FIN)
		fin(m, h, len);
	if (h->flags & TCP_ACK)
		acknowledgement(m, c, h);
	stamps(m, c, h);
	blocks(m, c, h);
	m->sent_end = seq_max(m->sent_end, h->seq + len + !!(h->flags & TCP_FIN));
}

void
model_output(void *ctx, const struct mir_addr *src, const struct mir_addr *dst,
	     struct mir_buf *seg)
{
	struct model *m = ctx;
	struct tcp_header h;
	uint32_t len;
	const struct tcp_conn *c;

	CHECK_MEM(src, &m->we, sizeof *src);
	CHECK_MEM(dst, &m->peer, sizeof *dst);
	len = take(m, seg, &h);
	CHECK_EQ(h.dport, m->peer_port);
	if (h.flags & TCP_SYN)
		m->our_port = h.sport;
	CHECK_EQ(h.sport, m->our_port);
	c = model_conn(m);
	if (h.flags & TCP_RST)
		reset(m, c);
	else if (!c)
		after_end(m, &h, len);
	else
		on_connection(m, c, &h, len);
}
