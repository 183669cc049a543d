/* SPDX-License-Identifier: ISC */
/* ICMP in the stack: echo, errors that come in, errors that go out. */
#include "lib/bytes.h"
#include "lib/checksum.h"
#include "mir/err.h"
#include "mir/stats.h"
#include "net/stack/priv.h"

static uint64_t drop_malformed, drop_checksum, drop_type, drop_quote, echoes, errors;
static uint64_t errors_sent, errors_limited;
MIR_COUNTER(icmp_drop_malformed, &drop_malformed, "ICMP messages cut short");
MIR_COUNTER(icmp_drop_checksum, &drop_checksum, "ICMP messages with a wrong checksum");
MIR_COUNTER(icmp_drop_type, &drop_type, "ICMP messages of a type we don't answer");
MIR_COUNTER(icmp_drop_quote, &drop_quote, "ICMP errors about packets we can't have sent");
MIR_COUNTER(icmp_echo_requests, &echoes, "ICMP echo requests answered");
MIR_COUNTER(icmp_errors_received, &errors, "ICMP errors handed to a protocol");
MIR_COUNTER(icmp_errors_sent, &errors_sent, "ICMP errors sent");
MIR_COUNTER(icmp_errors_limited, &errors_limited, "ICMP errors not sent, by the rate limit");

/* The request's own pages go back as the reply; only the type and the checksum change. */
static void
echo(struct stack *s, const struct stack_packet *p, struct mir_buf *b)
{
	echoes++;
	icmp_echo_to_reply(b->data);
	stack_output_drop(s, s->ip, p->ip.src, IPV4_ICMP, b);
}

static enum tcp_unreach
kind_of(const struct icmp_error *e)
{
	if (e->type == ICMP_TIME_EXCEEDED)
		return TCP_UNREACH_SOFT;
	if (e->code == ICMP_TOO_BIG)
		return TCP_UNREACH_TOO_BIG;
	if (e->code == ICMP_PROTOCOL || e->code == ICMP_PORT || e->code == ICMP_ADMIN)
		return TCP_UNREACH_HARD;
	return TCP_UNREACH_SOFT;
}

static void
error_received(struct stack *s, mir_ns now, struct mir_buf *b)
{
	uint8_t copy[ICMP_HDR + STACK_QUOTE];
	size_t len = mir_buf_copy_out(b, 0, copy, sizeof copy);
	struct mir_addr src, dst;
	struct icmp_error e;

	if (icmp_parse_error(copy, len, &e) || e.inner.src != s->ip) {
		drop_quote++;
		return;
	}
	errors++;
	if (e.inner.proto != IPV4_TCP)
		return;
	src = mir_addr_from_ipv4(e.inner.src);
	dst = mir_addr_from_ipv4(e.inner.dst);
	tcp_unreach(&s->tcp, now, &src, &dst, e.transport, e.transport_len, kind_of(&e), e.mtu);
}

static bool
checksum_fine(const struct mir_buf *b)
{
	struct checksum c = { 0 };

	checksum_add_chain(&c, b);
	return checksum_finish(&c) == 0;
}

void
stack_icmp_input(struct stack *s, mir_ns now, const struct stack_packet *p, struct mir_buf *b)
{
	uint8_t type;

	if (b->len < ICMP_HDR) {
		drop_malformed++;
	} else if (!checksum_fine(b)) {
		drop_checksum++;
	} else {
		type = b->data[ICMP_TYPE];
		if (type == ICMP_ECHO && p->unicast) {
			echo(s, p, b);
			return;
		}
		if ((type == ICMP_UNREACHABLE || type == ICMP_TIME_EXCEEDED) && p->unicast)
			error_received(s, now, b);
		else
			drop_type++;
	}
	mir_buf_free(b);
}

/* RFC 1122 3.2.2: about the first 8 bytes of a packet that was for us alone. */
void
stack_icmp_unreachable(struct stack *s, mir_ns now, const struct stack_packet *p,
		       enum icmp_unreachable code, const uint8_t *ip)
{
	size_t quote = p->ip.header + 8u;
	struct mir_buf *b;

	if (!icmp_allowed(&s->icmp_limit, now)) {
		errors_limited++;
		return;
	}
	b = mir_buf_alloc(MIR_BUF_HEADROOM, ICMP_HDR + quote);
	if (!b)
		return;
	icmp_build_error(b->data, ICMP_UNREACHABLE, code, ip, quote);
	errors_sent++;
	stack_output_drop(s, s->ip, p->ip.src, IPV4_ICMP, b);
}
