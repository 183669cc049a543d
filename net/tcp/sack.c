/* SPDX-License-Identifier: ISC */
/* Blocks that came early or twice, for our ACKs. */
#include "net/tcp/sack.h"
#include "net/tcp/seq.h"

static void
remove_at(struct tcp_sacks *s, unsigned i)
{
	for (s->count--; i < s->count; i++)
		s->block[i] = s->block[i + 1];
}

void
tcp_sack_note(struct tcp_sacks *s, uint32_t from, uint32_t to)
{
	for (unsigned i = s->count; i-- > 0;) {
		const struct tcp_block *b = &s->block[i];

		if (seq_gt(b->from, to) || seq_lt(b->to, from))
			continue;
		from = seq_lt(b->from, from) ? b->from : from;
		to = seq_max(b->to, to);
		remove_at(s, i);
	}
	if (s->count == TCP_SACK_MAX)
		s->count--;
	for (unsigned i = s->count++; i > 0; i--)
		s->block[i] = s->block[i - 1];
	s->block[0] = (struct tcp_block){ from, to };
}

void
tcp_sack_twice(struct tcp_sacks *s, uint32_t from, uint32_t to)
{
	s->twice = seq_lt(from, to);
	s->dup = (struct tcp_block){ from, to };
}

void
tcp_sack_below(struct tcp_sacks *s, uint32_t rcv_nxt)
{
	for (unsigned i = s->count; i-- > 0;)
		if (seq_le(s->block[i].from, rcv_nxt))
			remove_at(s, i);
}

void
tcp_sack_tell(struct tcp_sacks *s, struct tcp_options *o, size_t room)
{
	unsigned most = room < 4 ? 0 : (unsigned)(room - 4) / 8;

	if (most > TCP_SACK_MAX)
		most = TCP_SACK_MAX;
	if (s->twice && most)
		o->sack[o->sacks++] = s->dup;
	s->twice = s->twice && !most;
	for (unsigned i = 0; i < s->count && o->sacks < most; i++)
		o->sack[o->sacks++] = s->block[i];
}
