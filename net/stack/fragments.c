/* SPDX-License-Identifier: ISC */
/* IPv4 fragments on their way up. */
#include "mir/stats.h"
#include "net/stack/priv.h"

static uint64_t fragments, reassembled, to_all;
MIR_COUNTER(ipv4_fragments, &fragments, "IPv4 fragments taken");
MIR_COUNTER(ipv4_reassembled, &reassembled, "IPv4 packets made whole of fragments");
MIR_COUNTER(ipv4_drop_fragment, &to_all, "IPv4 fragments that were not for us alone");

struct mir_buf *
stack_fragment(struct stack *s, mir_ns now, struct stack_packet *p, struct mir_buf *b)
{
	const struct reassembly_key key = { p->src, p->dst, p->ip.id, p->ip.proto };
	const struct reassembly_fragment f = { p->ip.offset, p->ip.header, p->ip.more };

	if (!p->unicast) {
		to_all++;
		mir_buf_free(b);
		return NULL;
	}
	fragments++;
	b = reassembly_input(&s->reassembly, now, &key, &f, b);
	if (!b)
		return NULL;
	reassembled++;
	b->flags = 0;			/* Nobody vouches for the checksum of the whole. */
	b->gso_size = 0;
	p->ip.header = (uint8_t)((b->data[IPV4_VIHL] & 15) * 4);
	p->ip.total = (uint16_t)mir_buf_len(b);
	return b;
}

mir_ns
stack_fragments_deadline(const struct stack *s)
{
	return reassembly_deadline(&s->reassembly);
}

void
stack_fragments_poll(struct stack *s, mir_ns now)
{
	reassembly_poll(&s->reassembly, now);
}
