/* SPDX-License-Identifier: ISC */
/* A segment comes in: is it one, and whose is it? */
#include "lib/checksum.h"
#include "mir/err.h"
#include "net/tcp/conn.h"
#include "net/tcp/stats.h"
#include "net/tcp/wire.h"

static bool
checksum_good(const struct mir_addr *src, const struct mir_addr *dst, const struct mir_buf *b,
	      size_t len)
{
	struct checksum sum = { 0 };

	if (b->flags & MIR_BUF_CSUM_OK)
		return true;
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

/* Makes the header contiguous and parses it.  NULL: a segment of the right form; else the counter
 * of the reason. */
static uint64_t *
take_header(struct tcp_segment *s, size_t len)
{
	size_t size = TCP_HDR;
	struct mir_buf *b;

	for (unsigned i = 0; i < 2; i++) {	/* The fixed part, then all of it. */
		if (len < size)
			return i ? &tcp_stats.drop_offset : &tcp_stats.drop_short;
		b = mir_buf_pullup(s->data, size);
		if (!b)
			return &tcp_stats.drop_no_memory;
		s->data = b;
		if (tcp_header_size(b->data, size, &size) != MIR_OK)
			return &tcp_stats.drop_offset;
	}
	if (!checksum_good(&s->src, &s->dst, s->data, len))
		return &tcp_stats.drop_checksum;
	if (tcp_header_parse(s->data->data, size, &s->h) != MIR_OK)
		return &tcp_stats.drop_options;
	if (is_group(&s->src) || is_group(&s->dst) || s->h.sport == 0 || s->h.dport == 0)
		return &tcp_stats.drop_address;
	s->len = (uint32_t)(len - size);
	s->data = mir_buf_trim_front(s->data, size);
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
	if (tcp_input_acceptable(c, now, s) && tcp_input_ack(c, now, s))
		tcp_input_data(c, now, s);
}

void
tcp_conn_input(struct tcp_conn *c, mir_ns now, struct tcp_segment *s)
{
	tcp_conn_pin(c);
	answer_questions(c, now, s);
	if (c->state != TCP_CLOSED_STATE)
		tcp_output(c, now);
	tcp_conn_settle(c);
}

static void
dispatch(struct tcp *t, mir_ns now, struct tcp_segment *s)
{
	const struct tcp_tuple id = { s->dst, s->src, s->h.dport, s->h.sport };
	struct tcp_entry *e = tcp_table_find(&t->table, &id);

	if (!e)
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
	struct tcp_segment s = { .src = *src, .dst = *dst, .data = seg };
	uint64_t *reason = take_header(&s, mir_buf_len(seg));

	tcp_stats.rx_segments++;
	if (reason)
		++*reason;
	else
		dispatch(t, now, &s);
	mir_buf_free(s.data);
}
