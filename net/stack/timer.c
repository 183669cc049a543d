/* SPDX-License-Identifier: ISC */
/* One timer for all of the stack's engines. */
#include "net/stack/priv.h"

static mir_ns
earliest(mir_ns a, mir_ns b)
{
	return a < b ? a : b;
}

void
stack_rearm(struct stack *s)
{
	mir_ns next = earliest(s->six_next, earliest(s->arp_next, s->dhcp_next));

	next = earliest(next, earliest(s->igmp_next, stack_fragments_deadline(s)));
	next = earliest(next, earliest(tcp_deadline(&s->tcp), stack_join_deadline(s)));
	/* A time that moved away costs one vain turn; moving the timer each time costs more. */
	if (!s->timer.set || next < s->timer.when)
		mir_timer_set(&s->timer, next);
}

void
stack_timer(struct mir_timer *t)
{
	struct stack *s = (struct stack *)((char *)t - offsetof(struct stack, timer));
	mir_ns now;

	stack_join_flush(s);
	now = mir_now();		/* Not before what the frames came with. */
	if (s->arp_next <= now)
		s->arp_next = arp_poll(&s->arp, now);
	if (s->dhcp_next <= now)
		s->dhcp_next = dhcp_poll(&s->dhcp, now);
	stack_fragments_poll(s, now);
	stack_groups_poll(s, now);
	if (s->six_next <= now)
		stack_ipv6.poll(s, now);
	tcp_poll(&s->tcp, now);
	stack_rearm(s);
}
