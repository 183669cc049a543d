/* SPDX-License-Identifier: ISC */
/* The stack's IPv6 addresses: come, contested, gone, listed. */
#include "lib/text.h"
#include "mir/err.h"
#include "mir/log.h"
#include "net/stack/priv6.h"

void
stack6_filter(void *ctx, const struct mir_addr *group, bool join)
{
	struct stack *s = ctx;
	uint8_t mac[ETHER_ADDR];

	ipv6_group_mac(group, mac);
	if (s->nif->ops->multicast)
		s->nif->ops->multicast(s->nif, mac, join);
}

void
stack6_solicited(void *ctx, const struct mir_addr *addr, bool join)
{
	struct stack *s = ctx;
	struct mir_addr group = ipv6_solicited_node(addr);

	if (join)
		mld_join(&s->six->mld, mir_now(), &group);
	else
		mld_leave(&s->six->mld, mir_now(), &group);
}

void
stack6_changed(void *ctx, const struct mir_addr *addr, bool up)
{
	struct stack *s = ctx;
	char text[TEXT_ADDR];

	mir_info("stack", "vif %u: address %s%s", s->nif->device.index, text_from_addr(addr, text),
		 up ? "" : " ended");
	if (!up)
		tcp_address_gone(&s->tcp, mir_now(), addr);
	else if (ipv6_is_link_local(addr))
		mld_announce(&s->six->mld, mir_now());	/* RFC 3590 4. */
	mir_wake(&s->stack.changed);
}

void
stack6_conflict(void *ctx, const struct mir_addr *addr, const uint8_t *mac)
{
	struct stack *s = ctx;
	char text[TEXT_ADDR];

	(void)mac;
	mir_warn("stack", "vif %u: another host uses our address %s, too", s->nif->device.index,
		 text_from_addr(addr, text));
}

/* What routers told, but the configured first. */
static struct mir_addr
server(const struct stack *s)
{
	const struct nd_server *d = s->six->nd.server;

	if (!ipv6_is_unspecified(&s->cfg.dns6))
		return s->cfg.dns6;
	return d->until ? d->addr : ipv6_unspecified;
}

int
stack6_address(struct stack *s, unsigned n, struct mir_stack_addr *out)
{
	static const struct mir_addr far = { { 0x20 } };
	struct nd *nd = &s->six->nd;

	for (const struct nd_address *a = nd->address; a < nd->address + ND_ADDRESSES; a++) {
		if (a->state != ND_ASSIGNED || n--)
			continue;
		*out = (struct mir_stack_addr){ .addr = a->addr, .prefix = a->bits,
						.dns = server(s) };
		nd_route(nd, mir_now(), &far, &out->gateway);
		return MIR_OK;
	}
	return MIR_ENOENT;
}
