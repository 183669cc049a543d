/* SPDX-License-Identifier: ISC */
/* Two TCP engines with a wire between them. */
#include <stdlib.h>
#include "mir/err.h"
#include "net/tcp/stats.h"
#include "net/tcp/wire.h"
#include "test/unit/harness.h"
#include "test/unit/net/tcp/pair.h"

uint64_t
pair_random(struct pair *p)
{
	p->seed ^= p->seed << 13;	/* Marsaglia's xorshift. */
	p->seed ^= p->seed >> 7;
	p->seed ^= p->seed << 17;
	return p->seed;
}

static bool
chance(struct pair *p, unsigned per_mille)
{
	return per_mille && pair_random(p) % 1000 < per_mille;
}

uint8_t
pair_byte(uint64_t at, bool from_a)
{
	return (uint8_t)((at * 2654435761u >> 13) ^ at ^ (from_a ? 0x5a : 0));
}

static void
wire_put(struct pair *p, bool to_b, const uint8_t *bytes, uint32_t len, mir_ns when)
{
	struct packet *k = malloc(sizeof *k + len), **at = &p->wire;

	*k = (struct packet){ .when = when, .to_b = to_b, .len = len };
	memcpy(k->bytes, bytes, len);
	while (*at && (*at)->when <= when)
		at = &(*at)->next;
	k->next = *at;
	*at = k;
	p->on_wire++;
}

static void
wire_faults(struct pair *p, bool to_b, uint8_t *bytes, uint32_t len)
{
	mir_ns when = p->now + p->delay;

	if (chance(p, p->lose))
		return;
	if (chance(p, p->spoil))
		bytes[pair_random(p) % len] ^= (uint8_t)(1 + pair_random(p) % 255);
	if (chance(p, p->reorder))
		when += MIR_US(pair_random(p) % 3000);
	wire_put(p, to_b, bytes, len, when);
	if (chance(p, p->repeat))
		wire_put(p, to_b, bytes, len, when + MIR_US(pair_random(p) % 1000));
}

static void
output(void *ctx, const struct mir_addr *src, const struct mir_addr *dst, struct mir_buf *seg)
{
	struct end *e = ctx;
	struct pair *p = e->pair;
	bool to_b = e == &p->a;
	uint8_t bytes[TCP_HDR_MAX + 65536];
	size_t size, len = mir_buf_copy_out(seg, 0, bytes, sizeof bytes);

	CHECK(mir_buf_headroom(seg) >= MIR_BUF_HEADROOM - 60);
	CHECK(memcmp(src, &e->addr, sizeof *src) == 0);
	CHECK(memcmp(dst, to_b ? &p->b.addr : &p->a.addr, sizeof *dst) == 0);
	mir_buf_free(seg);
	e->segments++;
	CHECK_EQ(tcp_header_size(bytes, len, &size), MIR_OK);
	CHECK_EQ(tcp_header_parse(bytes, size, &e->last), MIR_OK);
	e->last_len = (uint32_t)(len - size);
	if (p->drop && p->drop(p, to_b, &e->last, e->last_len))
		return;
	wire_faults(p, to_b, bytes, (uint32_t)len);
}

static bool
end_send(struct end *e)
{
	uint64_t left = e->to_send - e->sent;
	uint8_t bytes[9000];
	struct mir_buf *b;
	size_t n = 1 + pair_random(e->pair) % sizeof bytes;
	int err;

	if (n > left)
		n = left;
	for (size_t i = 0; i < n; i++)
		bytes[i] = pair_byte(e->sent + i, e == &e->pair->a);
	b = mir_buf_copy_in(bytes, n);
	if (!b)
		return false;
	err = tcp_send(e->conn, e->pair->now, b);
	if (err != MIR_OK) {
		mir_buf_free(b);
		if (err != MIR_EAGAIN && !e->error)
			e->error = err;
		return false;
	}
	e->sent += n;
	return true;
}

static void
end_check(struct end *e, const struct mir_buf *b)
{
	for (; b; b = b->next)
		for (uint32_t i = 0; i < b->len; i++)
			e->wrong += b->data[i] != pair_byte(e->received++, e == &e->pair->b);
}

static bool
end_recv(struct end *e)
{
	struct mir_buf *b = NULL;
	int n;

	if (e->read_limit && e->received >= e->read_limit)
		return false;
	n = tcp_recv(e->conn, e->pair->now, &b);
	if (n > 0) {
		CHECK_EQ(mir_buf_len(b), n);
		end_check(e, b);
		mir_buf_free(b);
	} else if (n == 0) {
		e->got_end = true;
	} else if (n != MIR_EAGAIN && !e->error) {
		e->error = n;
	}
	return n > 0;
}

void
end_pump(struct end *e)
{
	mir_ns now = e->pair->now;

	if (!e->conn)
		return;
	while (end_recv(e))
		;
	while (e->sent < e->to_send && end_send(e))
		;
	if (e->close_after && !e->shut && e->sent == e->to_send &&
	    tcp_is_synchronized(e->conn->state)) {
		e->shut = true;
		tcp_shutdown(e->conn, now);
	}
	if (e->close_after && (e->error || (e->shut && e->got_end))) {
		tcp_close(e->conn, now);
		e->conn = NULL;
	}
}

static void
event(void *ctx, struct tcp_conn *c, unsigned events)
{
	struct end *e = ctx;

	e->events |= events;
	if ((events & TCP_ACCEPTABLE) && !e->conn)
		CHECK_EQ(tcp_accept(e->listener, &e->conn), MIR_OK);
	if (c == e->conn)
		end_pump(e);
}

static uint16_t
mss(void *ctx, const struct mir_addr *dst)
{
	(void)ctx;
	(void)dst;
	return 1460;
}

