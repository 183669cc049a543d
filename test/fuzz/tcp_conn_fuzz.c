/* SPDX-License-Identifier: ISC */
/* sources: net/tcp/[a-z]*.c test/fuzz/tcp_model.c test/fuzz/tcp_model_out.c */
/* A TCP connection whose peer, user, network and clock are a string of bytes, against a model of
 * what must hold (test/fuzz/tcp_model.h).
 *
 * The first bytes choose who opens, what the peer offers, and whether the handshake goes by
 * itself; then come actions.  Numbers in the peer's segments are chosen relative to where the
 * connection is, so that most of them mean something. */
#include "mir/err.h"
#include "test/fuzz/fuzz.h"
#include "test/fuzz/tcp_model.h"

#define PEER_ISS 0xffffff00u		/* Numbers wrap soon. */

static struct model m;
static uint32_t peer_next;		/* What an honest peer would send next. */
static uint16_t peer_window;
static struct tcp_options offer;

static struct tcp_conn *
conn(void)
{
	return m.user ? m.user : model_conn(&m);
}

/* Sends with the options that such a segment of this peer has. */
static void
send(uint8_t flags, uint32_t seq, uint32_t ack, uint16_t window, uint32_t len, int8_t age)
{
	struct tcp_header h = { .seq = seq, .ack = ack, .flags = flags, .window = window };

	if (flags & TCP_SYN)
		h.options = offer;
	h.options.have |= offer.have & TCP_HAVE_TIMESTAMPS;
	h.options.tsval = (uint32_t)(m.now / MIR_MS(1)) + (uint32_t)(age * 100);
	h.options.tsecr = m.tsval;
	if ((flags & TCP_SYN) && (offer.have & TCP_HAVE_MSS))
		m.peer_mss = offer.mss;
	model_input(&m, &h, len);
}

/* As a peer would that has received all that was sent. */
static void
honest(uint8_t flags, uint32_t len)
{
	uint32_t seq = peer_next;

	peer_next += len + !!(flags & TCP_SYN) + !!(flags & TCP_FIN);
	send(flags, seq, flags & TCP_ACK ? m.sent_end : 0, peer_window, len, 0);
}

/* Acknowledges some, and says of up to four stretches that they came: of what is on its way, or not. */
static void
sack(struct fuzz_bytes *in)
{
	const struct tcp_conn *c = conn();
	struct tcp_header h = { .seq = peer_next, .flags = TCP_ACK, .window = peer_window };
	uint8_t how = fuzz_8(in);

	h.ack = c ? c->snd_una + (how & 0x80 ? fuzz_16(in) % 3000u : 0) : m.sent_end;
	h.options.have = offer.have & TCP_HAVE_TIMESTAMPS;
	h.options.tsval = (uint32_t)(m.now / MIR_MS(1));
	h.options.tsecr = m.tsval - (how & 0x40 ? fuzz_8(in) : 0);
	h.options.sacks = (h.options.have ? how % 3 : how % 4) + 1;
	for (unsigned i = 0; i < h.options.sacks; i++) {
		h.options.sack[i].from = h.ack + (uint32_t)(int16_t)fuzz_16(in);
		h.options.sack[i].to = h.options.sack[i].from + fuzz_16(in) % (how & 0x20 ? 65536 : 3000);
	}
	model_input(&m, &h, 0);
}

static uint32_t
near(uint8_t which, int16_t by)
{
	const struct tcp_conn *c = conn();
	uint32_t base = peer_next;

	if (c && which % 4 == 1)
		base = c->rcv_nxt;
	if (c && which % 4 == 2)
		base = c->rcv_adv;
	if (c && which % 4 == 3)
		base = c->irs;
	return base + (uint32_t)by;
}

static uint32_t
near_ours(uint8_t which, int16_t by)
{
	const struct tcp_conn *c = conn();
	uint32_t base = m.sent_end;

	if (c && which % 4 == 1)
		base = c->snd_una;
	if (c && which % 4 == 2)
		base = c->snd_nxt;
	if (which % 4 == 3)
		base = m.iss;
	return base + (uint32_t)by;
}

