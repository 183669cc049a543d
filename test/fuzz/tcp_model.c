/* SPDX-License-Identifier: ISC */
/* The model of a TCP connection: what must hold between steps. */
#include "mir/err.h"
#include "test/fuzz/tcp_model.h"

#define LONGEST_WAIT	MIR_SEC(100)	/* TCP_R2, and more than TCP_RTO_MAX. */
#define HELD_MAX(c)	(8u * (c)->rcv_limit)

static const uint8_t *
stream(uint32_t at)
{
	static uint8_t bytes[MODEL_PERIOD + MODEL_BYTES];

	for (uint32_t i = 0, x = 1; bytes[0] == 0 && i < sizeof bytes; i++) {
		x = i % MODEL_PERIOD ? x * 1664525 + 1013904223 : 1;
		bytes[sizeof bytes - 1 - i] = (uint8_t)(x >> 24);
	}
	return bytes + at % MODEL_PERIOD;
}

/* Far from the place where sequence numbers wrap: there the period would be another. */
const uint8_t *
model_peer_bytes(uint32_t seq)
{
	return stream(seq + 0x70000000);
}

const uint8_t *
model_our_bytes(uint32_t n)
{
	return stream(n + 7777);
}

static void
event(void *ctx, struct tcp_conn *c, unsigned events)
{
	struct model *m = ctx;

	if ((events & TCP_ACCEPTABLE) && !m->hold && !m->user && !m->dead)
		CHECK_EQ(tcp_accept(m->listener, &m->user), MIR_OK);
	if (c != m->user)
		return;
	m->wants_read = m->wants_read && !(events & TCP_READABLE);
	m->wants_write = m->wants_write && !(events & TCP_WRITABLE);
}

static uint16_t
mss(void *ctx, const struct mir_addr *dst)
{
	(void)dst;
	return ((struct model *)ctx)->mtu_mss;
}

void
model_init(struct model *m)
{
	const struct tcp_env env = { .ctx = m, .output = model_output, .event = event, .mss = mss };
	static const uint8_t key[SIPHASH_KEY] = { 1 };

	memset(m, 0, sizeof *m);
	m->we = (struct mir_addr){ { [10] = 0xff, 0xff, 10, 0, 0, 1 } };
	m->peer = (struct mir_addr){ { [10] = 0xff, 0xff, 10, 0, 0, 2 } };
	m->our_port = 80;
	m->peer_port = 40000;
	m->mtu_mss = 1460;
	m->peer_mss = TCP_MSS_DEFAULT_4;
	m->now = MIR_SEC(100000);
	tcp_init(&m->tcp, &env, key);
}

struct tcp_conn *
model_conn(struct model *m)
{
	const struct tcp_tuple id = { m->we, m->peer, m->our_port, m->peer_port };

	return tcp_conn_find(&m->tcp, &id);
}

/* What the peer's segment may change, whatever the engine thinks of it: what it sent, and how far
 * we may send if the ACK in it is of something that was sent. */
static void
note(struct model *m, const struct tcp_header *h, uint32_t len)
{
	uint32_t from = h->seq + !!(h->flags & TCP_SYN), edge;
	uint8_t scale = h->flags & TCP_SYN || !m->peer_scales ? 0 : m->peer_scale;

	if (h->flags & TCP_SYN) {
		m->peer_scales = h->options.have & TCP_HAVE_WSCALE;	/* We always do. */
		m->peer_scale = h->options.wscale < TCP_WSCALE_MAX ? h->options.wscale :
			TCP_WSCALE_MAX;
	}
	if (len && m->spans < MODEL_SPANS)
		m->span[m->spans++] = (struct model_span){ from, from + len };
	if ((h->flags & TCP_FIN) && m->fins < MODEL_SPANS)
		m->fin[m->fins++] = (struct model_span){ from + len, from + len + 1 };
	if (!(h->flags & TCP_ACK) && !(h->flags & TCP_SYN))
		return;
	edge = (h->flags & TCP_ACK ? h->ack : m->sent_end) + ((uint32_t)h->window << scale);
	if ((h->flags & TCP_ACK) && (seq_gt(h->ack, m->sent_end) || seq_lt(h->ack, m->iss)))
		return;
	m->peer_edge = m->peer_edge_known ? seq_max(m->peer_edge, edge) : edge;
	m->peer_edge_known = true;
}

void
model_input(struct model *m, struct tcp_header *h, uint32_t len)
{
	struct mir_buf *b = mir_buf_alloc(0, TCP_HDR_MAX);
	const struct tcp_conn *c = model_conn(m);

	h->sport = m->peer_port;
	h->dport = m->our_port;
	mir_buf_trim_to(b, tcp_header_build(h, b->data));
	b->flags |= MIR_BUF_CSUM_OK;
	if (len)
		mir_buf_append(&b, mir_buf_copy_in(model_peer_bytes(h->seq + !!(h->flags & TCP_SYN)),
						   len));
	m->step = STEP_SEGMENT;
	m->last = *h;
	m->rcv_nxt_before = c ? c->rcv_nxt : 0;
	note(m, h, len);
	tcp_input(&m->tcp, m->now, &m->peer, &m->we, b);
}

