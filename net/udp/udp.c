/* SPDX-License-Identifier: ISC */
/* The UDP engine: sockets. */
#include "lib/checksum.h"
#include "mir/err.h"
#include "mir/pool.h"
#include "mir/stats.h"
#include "net/ipv4/packet.h"
#include "net/udp/udp.h"

#define QUEUE		CONFIG_UDP_QUEUE
#define PORT_FIRST	49152		/* RFC 6335: dynamic ports. */
#define GROUPS		4		/* Of a socket. */
#define PAYLOAD_MAX	65507		/* Bytes; the path's MTU is the output's business. */

struct datagram {
	struct mir_buf *b;
	struct mir_addr from;
	uint16_t port;
};

struct udp_socket {
	struct mir_udp udp;		/* First. */
	struct udp *engine;
	struct udp_socket *next;
	unsigned first, count;
	unsigned groups;
	struct mir_addr group[GROUPS];
	struct datagram queue[QUEUE];
};

static struct mir_pool sockets = MIR_POOL(struct udp_socket, "udp sockets", CONFIG_UDP_SOCKETS);
static uint64_t delivered, to_owner, drop_malformed, drop_checksum, drop_port, drop_full;
MIR_COUNTER(udp_delivered, &delivered, "UDP datagrams given to a socket");
MIR_COUNTER(udp_to_stack, &to_owner, "UDP datagrams for the stack itself: DHCP");
MIR_COUNTER(udp_drop_malformed, &drop_malformed, "UDP headers that made no sense");
MIR_COUNTER(udp_drop_checksum, &drop_checksum, "UDP datagrams with a wrong checksum");
MIR_COUNTER(udp_drop_port, &drop_port, "UDP datagrams for a port nobody has");
MIR_COUNTER(udp_drop_full, &drop_full, "UDP datagrams for a socket whose queue was full");

void
udp_init(struct udp *u, const struct udp_env *env)
{
	*u = (struct udp){ .env = *env, .next_port = PORT_FIRST };
}

static struct udp_socket *
find(const struct udp *u, uint16_t port)
{
	struct udp_socket *s = u->sockets;

	while (s && s->udp.port != port)
		s = s->next;
	return s;
}

bool
udp_port_bound(const struct udp *u, uint16_t port)
{
	return (port && port == u->env.own_port) || find(u, port);
}

static int
socket_recv(struct mir_udp *udp, struct mir_buf **out, struct mir_addr *from, uint16_t *port)
{
	struct udp_socket *s = (struct udp_socket *)udp;
	struct datagram *d = &s->queue[s->first];

	if (!s->count)
		return MIR_EAGAIN;
	*out = d->b;
	*from = d->from;
	*port = d->port;
	s->first = (s->first + 1) % QUEUE;
	s->count--;
	return MIR_OK;
}

static int
socket_send(struct mir_udp *udp, struct mir_buf *b, const struct mir_addr *to, uint16_t port)
{
	struct udp_socket *s = (struct udp_socket *)udp;
	struct udp *u = s->engine;
	struct mir_addr src;
	struct mir_buf *d;
	bool blank;
	int err;

	if (mir_buf_len(b) > PAYLOAD_MAX)
		return MIR_EMSGSIZE;
	err = u->env.source(u->env.ctx, to, &src);
	if (err)
		return err;
	blank = u->env.csum && u->env.csum(u->env.ctx, to);
	d = udp_build(b, &src, udp->port, to, port, blank);
	if (!d)
		return MIR_ENOMEM;
	err = u->env.output(u->env.ctx, &src, to, d);
	if (!err)
		return MIR_OK;
	/* The payload stays the caller's: take the header off again. */
	d->data += UDP_HDR;
	d->len -= UDP_HDR;
	d->flags = 0;
	if (d != b) {
		d->next = NULL;
		mir_buf_free(d);
	}
	return err;
}

static int
group_of(const struct udp_socket *s, const struct mir_addr *addr)
{
	for (unsigned i = 0; i < s->groups; i++)
		if (mir_addr_equal(&s->group[i], addr))
			return (int)i;
	return MIR_ENOENT;
}

static int
join(struct udp_socket *s, const struct mir_addr *group)
{
	struct udp *u = s->engine;
	int err;

	if (s->groups == GROUPS)
		return MIR_EFULL;
	err = u->env.group(u->env.ctx, group, true);
	if (!err)
		s->group[s->groups++] = *group;
	return err;
}

static void
leave(struct udp_socket *s, unsigned i)
{
	struct udp *u = s->engine;

	u->env.group(u->env.ctx, &s->group[i], false);
	s->group[i] = s->group[--s->groups];
}