static void
end_init(struct end *e, struct pair *p, uint8_t host)
{
	const struct tcp_env env = { .ctx = e, .output = output, .event = event, .mss = mss };
	uint8_t key[SIPHASH_KEY];

	e->pair = p;
	e->addr = (struct mir_addr){ { [10] = 0xff, 0xff, 10, 0, 0, host } };
	for (unsigned i = 0; i < sizeof key; i++)
		key[i] = (uint8_t)pair_random(p);
	tcp_init(&e->tcp, &env, key);
}

void
pair_init(struct pair *p, uint64_t seed)
{
	memset(p, 0, sizeof *p);
	p->seed = seed * 2 + 1;
	p->now = MIR_SEC(1000);
	p->delay = MIR_US(500);
	end_init(&p->a, p, 1);
	end_init(&p->b, p, 2);
}

void
pair_listen(struct pair *p, unsigned backlog)
{
	CHECK_EQ(tcp_listen(&p->b.tcp, PAIR_PORT, backlog, NULL, &p->b.listener), MIR_OK);
}

static bool
drop_all(struct pair *p, bool to_b, const struct tcp_header *h, uint32_t len)
{
	(void)p, (void)to_b, (void)h, (void)len;
	return true;
}

static void
connect_once(struct pair *p)
{
	CHECK_EQ(tcp_connect(&p->a.tcp, p->now, &p->a.addr, &p->b.addr, PAIR_PORT, &p->a.conn),
		 MIR_OK);
}

/* Chooses the time, and b's key, so that both initial sequence numbers are just below the wrap. */
static void
wind_to_wrap(struct pair *p)
{
	bool (*drop)(struct pair *, bool, const struct tcp_header *, uint32_t) = p->drop;
	uint16_t port = p->a.tcp.next_port;
	struct tcp_tuple id;

	p->drop = drop_all;
	connect_once(p);
	id = (struct tcp_tuple){ p->b.addr, p->a.addr, PAIR_PORT, p->a.conn->id.lport };
	p->now += MIR_US(4) * (uint32_t)-(p->a.conn->iss + 5000);
	tcp_abort(p->a.conn, p->now);
	p->a.conn = NULL;
	p->a.events = 0;
	p->a.tcp.next_port = port;
	p->drop = drop;
	while (!p->b.tcp.conn_count && -tcp_initial_seq(&p->b.tcp, p->now, &id) > 1u << 18)
		for (unsigned i = 0; i < SIPHASH_KEY; i++)
			p->b.tcp.key[i] = (uint8_t)pair_random(p);
}

void
pair_connect(struct pair *p)
{
	wind_to_wrap(p);
	connect_once(p);
	CHECK(-p->a.conn->iss < 6000);
}

static void
deliver(struct pair *p)
{
	struct packet *k = p->wire;
	struct end *to = k->to_b ? &p->b : &p->a, *from = k->to_b ? &p->a : &p->b;
	struct mir_buf *b = mir_buf_copy_in(k->bytes, k->len);

	p->wire = k->next;
	p->on_wire--;
	free(k);
	if (b)
		tcp_input(&to->tcp, p->now, &from->addr, &to->addr, b);
}

static mir_ns
earliest(mir_ns a, mir_ns b)
{
	return a < b ? a : b;
}

bool
pair_step(struct pair *p, mir_ns limit)
{
	mir_ns when = p->wire ? p->wire->when : MIR_NEVER;
	mir_ns timer = earliest(tcp_deadline(&p->a.tcp), tcp_deadline(&p->b.tcp));

	if (earliest(when, timer) > limit)
		return false;
	if (earliest(when, timer) > p->now)
		p->now = earliest(when, timer);
	if (when <= p->now) {
		deliver(p);
	} else {
		tcp_poll(&p->a.tcp, p->now);
		tcp_poll(&p->b.tcp, p->now);
	}
	return true;
}

void
pair_run(struct pair *p, mir_ns duration)
{
	mir_ns limit = p->now + duration;

	while (pair_step(p, limit))
		;
	p->now = limit;
}

void
pair_run_until_idle(struct pair *p, mir_ns limit)
{
	limit += p->now;
	while ((p->a.tcp.conn_count || p->b.tcp.conn_count) && pair_step(p, limit))
		;
	CHECK_EQ(p->a.tcp.conn_count, 0);
	CHECK_EQ(p->b.tcp.conn_count, 0);
}

void
pair_open(struct pair *p)
{
	pair_listen(p, 8);
	pair_connect(p);
	pair_run(p, MIR_MS(5));
	CHECK_EQ(p->a.conn->state, TCP_ESTABLISHED);
	if (CHECK(p->b.conn != NULL))
		CHECK_EQ(p->b.conn->state, TCP_ESTABLISHED);
}

static void
end_end(struct end *e)
{
	if (e->conn)
		tcp_abort(e->conn, e->pair->now);
	e->conn = NULL;
	if (e->listener)
		tcp_unlisten(e->listener, e->pair->now);
	e->listener = NULL;
}

void
pair_end(struct pair *p)
{
	struct packet *k;

	end_end(&p->a);
	end_end(&p->b);
	pair_run(p, MIR_SEC(300));
	while ((k = p->wire)) {
		p->wire = k->next;
		free(k);
	}
	CHECK_EQ(p->a.tcp.conn_count, 0);
	CHECK_EQ(p->b.tcp.conn_count, 0);
	CHECK_EQ(p->a.tcp.timewait_count, 0);
	CHECK_EQ(p->b.tcp.timewait_count, 0);
	CHECK_EQ(p->a.tcp.held_bytes, 0);
	CHECK_EQ(p->b.tcp.held_bytes, 0);
}
