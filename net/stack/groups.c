/* SPDX-License-Identifier: ISC */
/* Memberships in IPv4 groups: the engine, and the device's filter. */
#include "mir/err.h"
#include "mir/random.h"
#include "net/stack/priv.h"

static void
output(void *ctx, uint32_t group, struct mir_buf *packet)
{
	uint8_t mac[ETHER_ADDR];

	stack_group_mac(group, mac);
	stack_send_frame(ctx, mac, ETHER_IPV4, packet);
}

static uint32_t
random_number(void *ctx)
{
	(void)ctx;
	return mir_random_u32();
}

static void
filter(struct stack *s, uint32_t ip, bool join)
{
	uint8_t mac[ETHER_ADDR];

	stack_group_mac(ip, mac);
	if (s->nif->ops->multicast)
		s->nif->ops->multicast(s->nif, mac, join);
}

void
stack_groups_init(struct stack *s)
{
	const struct igmp_env env = { s, output, random_number };

	igmp_init(&s->igmp, &env);
	filter(s, IGMP_ALL_HOSTS, true);
	s->igmp_next = MIR_NEVER;
}

void
stack_groups_local(struct stack *s, mir_ns now)
{
	igmp_set_local(&s->igmp, now, s->ip);
	s->igmp_next = igmp_poll(&s->igmp, now);
}

void
stack_groups_poll(struct stack *s, mir_ns now)
{
	if (s->igmp_next <= now)
		s->igmp_next = igmp_poll(&s->igmp, now);
}

int
stack_group_join(void *ctx, const struct mir_addr *group, bool join)
{
	struct stack *s = ctx;
	mir_ns now = mir_now();
	uint32_t ip = mir_addr_to_ipv4(group);
	bool changed = false;
	int err = MIR_OK;

	if (!mir_addr_is_ipv4(group))
		return MIR_ENOSYS;
	if (join)
		err = igmp_join(&s->igmp, now, ip, &changed);
	else
		changed = igmp_leave(&s->igmp, now, ip);
	if (changed)
		filter(s, ip, join);
	s->igmp_next = igmp_poll(&s->igmp, now);
	stack_rearm(s);
	return err;
}

bool
stack_group_member(const struct stack *s, uint32_t ip)
{
	return igmp_member(&s->igmp, ip);
}

bool
stack_group_wants(const struct stack *s, const uint8_t mac[ETHER_ADDR])
{
	uint8_t own[ETHER_ADDR];

	stack_group_mac(IGMP_ALL_HOSTS, own);
	if (memcmp(own, mac, ETHER_ADDR) == 0)
		return true;
	for (unsigned i = 0; i < IGMP_GROUPS; i++) {
		stack_group_mac(s->igmp.group[i].ip, own);
		if (s->igmp.group[i].users && memcmp(own, mac, ETHER_ADDR) == 0)
			return true;
	}
	return false;
}

void
stack_igmp_input(struct stack *s, mir_ns now, const struct stack_packet *p, struct mir_buf *b)
{
	struct mir_buf *whole = mir_buf_pullup(b, mir_buf_len(b));

	b = whole ? whole : b;		/* Else what is contiguous is judged, as if cut short. */
	igmp_input(&s->igmp, now, p->ip.dst, b->data, b->len);
	s->igmp_next = igmp_poll(&s->igmp, now);
	mir_buf_free(b);
}
