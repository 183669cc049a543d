/* SPDX-License-Identifier: ISC */
/* The stack's address: set, got by DHCP, contested, lost. */
#include "lib/text.h"
#include "mir/log.h"
#include "mir/random.h"
#include "net/ipv4/packet.h"
#include "net/stack/priv.h"

bool
stack_is_broadcast(const struct stack *s, uint32_t ip)
{
	return ip == IPV4_BROADCAST ||
	    (s->ip && s->prefix < 31 && ip == (s->ip | ~s->mask));
}

void
stack_set_address(struct stack *s, uint32_t ip, uint8_t prefix, uint32_t gateway, uint32_t dns)
{
	char text[TEXT_IPV4], gw[TEXT_IPV4];
	struct mir_addr old;

	if (s->ip && s->ip != ip) {
		old = mir_addr_from_ipv4(s->ip);
		tcp_address_gone(&s->tcp, mir_now(), &old);
	}
	if (s->ip != ip || s->gateway != gateway || s->prefix != prefix)
		mir_info("stack", "vif %u: address %s/%u, gateway %s", s->nif->device.index,
			 text_from_ipv4(ip, text), prefix,
			 gateway ? text_from_ipv4(gateway, gw) : "none");
	s->ip = ip;
	s->prefix = prefix;
	s->mask = ipv4_mask(prefix);
	s->gateway = gateway;
	s->dns = dns;
	arp_set_local(&s->arp, mir_now(), s->nif->info.mac, ip);
	s->arp_next = arp_poll(&s->arp, mir_now());
	stack_groups_local(s, mir_now());
	mir_wake(&s->stack.changed);
}

void
stack_conflict(void *ctx, uint32_t ip, const uint8_t mac[ETHER_ADDR])
{
	struct stack *s = ctx;
	char text[TEXT_IPV4];

	mir_warn("stack", "vif %u: %02x:%02x:%02x:%02x:%02x:%02x uses our address %s, too",
		 s->nif->device.index, mac[0], mac[1], mac[2], mac[3], mac[4], mac[5],
		 text_from_ipv4(ip, text));
	dhcp_conflict(&s->dhcp, mir_now());
	s->dhcp_next = dhcp_poll(&s->dhcp, mir_now());
}

void
stack_dhcp_input(void *ctx, struct mir_buf *message)
{
	struct stack *s = ctx;
	mir_ns now = mir_now();
	size_t len = mir_buf_len(message);
	struct mir_buf *whole = mir_buf_pullup(message, len < DHCP_MAX ? len : DHCP_MAX);

	if (whole)			/* Else what is contiguous is judged, as if cut short. */
		message = whole;
	dhcp_input(&s->dhcp, now, message->data, message->len);
	s->dhcp_next = dhcp_poll(&s->dhcp, now);
	mir_buf_free(message);
}

static void
dhcp_output(void *ctx, uint32_t src, uint32_t dst, struct mir_buf *message)
{
	struct mir_addr from = mir_addr_from_ipv4(src), to = mir_addr_from_ipv4(dst);
	struct mir_buf *b = udp_build(message, &from, DHCP_CLIENT_PORT, &to, DHCP_SERVER_PORT,
				      false);

	if (b)
		stack_output_drop(ctx, src, dst, IPV4_UDP, b);
	else
		mir_buf_free(message);
}

static void
dhcp_probe(void *ctx, uint32_t ip)
{
	struct stack *s = ctx;

	arp_probe(&s->arp, ip);
}

static void
dhcp_bound(void *ctx, const struct dhcp_lease *lease)
{
	struct stack *s = ctx;

	arp_probe(&s->arp, 0);
	s->mtu = lease->mtu;
	tcp_mtu_changed(&s->tcp);
	stack_set_address(s, lease->ip, lease->prefix, lease->gateway,
			  s->cfg.dns ? s->cfg.dns : lease->dns);
}

static void
dhcp_lost(void *ctx)
{
	struct stack *s = ctx;
	char text[TEXT_IPV4];

	if (!s->ip)
		return;
	mir_warn("stack", "vif %u: lost the address %s: the DHCP lease ended", s->nif->device.index,
		 text_from_ipv4(s->ip, text));
	stack_set_address(s, 0, 0, 0, 0);
}

static uint32_t
dhcp_random(void *ctx)
{
	(void)ctx;
	return mir_random_u32();
}

void
stack_dhcp_init(struct stack *s)
{
	const struct dhcp_env env = { .ctx = s, .output = dhcp_output, .probe = dhcp_probe,
		.bound = dhcp_bound, .lost = dhcp_lost, .random = dhcp_random };

	dhcp_init(&s->dhcp, &env);
}

void
stack_dhcp_start(struct stack *s, mir_ns now)
{
	dhcp_start(&s->dhcp, now, s->nif->info.mac);
	s->dhcp_next = dhcp_poll(&s->dhcp, now);
}