/* Whether the peer has sent each byte of [from, to). */
bool
model_was_sent(const struct model *m, uint32_t from, uint32_t to)
{
	unsigned i = 0;

	while (seq_lt(from, to) && i < m->spans) {
		for (i = 0; i < m->spans; i++)
			if (seq_le(m->span[i].from, from) && seq_gt(m->span[i].to, from))
				break;
		if (i < m->spans)
			from = m->span[i].to;
	}
	return seq_ge(from, to);
}

static bool
fin_was_sent(const struct model *m, uint32_t at)
{
	for (unsigned i = 0; i < m->fins; i++)
		if (m->fin[i].from == at)
			return true;
	return false;
}

static void
check_received(const struct model *m, const struct tcp_conn *c)
{
	uint32_t end = c->rcv_nxt - c->peer_done;

	CHECK_MSG(model_was_sent(m, c->irs + 1, end), "received what was not sent");
	if (!m->short_of_memory)	/* A promise may have found no buffer to go out in. */
		CHECK_MSG(!m->edge_known || seq_le(end, m->edge), "received beyond the window");
	if (c->peer_done)
		CHECK_MSG(fin_was_sent(m, end), "an end that the peer did not send");
	if (m->user || c->listener)
		CHECK_EQ(m->read + c->recvq.len, end - c->irs - 1);
	CHECK(c->recvq.len <= c->rcv_limit && c->discarded <= CONFIG_TCP_RECV_LIMIT);
	CHECK(c->recvq.pinned <= HELD_MAX(c) && c->recvq.ooo_count <= CONFIG_TCP_OOO_SEGMENTS);
}

/* What came is acknowledged, now or soon, and a peer that filled the window hears when there is
 * room again. */
static void
check_answered(const struct model *m, const struct tcp_conn *c)
{
	bool soon = c->timer[TCP_T_DELACK] <= m->now + TCP_DELACK;

	if (!tcp_is_synchronized(c->state) || c->tcp->held_bytes >= c->tcp->held_limit)
		return;
	CHECK_MSG(soon || c->rcv_nxt == m->acked, "what came is not acknowledged");
	if (m->user && tcp_can_receive(c->state) && c->recvq.len == 0)
		CHECK_MSG(soon || c->rcv_nxt != m->edge, "the window stays closed");
}

/* Whatever is not done has a timer that does it. */
static void
check_waiting(struct model *m, const struct tcp_conn *c)
{
	bool sending = c->snd_una != c->snd_max || c->sendq.len ||
	    (tcp_is_send_closed(c->state) && c->snd_max - c->iss - 1 <= m->written);

	if (sending)
		CHECK_MSG(c->timer[TCP_T_REXMT] != MIR_NEVER || c->timer[TCP_T_PERSIST] != MIR_NEVER,
			  "nothing will send what is left");
	if (sending || (!m->user && !c->listener))
		CHECK_MSG(tcp_deadline(&m->tcp) <= m->now + LONGEST_WAIT, "waits too long");
}

static void
check_sent(const struct model *m, const struct tcp_conn *c)
{
	CHECK(seq_le(c->snd_una, c->snd_nxt) && seq_le(c->snd_nxt, c->snd_max));
	CHECK(seq_ge(c->snd_max, m->sent_end));
	CHECK(c->snd_max - c->iss <= m->written + 2);
	if (tcp_is_synchronized(c->state))
		CHECK_EQ(c->send_base - c->iss - 1 + c->sendq.len, m->written);
}

/* The records cover what is on its way, and the lists and sums say what the records do. */
static void
check_board(const struct tcp_conn *c)
{
	const struct tcp_board *b = &c->board;
	uint32_t at = c->snd_una, lost = 0, sacked = 0;
	unsigned count = 0, flying = 0, listed = 0;

	for (const struct tcp_xmit *x = b->all.first; x; x = x->next, count++) {
		CHECK(x->seq == at && seq_lt(x->seq, x->end));
		CHECK(x->prev ? x->prev->next == x : b->all.first == x);
		CHECK(x->state != TCP_SACKED || !x->next || x->next->state != TCP_SACKED);
		lost += x->state == TCP_LOST ? x->end - x->seq : 0;
		sacked += x->state == TCP_SACKED ? x->end - x->seq : 0;
		flying += x->state == TCP_FLYING;
		at = x->end;
	}
	CHECK(!tcp_is_synchronized(c->state) || at == c->snd_nxt);
	CHECK(count == b->count && count <= TCP_XMITS && lost == b->lost_bytes);
	CHECK_EQ(sacked, b->sacked_bytes);
	for (const struct tcp_xmit *x = b->flying.first; x; x = x->after, listed++)
		CHECK(x->state == TCP_FLYING && (!x->after || x->when <= x->after->when));
	CHECK_EQ(listed, flying);
	for (const struct tcp_xmit *x = b->lost.first; x; x = x->after)
		lost -= x->end - x->seq;
	CHECK_EQ(lost, 0);
}

