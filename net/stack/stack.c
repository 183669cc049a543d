/* SPDX-License-Identifier: ISC */
/* The stack: its engines tied together, and mir_stack's calls. */
#include "mir/err.h"
#include "mir/log.h"
#include "mir/page.h"
#include "mir/pool.h"
#include "mir/random.h"
#include "net/stack/priv.h"
#include "net/tcp/wire.h"

struct listener {
	struct mir_listener l;		/* First. */
	struct tcp_listener *tcp;
};

static struct mir_pool listeners = MIR_POOL(struct listener, "stack listeners", 64);

/* By either family.  Without IPv6 there is no way to an address of it. */
static inline int
output(struct stack *s, const struct mir_addr *src, const struct mir_addr *dst, uint8_t proto,
       struct mir_buf *b)
{
	if (mir_addr_is_ipv4(dst))
		return stack_output(s, mir_addr_to_ipv4(src), mir_addr_to_ipv4(dst), proto, b);
	return s->six ? stack_ipv6.output(s, src, dst, proto, b) : MIR_EUNREACH;
}

static void
tcp_out(void *ctx, const struct mir_addr *src, const struct mir_addr *dst, struct mir_buf *seg)
{
	if (output(ctx, src, dst, IPV4_TCP, seg))
		mir_buf_free(seg);
}

static __attribute__((noinline)) void
acceptable(struct tcp_conn *c, unsigned events)
{
	struct tcp_listener *tl = tcp_conn_listener(c);
	struct listener *l = tl ? tcp_listener_user(tl) : NULL;

	if (l)
		mir_wake(&l->l.ready);
	tcp_flow_event(c, events);
}

static void
tcp_event(void *ctx, struct tcp_conn *c, unsigned events)
{
	(void)ctx;
	if (events & TCP_ACCEPTABLE)
		acceptable(c, events);
	else
		tcp_flow_event(c, events);
}

static uint16_t
tcp_mss(void *ctx, const struct mir_addr *dst)
{
	const struct stack *s = ctx;

	if (s->six && !mir_addr_is_ipv4(dst))
		return (uint16_t)(stack_ipv6.mtu(s, dst) - 40 - TCP_HDR);
	return (uint16_t)(stack_mtu(s) - IPV4_HDR - TCP_HDR);
}

static struct tcp_offload
tcp_way_out(void *ctx, const struct mir_addr *dst)
{
	return stack_way_out(ctx, !mir_addr_is_ipv4(dst));
}

static bool
udp_csum(void *ctx, const struct mir_addr *dst)
{
	return stack_offload(ctx, !mir_addr_is_ipv4(dst)).csum;
}

static mir_ns
tcp_now(void *ctx)
{
	(void)ctx;
	return mir_now();
}

static void
tcp_poke(void *ctx)
{
	stack_rearm_tcp(ctx);
}

static int
udp_out(void *ctx, const struct mir_addr *src, const struct mir_addr *dst, struct mir_buf *b)
{
	return output(ctx, src, dst, IPV4_UDP, b);
}

static int
udp_source(void *ctx, const struct mir_addr *dst, struct mir_addr *src)
{
	struct stack *s = ctx;

	if (!mir_addr_is_ipv4(dst))
		return s->six ? stack_ipv6.source(s, dst, src) : MIR_EUNREACH;
	if (!s->ip)
		return MIR_EUNREACH;
	*src = mir_addr_from_ipv4(s->ip);
	return MIR_OK;
}

static int
udp_group(void *ctx, const struct mir_addr *group, bool join)
{
	struct stack *s = ctx;

	if (mir_addr_is_ipv4(group))
		return stack_group_join(s, group, join);
	return s->six ? stack_ipv6.group(s, group, join) : MIR_ENOSYS;
}

static int
stack_listen(struct mir_stack *stack, uint16_t port, unsigned backlog, struct mir_listener **out)
{
	struct stack *s = (struct stack *)stack;
	struct listener *l = mir_pool_get(&listeners);
	int err;

	if (!l)
		return MIR_ENOMEM;
	l->l.stack = stack;
	err = tcp_listen(&s->tcp, port, backlog, l, &l->tcp);
	if (err) {
		mir_pool_put(&listeners, l);
		return err;
	}
	*out = &l->l;
	return MIR_OK;
}

static int
stack_accept(struct mir_listener *listener, struct mir_flow **out)
{
	struct listener *l = (struct listener *)listener;
	struct tcp_conn *c;
	int err = tcp_accept(l->tcp, &c);

	if (!err)
		*out = (struct mir_flow *)c;
	return err;
}

static void
stack_unlisten(struct mir_listener *listener)
{
	struct listener *l = (struct listener *)listener;
	struct stack *s = (struct stack *)l->l.stack;

	tcp_unlisten(l->tcp, mir_now());
	stack_rearm(s);
	mir_pool_put(&listeners, l);
}

