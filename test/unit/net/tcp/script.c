/* SPDX-License-Identifier: ISC */
/* One TCP engine, and a peer played by the test. */
#include "lib/checksum.h"
#include "mir/err.h"
#include "test/unit/net/tcp/script.h"

static void
output(void *ctx, const struct mir_addr *src, const struct mir_addr *dst, struct mir_buf *seg)
{
	struct script *s = ctx;
	struct script_out *o = &s->out[s->count++ % SCRIPT_OUT];
	uint16_t marks = seg->flags;
	struct checksum sum = { 0 };
	uint8_t header[TCP_HDR_MAX];
	size_t size;

	CHECK(mir_buf_headroom(seg) >= MIR_BUF_HEADROOM - 60);
	checksum_pseudo(&sum, src, dst, TCP_PROTOCOL, (uint32_t)mir_buf_len(seg));
	o->gso_size = seg->gso_size;
	o->pieces = mir_buf_pieces(seg);
	if (seg->flags & MIR_BUF_CSUM_BLANK) {
		CHECK_EQ(get16(seg->data + TCP_CSUM), (uint16_t)~checksum_finish(&sum));
	} else {
		checksum_add_chain(&sum, seg);
		CHECK_EQ(checksum_finish(&sum), 0);
	}
	mir_buf_copy_out(seg, 0, header, sizeof header);
	CHECK_EQ(tcp_header_size(header, seg->len, &size), MIR_OK);
	CHECK_EQ(tcp_header_parse(header, size, &o->h), MIR_OK);
	o->ect = marks & MIR_BUF_ECT;
	mir_buf_copy_out(seg, size, o->data, sizeof o->data);
	o->len = (uint32_t)(mir_buf_len(seg) - size);
	mir_buf_free(seg);
}

static void
event(void *ctx, struct tcp_conn *c, unsigned events)
{
	struct script *s = ctx;

	(void)c;
	s->events |= events;
	if ((events & TCP_ACCEPTABLE) && !s->hold && !s->conn)
		CHECK_EQ(tcp_accept(s->listener, &s->conn), MIR_OK);
}

static uint16_t
mss(void *ctx, const struct mir_addr *dst)
{
	(void)dst;
	return ((struct script *)ctx)->mss;
}

static struct tcp_offload
offload(void *ctx, const struct mir_addr *dst)
{
	(void)dst;
	return ((struct script *)ctx)->offload;
}

void
script_init(struct script *s)
{
	const struct tcp_env env = { .ctx = s, .output = output, .event = event, .mss = mss,
				     .offload = offload };
	uint8_t key[SIPHASH_KEY];

	memset(s, 0, sizeof *s);
	s->local = (struct mir_addr){ { [10] = 0xff, 0xff, 10, 0, 0, 1 } };
	s->peer = (struct mir_addr){ { [10] = 0xff, 0xff, 10, 0, 0, 2 } };
	s->lport = LOCAL_PORT;
	s->pport = PEER_PORT;
	s->mss = 1460;
	s->seq = PEER_ISS;
	s->window = 65535;
	s->options = (struct tcp_options){ .have = TCP_HAVE_MSS, .mss = 1460 };
	s->tsval = 0xffffff00;
	for (unsigned i = 0; i < sizeof key; i++)
		key[i] = (uint8_t)test_random();
	tcp_init(&s->tcp, &env, key);

	const struct tcp_tuple id = { s->local, s->peer, s->lport, s->pport };
	s->now = MIR_SEC(100000);
	s->now += MIR_US(4) * -(tcp_initial_seq(&s->tcp, s->now, &id) + 100);
}

void
script_end(struct script *s)
{
	if (s->conn)
		tcp_abort(s->conn, s->now);
	if (s->listener)
		tcp_unlisten(s->listener, s->now);
	s->conn = NULL;
	s->listener = NULL;
	script_wait(s, 2 * TCP_R2 + TCP_R2_TRIES * TCP_RTO_MAX);
	CHECK_EQ(s->tcp.conn_count, 0);
	CHECK_EQ(s->tcp.timewait_count, 0);
	CHECK_EQ(s->tcp.timers.next, MIR_NEVER);
	CHECK_EQ(s->tcp.table.count, 0);
	CHECK_EQ(s->tcp.held_bytes, 0);
}

static void
choose_options(const struct script *s, struct tcp_header *h)
{
	if (h->flags & TCP_SYN)
		h->options = s->options;
	h->options.have |= s->options.have & TCP_HAVE_TIMESTAMPS;
	h->options.tsval = s->tsval;
	h->options.tsecr = s->tsecr;
	h->options.sacks = h->flags & TCP_SYN ? 0 : s->sacks;
	for (unsigned i = 0; i < h->options.sacks; i++)
		h->options.sack[i] = (struct tcp_block){ s->iss + 1 + s->sack[i].from,
							 s->iss + 1 + s->sack[i].to };
}

