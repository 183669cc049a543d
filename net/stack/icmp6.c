/* SPDX-License-Identifier: ISC */
/* ICMPv6 in the stack: echo, errors that come in, errors that go out, neighbour discovery. */
#include "mir/err.h"
#include "mir/stats.h"
#include "net/stack/priv6.h"

#define QUOTE_MAX (IPV6_MTU_LEAST - IPV6_HDR - ICMPV6_HDR)	/* RFC 4443 2.4 (c). */
#define QUOTE_READ (ICMPV6_HDR + IPV6_HDR + 20)	/* Of an error: up to TCP's numbers. */

static uint64_t drop_malformed, drop_checksum, drop_type, drop_quote, echoes, errors;
static uint64_t errors_sent, errors_limited, errors_not_sent;
MIR_COUNTER(icmpv6_drop_malformed, &drop_malformed, "ICMPv6 messages cut short");
MIR_COUNTER(icmpv6_drop_checksum, &drop_checksum, "ICMPv6 messages with a wrong checksum");
MIR_COUNTER(icmpv6_drop_type, &drop_type, "ICMPv6 messages of a type we don't answer");
MIR_COUNTER(icmpv6_drop_quote, &drop_quote, "ICMPv6 errors about packets we can't have sent");
MIR_COUNTER(icmpv6_echo_requests, &echoes, "ICMPv6 echo requests answered");
MIR_COUNTER(icmpv6_errors_received, &errors, "ICMPv6 errors handed to a protocol");
MIR_COUNTER(icmpv6_errors_sent, &errors_sent, "ICMPv6 errors sent");
MIR_COUNTER(icmpv6_errors_limited, &errors_limited, "ICMPv6 errors not sent, by the rate limit");
MIR_COUNTER(icmpv6_errors_suppressed, &errors_not_sent, "ICMPv6 errors that nobody may get");

/* The request's own pages go back.  One to a group is answered from a unicast address. */
static void
echo(struct stack *s, mir_ns now, const struct stack6_packet *p, struct mir_buf *b)
{
	struct mir_addr src = p->ip.dst;

	if (!p->unicast && nd_source(&s->six->nd, now, &p->ip.src, &src)) {
		drop_type++;
		mir_buf_free(b);
		return;
	}
	echoes++;
	b->data[ICMPV6_TYPE] = ICMPV6_ECHO_REPLY;
	b->flags = 0;
	icmpv6_checksum(b, &src, &p->ip.src);
	stack6_output_drop(s, &src, &p->ip.src, IPV6_ICMP, b);
}

static enum tcp_unreach
kind_of(const struct icmpv6_error *e)
{
	if (e->type == ICMPV6_TOO_BIG)
		return TCP_UNREACH_TOO_BIG;
	if (e->type == ICMPV6_PROBLEM && e->code == ICMPV6_NEXT_HEADER)
		return TCP_UNREACH_HARD;
	if (e->type == ICMPV6_UNREACHABLE && (e->code == ICMPV6_PORT || e->code == ICMPV6_ADMIN))
		return TCP_UNREACH_HARD;
	return TCP_UNREACH_SOFT;
}

static void
error_received(struct stack *s, mir_ns now, const struct mir_buf *b)
{
	uint8_t copy[QUOTE_READ];
	size_t len = mir_buf_copy_out(b, 0, copy, sizeof copy);
	struct icmpv6_error e;

	if (icmpv6_parse_error(copy, len, &e) || !nd_ours(&s->six->nd, &e.src)) {
		drop_quote++;
		return;
	}
	errors++;
	if (e.proto == IPV6_TCP)
		tcp_unreach(&s->tcp, now, &e.src, &e.dst, e.transport, e.transport_len, kind_of(&e),
			    e.param);
}

static void
discovery(struct stack *s, mir_ns now, const struct stack6_packet *p, struct mir_buf *b)
{
	struct mir_buf *whole = mir_buf_pullup(b, mir_buf_len(b));

	if (whole)			/* Else what is contiguous is judged, as if cut short. */
		b = whole;
	if (b->data[ICMPV6_TYPE] == ICMPV6_MLD_QUERY)
		mld_query(&s->six->mld, now, &p->ip, b->data, b->len);
	else
		nd_input(&s->six->nd, now, &p->ip, b->data, b->len);
	mir_buf_free(b);
}

/* Takes what it answers or hands on itself. */
static bool
request(struct stack *s, mir_ns now, const struct stack6_packet *p, struct mir_buf *b)
{
	uint8_t type = b->data[ICMPV6_TYPE];

	if (type == ICMPV6_MLD_QUERY || (type >= ICMPV6_RS && type <= ICMPV6_REDIRECT)) {
		discovery(s, now, p, b);
		return true;
	}
	if (type != ICMPV6_ECHO || ipv6_is_unspecified(&p->ip.src))
		return false;
	echo(s, now, p, b);
	return true;
}

void
stack6_icmp_input(struct stack *s, mir_ns now, const struct stack6_packet *p, struct mir_buf *b)
{
	struct mir_buf *head = b->len < ICMPV6_HDR ? mir_buf_pullup(b, ICMPV6_HDR) : b;

	if (!head) {
		drop_malformed++;
	} else if (!icmpv6_checksum_fine(b = head, &p->ip.src, &p->ip.dst)) {
		drop_checksum++;
	} else {
		if (request(s, now, p, b))
			return;
		if (b->data[ICMPV6_TYPE] <= ICMPV6_PROBLEM && p->unicast)
			error_received(s, now, b);
		else
			drop_type++;
	}
	mir_buf_free(b);
}

/* RFC 4443 2.4 (e): errors, groups and nobody get no errors; a group may hear of an option. */
static bool
may_send(const struct stack6_packet *p, enum icmpv6_type type, uint8_t code,
	 const struct mir_buf *packet)
{
	uint8_t inner = ICMPV6_ECHO;

	if (p->ip.proto == IPV6_ICMP)
		mir_buf_copy_out(packet, p->ip.header, &inner, 1);
	return inner >= ICMPV6_ECHO && inner != ICMPV6_REDIRECT &&
	    !ipv6_is_unspecified(&p->ip.src) &&
	    (p->unicast || (type == ICMPV6_PROBLEM && code == 2));
}

void
stack6_icmp_error(struct stack *s, mir_ns now, const struct stack6_packet *p,
		  enum icmpv6_type type, uint8_t code, uint32_t param,
		  const struct mir_buf *packet)
{
	size_t len = mir_buf_len(packet), quote = len < QUOTE_MAX ? len : QUOTE_MAX;
	struct mir_addr src = p->ip.dst;
	struct mir_buf *b;

	if (!may_send(p, type, code, packet) ||
	    (!p->unicast && nd_source(&s->six->nd, now, &p->ip.src, &src))) {
		errors_not_sent++;
		return;
	}
	if (!icmp_allowed(&s->icmp_limit, now)) {
		errors_limited++;
		return;
	}
	b = mir_buf_alloc(MIR_BUF_HEADROOM, ICMPV6_HDR + quote);
	if (!b)
		return;
	icmpv6_build_header(b->data, type, code, param);
	mir_buf_copy_out(packet, 0, b->data + ICMPV6_HDR, quote);
	icmpv6_checksum(b, &src, &p->ip.src);
	errors_sent++;
	stack6_output_drop(s, &src, &p->ip.src, IPV6_ICMP, b);
}
