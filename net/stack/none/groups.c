/* SPDX-License-Identifier: ISC */
/* Where no IPv4 group can be joined. */
#include "mir/err.h"
#include "net/stack/priv.h"

void
stack_groups_init(struct stack *s)
{
	s->igmp_next = MIR_NEVER;
}

void
stack_groups_local(struct stack *s, mir_ns now)
{
	(void)s;
	(void)now;
}

void
stack_groups_poll(struct stack *s, mir_ns now)
{
	(void)s;
	(void)now;
}

int
stack_group_join(void *ctx, const struct mir_addr *group, bool join)
{
	(void)ctx;
	(void)group;
	(void)join;
	return MIR_ENOSYS;
}

bool
stack_group_member(const struct stack *s, uint32_t ip)
{
	(void)s;
	(void)ip;
	return false;
}

bool
stack_group_wants(const struct stack *s, const uint8_t mac[ETHER_ADDR])
{
	(void)s;
	(void)mac;
	return false;
}

void
stack_igmp_input(struct stack *s, mir_ns now, const struct stack_packet *p, struct mir_buf *b)
{
	(void)s;
	(void)now;
	(void)p;
	mir_buf_free(b);
}
