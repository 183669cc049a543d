/* SPDX-License-Identifier: ISC */
/* A segment comes in: is it one, and whose is it? */
#include "lib/checksum.h"
#include "mir/err.h"
#include "net/tcp/conn.h"
#include "net/tcp/expected.h"
#include "net/tcp/stats.h"
#include "net/tcp/wire.h"

/* Where nobody has verified it before. */
static __attribute__((noinline)) bool
checksum_good(const struct mir_addr *src, const struct mir_addr *dst, const struct mir_buf *b,
	      size_t len)
{
	struct checksum sum = { 0 };

	checksum_pseudo(&sum, src, dst, TCP_PROTOCOL, (uint32_t)len);
	checksum_add_chain(&sum, b);
	return checksum_finish(&sum) == 0;
}

/* No host's address: nothing may be sent back to it (RFC 9293 3.10.3, RFC 1122 4.2.3.10). */
static bool
is_group(const struct mir_addr *a)
{
	uint32_t ip;

	for (unsigned i = 0; i < 10; i++)
		if (a->bytes[i])
			return a->bytes[0] == 0xff;
	ip = (uint32_t)a->bytes[12] << 24 | (uint32_t)a->bytes[13] << 16 |
	     (uint32_t)a->bytes[14] << 8 | a->bytes[15];
	if (a->bytes[10] == 0xff && a->bytes[11] == 0xff)
		return ip == 0 || ip >= 0xe0000000;
	return ip == 0;
}

/* Makes the header contiguous: the fixed part, then all of it.  Its bytes, or 0 and the counter of
 * the reason. */
static size_t
gather_header(struct tcp_segment *s, size_t len, uint64_t **reason)
{
	size_t size = TCP_HDR;
	struct mir_buf *b;

	for (unsigned i = 0; i < 2; i++) {
		*reason = i ? &tcp_stats.drop_offset : &tcp_stats.drop_short;
		if (len < size)
			return 0;
		b = mir_buf_pullup(s->data, size);
		*reason = &tcp_stats.drop_no_memory;
		if (!b)
			return 0;
		s->data = b;
		*reason = &tcp_stats.drop_offset;
		if (tcp_header_size(b->data, size, &size) != MIR_OK)
			return 0;
	}
	return size;
}

/* Takes the header off.  NULL: a segment of the right form; else the counter of the reason. */
static uint64_t *
take_header(struct tcp_segment *s, size_t len)
{
	struct mir_buf *b = s->data;
	size_t size = b->len < TCP_HDR ? 0 : (size_t)(b->data[TCP_DOFF] >> 4) * 4;
	uint64_t *reason;

	if (size < TCP_HDR || b->len < size) {
		size = gather_header(s, len, &reason);
		if (size == 0)
			return reason;
		b = s->data;
	}
	if (!(b->flags & MIR_BUF_CSUM_OK) && !checksum_good(&s->id.remote, &s->id.local, b, len))
		return &tcp_stats.drop_checksum;
	if (tcp_header_parse(b->data, size, &s->h) != MIR_OK)
		return &tcp_stats.drop_options;
	s->id.lport = s->h.dport;
	s->id.rport = s->h.sport;
	s->len = (uint32_t)(len - size);
	if (b->len > size) {
		b->data += size;
		b->len -= (uint32_t)size;
	} else {
		s->data = mir_buf_trim_front(b, size);
	}
	return NULL;
}

/* RFC 9293 3.10.7.4: the questions in the order of the text. */
static void
answer_questions(struct tcp_conn *c, mir_ns now, struct tcp_segment *s)
{
	if (c->state == TCP_SYN_SENT) {
		tcp_input_syn_sent(c, now, s);
		return;
	}
	if (c->state == TCP_SYN_RCVD && (s->h.flags & TCP_SYN) && !tcp_input_syn_again(c, now, s))
		return;
	if ((!tcp_input_expected(c, now, s) && !tcp_input_acceptable(c, now, s)) ||
	    !tcp_input_ack(c, now, s))
		return;
	if (c->ecn)
		tcp_ecn_input(c, now, s);
	tcp_input_data(c, now, s);
}

void
tcp_conn_input(struct tcp_conn *c, mir_ns now, struct tcp_segment *s)
{
	tcp_conn_pin(c);
	answer_questions(c, now, s);
	if (tcp_output_wanted(c) && c->state != TCP_CLOSED_STATE)
		tcp_output(c, now);
	tcp_conn_settle(c);
}

static void
dispatch(struct tcp *t, mir_ns now, struct tcp_segment *s)
{
	const struct tcp_tuple *id = &s->id;
	struct tcp_entry *e = tcp_table_find(&t->table, id);

	if (!e && (is_group(&id->remote) || is_group(&id->local) || !id->lport || !id->rport))
		tcp_stats.drop_address++;
	else if (!e)
		tcp_listen_input(t, now, s, NULL);
	else if (e->kind == TCP_KIND_TIMEWAIT)
		tcp_timewait_input(t, now, e, s);
	else
		tcp_conn_input(tcp_conn_of(e), now, s);
}

void
tcp_input(struct tcp *t, mir_ns now, const struct mir_addr *src, const struct mir_addr *dst,
	  struct mir_buf *seg)
{
	struct tcp_segment s;
	uint64_t *reason;

	s.id.remote = *src;
	s.id.local = *dst;
	s.data = seg;
	s.marked = seg->flags & MIR_BUF_CE;
	s.part = seg->gso_size;
	reason = take_header(&s, seg->next ? mir_buf_len(seg) : seg->len);
	tcp_stats.rx_segments++;
	if (reason)
		++*reason;
	else
		dispatch(t, now, &s);
	if (s.data)
		mir_buf_free(s.data);
}