static void
any_segment(struct fuzz_bytes *in)
{
	uint8_t flags = fuzz_8(in), which = fuzz_8(in);
	uint32_t seq = near(which, (int16_t)fuzz_16(in));
	uint32_t ack = near_ours(which >> 2, (int16_t)fuzz_16(in));
	uint16_t window = which & 0x80 ? fuzz_16(in) : peer_window;
	uint32_t len = which & 0x40 ? fuzz_16(in) % 4096 : 0;

	send(flags, seq, ack, window, len, which & 0x20 ? (int8_t)fuzz_8(in) : 0);
}

/* Some of a stretch in the window, in any order. */
static void
early_segment(struct fuzz_bytes *in)
{
	uint32_t at = fuzz_8(in) * 500u, len = fuzz_8(in) * 10u;

	send(TCP_ACK, peer_next + at, m.sent_end, peer_window, len, 0);
}

static void
user_send(uint32_t len)
{
	struct mir_buf *b;
	int err;

	if (!m.user)
		return;
	b = mir_buf_copy_in(model_our_bytes(m.written), len);
	if (!b)
		return;
	/* The segments go out during the call. */
	m.written += len;
	err = tcp_send(m.user, m.now, b);
	if (!err)
		return;
	m.written -= len;
	mir_buf_free(b);
	m.wants_write = err == MIR_EAGAIN;
	CHECK(err != MIR_EGONE || m.ended || m.dead || m.user->state == TCP_CLOSED_STATE);
}

static void
user_recv(void)
{
	struct mir_buf *b = NULL;
	int got;

	if (!m.user)
		return;
	got = tcp_recv(m.user, m.now, &b);
	m.wants_read = got == MIR_EAGAIN;
	if (got <= 0) {
		CHECK(!b);
		return;
	}
	CHECK_EQ(mir_buf_len(b), got);
	for (const struct mir_buf *p = b; p; m.read += p->len, p = p->next)
		CHECK_MSG(memcmp(p->data, model_peer_bytes(m.user->irs + 1 + m.read), p->len) == 0,
			  "other bytes than were sent");
	mir_buf_free(b);
}

/* 'how': 0 ends our stream, 1 closes, 2 aborts. */
static void
user_end(unsigned how)
{
	struct tcp_conn *c = m.user;

	if (!c)
		return;
	m.ended = true;
	if (how == 0) {
		tcp_shutdown(c, m.now);
		return;
	}
	m.user = NULL;
	m.step = how == 1 ? STEP_USER : STEP_ABORT;
	if (how == 1)
		tcp_close(c, m.now);
	else
		tcp_abort(c, m.now);
}

static void
user_settings(uint8_t what)
{
	if (!m.user)
		return;
	if (what & 1)
		tcp_set_nodelay(m.user, m.now, what & 2);
	else
		tcp_set_keepalive(m.user, m.now, MIR_SEC(what / 2));
}

/* An error about what we sent, or something like it. */
static void
icmp(struct fuzz_bytes *in)
{
	uint8_t kind = fuzz_8(in), quote[TCP_HDR] = { 0 };

	put16(quote + TCP_SPORT, m.our_port);
	put16(quote + TCP_DPORT, m.peer_port);
	put32(quote + TCP_SEQ, near_ours(kind >> 2, (int8_t)fuzz_8(in)));
	m.step = STEP_ICMP;
	tcp_unreach(&m.tcp, m.now, &m.we, &m.peer, quote, kind & 0x80 ? 8 : sizeof quote,
		    (enum tcp_unreach)(kind % 3), fuzz_16(in));
}

static void
wait(struct fuzz_bytes *in)
{
	uint8_t how = fuzz_8(in);
	mir_ns next = tcp_deadline(&m.tcp);

	if (how & 1)
		model_pass(&m, MIR_MS(how));
	else if (how & 2)
		model_pass(&m, MIR_SEC(how));
	else if (next != MIR_NEVER && next > m.now)
		model_pass(&m, next - m.now);
	else
		model_pass(&m, 0);
}