static int
socket_join(struct mir_udp *udp, const struct mir_addr *group, bool wanted)
{
	struct udp_socket *s = (struct udp_socket *)udp;
	int i = group_of(s, group);

	if (!s->engine->env.group)
		return MIR_ENOSYS;
	if (wanted)
		return i >= 0 ? MIR_EEXIST : join(s, group);
	if (i < 0)
		return MIR_ENOENT;
	leave(s, (unsigned)i);
	return MIR_OK;
}

static void
socket_close(struct mir_udp *udp)
{
	struct udp_socket *s = (struct udp_socket *)udp, **link = &s->engine->sockets;

	while (*link != s)
		link = &(*link)->next;
	*link = s->next;
	while (s->groups)
		leave(s, 0);
	for (; s->count; s->count--) {
		mir_buf_free(s->queue[s->first].b);
		s->first = (s->first + 1) % QUEUE;
	}
	mir_pool_put(&sockets, s);
}

static const struct mir_udp_ops socket_ops = {
	.recv = socket_recv, .send = socket_send, .close = socket_close,
	.join = socket_join,
};

static uint16_t
free_port(struct udp *u)
{
	for (unsigned i = PORT_FIRST; i <= UINT16_MAX; i++) {
		uint16_t port = u->next_port;

		u->next_port = port == UINT16_MAX ? PORT_FIRST : (uint16_t)(port + 1);
		if (!udp_port_bound(u, port))
			return port;
	}
	return 0;
}

int
udp_bind(struct udp *u, uint16_t port, struct mir_udp **out)
{
	struct udp_socket *s;

	if (!port)
		port = free_port(u);
	if (!port || udp_port_bound(u, port))
		return MIR_EEXIST;
	s = mir_pool_get(&sockets);
	if (!s)
		return MIR_ENOMEM;
	s->udp.ops = &socket_ops;
	s->udp.port = port;
	s->engine = u;
	s->next = u->sockets;
	u->sockets = s;
	*out = &s->udp;
	return MIR_OK;
}

static bool
checksum_fine(const struct mir_buf *b, const struct udp_hdr *h, const struct mir_addr *src,
	      const struct mir_addr *dst)
{
	struct checksum c = { 0 };

	if (!h->has_csum)
		return mir_addr_is_ipv4(src);	/* Mandatory over IPv6: RFC 8200 8.1. */
	if ((b->flags & MIR_BUF_CSUM_OK))
		return true;
	checksum_pseudo(&c, src, dst, IPV4_UDP, h->len);
	checksum_add_chain(&c, b);
	return checksum_finish(&c) == 0;
}

static bool
is_group(const struct mir_addr *a)
{
	return mir_addr_is_ipv4(a) ? a->bytes[12] >> 4 == 0xe : a->bytes[0] == 0xff;
}

static int
drop(struct mir_buf *b, uint64_t *counter, int err)
{
	++*counter;
	mir_buf_free(b);
	return err;
}

static int
enqueue(struct udp_socket *s, const struct mir_addr *src, uint16_t port, struct mir_buf *b)
{
	if (s->count == QUEUE)
		return drop(b, &drop_full, MIR_ENOMEM);
	s->queue[(s->first + s->count++) % QUEUE] = (struct datagram){ b, *src, port };
	delivered++;
	mir_wake(&s->udp.readable);
	return MIR_OK;
}

int
udp_input(struct udp *u, const struct mir_addr *src, const struct mir_addr *dst,
	  struct mir_buf *b)
{
	struct udp_socket *s;
	struct udp_hdr h;

	if (udp_parse(b->data, b->len, mir_buf_len(b), &h))
		return drop(b, &drop_malformed, MIR_EPROTO);
	mir_buf_trim_to(b, h.len);
	if (!checksum_fine(b, &h, src, dst))
		return drop(b, &drop_checksum, MIR_EPROTO);
	s = find(u, h.dport);
	if (!s && (h.dport != u->env.own_port || !mir_addr_is_ipv4(src)))
		return drop(b, &drop_port, MIR_ENOENT);
	if (is_group(dst) && (!s || group_of(s, dst) < 0))
		return drop(b, &drop_port, MIR_ENOENT);
	b->data += UDP_HDR;		/* Not trimmed: an empty datagram is one, too. */
	b->len -= UDP_HDR;
	if (s)
		return enqueue(s, src, h.sport, b);
	to_owner++;
	u->env.own(u->env.ctx, b);
	return MIR_OK;
}
