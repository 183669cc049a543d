/* SPDX-License-Identifier: ISC */
/* The stack's IPv6 part: its engines tied together, and the table by which the stack calls it. */
#include "mir/err.h"
#include "mir/log.h"
#include "mir/page.h"
#include "mir/random.h"
#include "net/stack/priv6.h"

_Static_assert(sizeof(struct stack6) <= STACK6_PAGES * MIR_PAGE_SIZE, "room for 'six'");

static uint32_t
random_number(void *ctx)
{
	(void)ctx;
	return mir_random_u32();
}

static int
six_open(struct stack *s)
{
	const struct stack_config *c = &s->cfg;
	const struct nd_env env = { s, stack6_nd_output, stack6_nd_send, stack6_solicited,
		stack6_changed, stack6_conflict, random_number };
	const struct mld_env mld_env = { s, stack6_mld_output, stack6_filter, random_number };
	const struct nd_config nd = { .autoconf = c->ip6 == STACK_IP6_AUTO, .fixed = c->addr6,
		.bits = c->ip6 == STACK_IP6_STATIC ? c->prefix6 : 0, .gateway = c->gateway6 };

	if (c->ip6 == STACK_IP6_STATIC && mir_addr_equal(&c->addr6, &c->gateway6)) {
		mir_error("stack", "command line: key 'gw6': the gateway is the guest itself");
		return MIR_EINVAL;
	}
	s->six = mir_page_alloc(STACK6_PAGES);
	if (!s->six)
		return MIR_ENOMEM;
	mld_init(&s->six->mld, &mld_env);
	nd_init(&s->six->nd, &env, &nd);
	mld_join(&s->six->mld, mir_now(), &ipv6_all_nodes);	/* The device's filter hears of it. */
	return MIR_OK;
}

static void
six_link(struct stack *s, mir_ns now)
{
	const struct mir_netif_info *info = &s->nif->info;

	if (info->link) {
		nd_start(&s->six->nd, now, info->mac, info->mtu);
		mld_announce(&s->six->mld, now);
	} else {
		nd_flush(&s->six->nd);
	}
	stack6_rearm(s);
}

static void
six_poll(struct stack *s, mir_ns now)
{
	if (s->six->nd.next <= now)
		nd_poll(&s->six->nd, now);
	if (s->six->mld.next <= now)
		mld_poll(&s->six->mld, now);
	stack6_rearm(s);
}

static bool
six_wants(const struct stack *s, const uint8_t mac[ETHER_ADDR])
{
	return mld_wants(&s->six->mld, mac);
}

/* Where there is no way, connecting to another address need not wait for this one. */
static int
six_source(struct stack *s, const struct mir_addr *dst, struct mir_addr *src)
{
	struct mir_addr hop;

	if (!ipv6_is_multicast(dst) && nd_route(&s->six->nd, mir_now(), dst, &hop))
		return MIR_EUNREACH;
	return nd_source(&s->six->nd, mir_now(), dst, src);
}

static int
six_group(struct stack *s, const struct mir_addr *group, bool join)
{
	int err = MIR_OK;

	if (join)
		err = mld_join(&s->six->mld, mir_now(), group);
	else
		mld_leave(&s->six->mld, mir_now(), group);
	stack6_rearm(s);
	return err;
}

const struct stack_ipv6 stack_ipv6 = {
	.open = six_open, .link = six_link, .poll = six_poll, .wants = six_wants,
	.input = stack6_input, .output = stack6_output, .mtu = stack6_mtu, .source = six_source,
	.group = six_group, .address = stack6_address,
};