static int
stack_connect(struct mir_stack *stack, const struct mir_addr *dst, uint16_t port,
	      struct mir_flow **out)
{
	struct stack *s = (struct stack *)stack;
	struct mir_addr src;
	struct tcp_conn *c;
	int err = udp_source(s, dst, &src);

	if (!err)
		err = tcp_connect(&s->tcp, mir_now(), &src, dst, port, &c);
	if (err)
		return err;
	stack_rearm(s);
	*out = (struct mir_flow *)c;
	return MIR_OK;
}

static int
stack_udp_bind(struct mir_stack *stack, uint16_t port, struct mir_udp **out)
{
	return udp_bind(&((struct stack *)stack)->udp, port, out);
}

static int
stack_address(struct mir_stack *stack, struct mir_stack_addr *out)
{
	struct stack *s = (struct stack *)stack;

	if (!s->ip)
		return MIR_EAGAIN;
	*out = (struct mir_stack_addr){ .addr = mir_addr_from_ipv4(s->ip), .prefix = s->prefix };
	if (s->gateway)
		out->gateway = mir_addr_from_ipv4(s->gateway);
	if (s->dns)
		out->dns = mir_addr_from_ipv4(s->dns);
	return MIR_OK;
}

/* IPv4's first. */
static int
stack_addresses(struct mir_stack *stack, unsigned n, struct mir_stack_addr *out)
{
	struct stack *s = (struct stack *)stack;

	if (s->ip && !n--)
		return stack_address(stack, out);
	return s->six ? stack_ipv6.address(s, n, out) : MIR_ENOENT;
}

static const struct mir_stack_ops stack_ops = {
	.name = "mir", .listen = stack_listen, .accept = stack_accept,
	.unlisten = stack_unlisten, .connect = stack_connect, .udp_bind = stack_udp_bind,
	.address = stack_address, .addresses = stack_addresses,
};

static void
open_engines(struct stack *s)
{
	const struct arp_env arp_env = { s, stack_arp_output, stack_arp_send, stack_conflict };
	const struct udp_env udp_env = { .ctx = s, .output = udp_out, .source = udp_source, .csum = udp_csum,
		.own_port = s->cfg.dhcp ? DHCP_CLIENT_PORT : 0, .own = stack_dhcp_input,
		.group = udp_group };
	const struct tcp_env tcp_env = { .ctx = s, .output = tcp_out, .event = tcp_event,
		.mss = tcp_mss, .offload = tcp_way_out, .now = tcp_now, .poke = tcp_poke };
	uint8_t key[SIPHASH_KEY];

	mir_random_bytes(key, sizeof key);
	arp_init(&s->arp, &arp_env);
	udp_init(&s->udp, &udp_env);
	stack_groups_init(s);
	tcp_init(&s->tcp, &tcp_env, key);
	stack_dhcp_init(s);
}

/* The link came up: announce a known address, or go and get one. */
static void
link_changed(void *ctx)
{
	struct stack *s = ctx;
	mir_ns now = mir_now();

	stack_tx_ready(s);		/* A link that went down refuses what waits for it. */
	if (s->six)
		stack_ipv6.link(s, now);
	if (!s->nif->info.link) {
		arp_flush(&s->arp);
		stack_rearm(s);
		return;
	}
	tcp_mtu_changed(&s->tcp);
	if (s->cfg.dhcp || s->ip)
		arp_set_local(&s->arp, now, s->nif->info.mac, s->ip);
	else
		stack_set_address(s, s->cfg.ip, s->cfg.prefix, s->cfg.gateway, s->cfg.dns);
	if (s->cfg.dhcp)
		stack_dhcp_start(s, now);
	s->arp_next = arp_poll(&s->arp, now);
	stack_rearm(s);
}

int
stack_open(struct mir_netif *nif, const struct stack_config *cfg, struct mir_stack **out)
{
	struct stack *s = mir_page_alloc((sizeof *s + MIR_PAGE_SIZE - 1) / MIR_PAGE_SIZE);
	struct mir_netif_client client = { stack_input, stack_tx_ready, link_changed, s };

	int err;

	if (!s)
		return MIR_ENOMEM;
	memset(s, 0, sizeof *s);
	s->stack.ops = &stack_ops;
	s->nif = nif;
	s->cfg = *cfg;
	s->arp_next = s->dhcp_next = s->six_next = MIR_NEVER;
	s->timer.fire = stack_timer;
	open_engines(s);
	err = &stack_ipv6 && cfg->ip6 != STACK_IP6_OFF ? stack_ipv6.open(s) : MIR_OK;
	if (err)
		return err;
	mir_netif_attach(nif, &client);
	*out = &s->stack;
	return MIR_OK;
}

int
stack_open_device(struct mir_netif *nif, struct mir_stack **out)
{
	struct stack_config cfg;
	int err = stack_params(nif->device.index, &cfg);

	return err ? err : stack_open(nif, &cfg, out);
}