/* RFC 9293 figure 5, as the states that can follow within one step. */
static bool
may_follow(enum tcp_state from, enum tcp_state to)
{
	static const uint16_t next[TCP_STATES] = {
		[TCP_CLOSED_STATE] = 1 << TCP_SYN_SENT | 1 << TCP_SYN_RCVD,
		[TCP_SYN_SENT] = 1 << TCP_SYN_RCVD | 1 << TCP_ESTABLISHED | 1 << TCP_FIN_WAIT_1 |
		    1 << TCP_CLOSE_WAIT | 1 << TCP_CLOSING,
		[TCP_SYN_RCVD] = 1 << TCP_ESTABLISHED | 1 << TCP_FIN_WAIT_1 | 1 << TCP_CLOSE_WAIT |
		    1 << TCP_CLOSING,
		[TCP_ESTABLISHED] = 1 << TCP_FIN_WAIT_1 | 1 << TCP_CLOSE_WAIT,
		[TCP_FIN_WAIT_1] = 1 << TCP_FIN_WAIT_2 | 1 << TCP_CLOSING,
		[TCP_CLOSE_WAIT] = 1 << TCP_LAST_ACK,
	};

	return from == to || to == TCP_CLOSED_STATE || (next[from] >> to & 1);
}

/* The error that the application sees has its reason in the step that brought it. */
static void
check_error(const struct model *m)
{
	bool opening = m->state == TCP_SYN_SENT || m->state == TCP_SYN_RCVD;

	switch (m->user->error) {
	case MIR_OK:
		CHECK_MSG(m->ended && m->fins > 0, "an end in order without the ends of both");
		break;
	case MIR_ERESET:
		CHECK(m->step == STEP_SEGMENT && (m->last.flags & TCP_RST));
		CHECK_EQ(m->last.seq, m->rcv_nxt_before);
		break;
	case MIR_EREFUSED:
		CHECK(opening && (m->step == STEP_ICMP || (m->last.flags & TCP_RST)));
		break;
	case MIR_ETIMEDOUT:
		CHECK_EQ(m->step, STEP_TIME);
		break;
	case MIR_EUNREACH:
		CHECK(opening && (m->step == STEP_TIME || m->step == STEP_ICMP));
		break;
	default:
		CHECK_MSG(false, "error %d", m->user->error);
	}
}

static void
check_end(struct model *m)
{
	if (m->user)
		check_error(m);
	if (m->listener)
		tcp_unlisten(m->listener, m->now);
	m->listener = NULL;
	m->dead = true;
}

/* Who was told to wait is told when there is something. */
static void
check_wakeups(const struct model *m)
{
	const struct tcp_conn *c = m->user;
	bool over = c->state == TCP_CLOSED_STATE;

	CHECK_MSG(!m->wants_read || (!c->recvq.len && !c->peer_done && !over), "not woken to read");
	CHECK_MSG(!m->wants_write || m->ended ||
		  (!over && (!tcp_is_synchronized(c->state) ||
			     c->sendq.len >= tcp_send_limit(c) / 2)), "not woken to write");
}

void
model_check(struct model *m)
{
	struct tcp_conn *c = model_conn(m);

	CHECK(m->tcp.conn_count <= 1 && m->tcp.timewait_count <= 1);
	if (m->user)
		check_wakeups(m);
	if (c) {
		CHECK_MSG(!m->dead, "it came back");
		m->lived = true;
		CHECK_MSG(may_follow(m->state, c->state), "%s after %s", tcp_state_name(c->state),
			  tcp_state_name(m->state));
		check_sent(m, c);
		check_board(c);
		if (c->state != TCP_SYN_SENT)
			check_received(m, c);
		check_answered(m, c);
		check_waiting(m, c);
		m->state = c->state;
	} else if (m->lived && !m->dead) {
		check_end(m);
	}
	CHECK(m->tcp.held_bytes <= 8u * CONFIG_TCP_RECV_MAX);
}

void
model_pass(struct model *m, mir_ns time)
{
	mir_ns end = m->now + time, next;
	unsigned turns = 0;

	while ((next = tcp_deadline(&m->tcp)) <= end) {
		CHECK_MSG(++turns < 10000, "time stands still");
		m->step = STEP_TIME;
		m->resent = false;
		m->now = next > m->now ? next : m->now;
		tcp_poll(&m->tcp, m->now);
		model_check(m);
	}
	m->now = end;
}