/* For one action there are no free pages; only what comes in has its buffer. */
static void
starve(struct fuzz_bytes *in)
{
	size_t pages = test_pages_left;

	m.short_of_memory = true;
	test_pages_left = 0;
	if (fuzz_8(in) & 1)
		model_pass(&m, MIR_SEC(1));
	else
		user_recv();
	if (m.user)
		tcp_set_nodelay(m.user, m.now, false);
	test_pages_left = pages;
}

/* Small more often than large. */
static uint32_t
size(uint16_t n)
{
	return n >= 0xf000 ? n : n % 4096;
}

static void
act(struct fuzz_bytes *in)
{
	uint8_t kind = fuzz_8(in);

	m.step = STEP_USER;
	switch (kind % 16) {
	case 0:
	case 1:
		honest(TCP_ACK | TCP_PSH, fuzz_16(in) % 1500);
		break;
	case 2:
		if (kind & 0x80)
			sack(in);
		else
			honest(TCP_ACK, 0);
		break;
	case 3:
	case 4:
		any_segment(in);
		break;
	case 5:
		early_segment(in);
		break;
	case 6:
		peer_window = fuzz_16(in);
		honest(TCP_ACK, 0);
		break;
	case 7:
	case 8:
		user_send(size(fuzz_16(in)));
		break;
	case 9:
		user_recv();
		break;
	case 10:
	case 11:
		wait(in);
		break;
	case 12:
		user_end(kind / 16 % 4);
		break;
	case 13:
		honest(kind & 0x80 ? TCP_RST : TCP_ACK | TCP_FIN, 0);
		break;
	case 14:
		icmp(in);
		break;
	default:
		if (kind & 0x80)
			starve(in);
		else if (kind & 0x40 && !m.user && m.listener && !m.dead)
			tcp_accept(m.listener, &m.user);
		else
			user_settings(fuzz_8(in));
	}
	model_check(&m);
}

static void
choose_offer(uint8_t how)
{
	static const uint16_t mss[4] = { 1460, 536, 0, 65535 };

	offer = (struct tcp_options){ .have = how & 15, .mss = mss[how >> 4 & 3],
				      .wscale = how >> 6 ? how >> 4 & 15 : 7 };
}

/* Who opens, and whether the peer answers as it should. */
static void
open(uint8_t how)
{
	if (how & 1) {
		m.peer_port = 80;
		CHECK_EQ(tcp_connect(&m.tcp, m.now, &m.we, &m.peer, 80, &m.user), MIR_OK);
	} else {
		CHECK_EQ(tcp_listen(&m.tcp, 80, 1, &m, &m.listener), MIR_OK);
	}
	m.hold = how & 4;
	model_check(&m);
	if (how & 2)			/* Whatever comes. */
		return;
	honest(how & 1 ? TCP_SYN | TCP_ACK : TCP_SYN, 0);
	model_check(&m);
	if (!(how & 1))
		honest(TCP_ACK, 0);
	model_check(&m);
	CHECK_EQ(m.state, TCP_ESTABLISHED);
}

/* The peer is heard of no more: all has to end by itself. */
static void
end(uint8_t how)
{
	if (m.listener)
		m.step = STEP_ABORT;
	if (m.listener)
		tcp_unlisten(m.listener, m.now);
	m.listener = NULL;
	if (how & 8)
		user_recv();
	user_end(how & 8 ? 1 : 2);
	model_check(&m);
	model_pass(&m, MIR_SEC(3600));
	CHECK_EQ(m.tcp.conn_count, 0);
	CHECK_EQ(m.tcp.table.count, 0);
	CHECK_EQ(m.tcp.timewait_count, 0);
	CHECK_EQ(m.tcp.held_bytes, 0);
}

void
fuzz_one(const uint8_t *data, size_t len)
{
	struct fuzz_bytes in = { data, len };
	uint8_t how = fuzz_8(&in);

	model_init(&m);
	peer_next = PEER_ISS;
	choose_offer(fuzz_8(&in));
	peer_window = fuzz_16(&in);
	open(how);
	while (in.left && m.spans < MODEL_SPANS && m.fins < MODEL_SPANS)
		act(&in);
	end(how);
}