void
script_raw(struct script *s, uint8_t flags, uint32_t seq, uint32_t ack, const void *data,
	   uint32_t len)
{
	struct tcp_header h = { .sport = s->pport, .dport = s->lport, .seq = seq,
				.ack = flags & TCP_ACK ? ack : 0, .flags = flags,
				.window = s->window };
	struct mir_buf *b = mir_buf_alloc(0, TCP_HDR_MAX);
	struct checksum sum = { 0 };

	choose_options(s, &h);
	mir_buf_trim_to(b, tcp_header_build(&h, b->data));
	if (len)
		mir_buf_append(&b, mir_buf_copy_in(data, len));
	checksum_pseudo(&sum, &s->peer, &s->local, TCP_PROTOCOL, (uint32_t)mir_buf_len(b));
	checksum_add_chain(&sum, b);
	put16(b->data + TCP_CSUM, checksum_finish(&sum));
	b->flags |= s->marked ? MIR_BUF_CE : 0;
	b->gso_size = s->joined;
	tcp_input(&s->tcp, s->now, &s->peer, &s->local, b);
}

void
script_in(struct script *s, uint8_t flags, const void *data, uint32_t len)
{
	uint32_t seq = s->seq;

	s->seq += len + !!(flags & TCP_SYN) + !!(flags & TCP_FIN);
	script_raw(s, flags, seq, s->ack, data, len);
}

const struct script_out *
script_next(struct script *s)
{
	const struct script_out *o = &s->out[s->taken % SCRIPT_OUT];
	uint32_t end;

	if (s->taken == s->count)
		return NULL;
	s->taken++;
	end = o->h.seq + o->len + !!(o->h.flags & TCP_SYN) + !!(o->h.flags & TCP_FIN);
	if (o->h.flags & TCP_SYN)
		s->iss = o->h.seq;
	if (!(o->h.flags & TCP_RST))
		s->ack = o->h.flags & TCP_SYN ? end : seq_max(s->ack, end);
	return o;
}

const struct script_out *
script_want(struct script *s, uint8_t flags, uint32_t len)
{
	static const struct script_out none;
	const struct script_out *o = script_next(s);

	if (!CHECK_MSG(o != NULL, "nothing came out"))
		return &none;
	if (flags & TCP_SYN)		/* Whether it asks for ECN is not the question. */
		CHECK_EQ(o->h.flags & ~(TCP_ECE | TCP_CWR), flags & ~(TCP_ECE | TCP_CWR));
	else
		CHECK_EQ(o->h.flags, flags);
	CHECK_EQ(o->len, len);
	return o;
}

void
script_quiet(struct script *s)
{
	CHECK_EQ(s->count - s->taken, 0);
	script_skip(s);
}

void
script_skip(struct script *s)
{
	while (script_next(s))
		;
}

void
script_wait(struct script *s, mir_ns duration)
{
	mir_ns end = s->now + duration, next;

	while ((next = tcp_deadline(&s->tcp)) <= end) {
		s->now = next > s->now ? next : s->now;
		tcp_poll(&s->tcp, s->now);
	}
	s->now = end;
}

void
script_listen(struct script *s, unsigned backlog)
{
	CHECK_EQ(tcp_listen(&s->tcp, LOCAL_PORT, backlog, s, &s->listener), MIR_OK);
}

void
script_open(struct script *s)
{
	if (!s->listener)
		script_listen(s, 8);
	script_in(s, TCP_SYN, NULL, 0);
	script_want(s, TCP_SYN | TCP_ACK, 0);
	script_in(s, TCP_ACK, NULL, 0);
	script_quiet(s);
	if (CHECK(s->conn != NULL))
		CHECK_EQ(s->conn->state, TCP_ESTABLISHED);
}

void
script_connect(struct script *s)
{
	const struct script_out *o;

	s->pport = LOCAL_PORT;
	CHECK_EQ(tcp_connect(&s->tcp, s->now, &s->local, &s->peer, s->pport, &s->conn), MIR_OK);
	o = script_want(s, TCP_SYN, 0);
	s->lport = o->h.sport;
	script_in(s, TCP_SYN | TCP_ACK, NULL, 0);
	script_want(s, TCP_ACK, 0);
	CHECK_EQ(s->conn->state, TCP_ESTABLISHED);
	CHECK(s->events & TCP_CONNECTED);
}

void
script_send(struct script *s, uint32_t len)
{
	uint8_t bytes[70000];

	for (uint32_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)i;
	struct mir_buf *b = mir_buf_copy_in(bytes, len);
	if (!CHECK_EQ(tcp_send(s->conn, s->now, b), MIR_OK))
		mir_buf_free(b);
}

uint32_t
script_read(struct script *s)
{
	struct mir_buf *b = NULL;
	int n = tcp_recv(s->conn, s->now, &b);

	mir_buf_free(b);
	return n > 0 ? (uint32_t)n : 0;
}
