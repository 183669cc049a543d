/* SPDX-License-Identifier: ISC */
/* Mir's TCP/IP as a side: all of net/stack on a device of this file, a turn as kernel/loop.c has
 * it, and servers in one task by events, as app/bench has them. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "bench/lwip/side.h"
#include "kernel/task.h"
#include "mir/console.h"
#include "mir/err.h"
#include "mir/netif.h"
#include "mir/page.h"
#include "mir/panic.h"
#include "mir/platform.h"
#include "mir/pool.h"
#include "mir/random.h"
#include "mir/stack.h"
#include "mir/timer.h"
#include "net/http/request.h"
#include "net/stack/stack.h"

#define MEMORY	(256ul << 20)

struct rx {				/* A page of the driver's, lent for reading. */
	struct mir_mem mem;		/* First. */
	struct rx *next;
};

struct event {
	struct event *next;
	bool raised;
	void (*run)(struct event *);
};

struct server {
	struct event event;		/* First. */
	struct mir_listener *l;
	struct mir_waiter ready;
	void (*run)(struct event *);
};

struct conn {
	struct event event;		/* First. */
	struct mir_flow *flow;
	struct mir_waiter readable, writable;
	size_t at;
};

const bool side_joins = true;
static struct mir_netif nif;
static struct rx *rx_free;
static struct mir_buf *sent[SIDE_FRAMES];
static unsigned sent_count;
static struct event *events, **events_end = &events;
static struct mir_waitq raised;
static struct mir_mem answer = { .base = (uint8_t *)side_answer };
static struct mir_mem content = { .base = side_content, .size = sizeof side_content };
static struct mir_pool conns = MIR_POOL(struct conn, "connections", 0);

/* The platform. */

static mir_ns
monotonic(struct mir_clock *c)
{
	(void)c;
	return side_now_us * 1000;
}

static const struct mir_clock_ops clock_ops = { "bench", monotonic, monotonic };
static struct mir_clock bench_clock = { &clock_ops };
struct mir_clock *mir_clock = &bench_clock;
const struct mir_platform *mir_platform;
struct mir_waitq mir_console_input;

static void
bytes(struct mir_random *r, void *to, size_t len)
{
	(void)r;
	for (size_t i = 0; i < len; i++)
		((uint8_t *)to)[i] = (uint8_t)rand();
}

static const struct mir_random_ops random_ops = { "bench", bytes };
static struct mir_random bench_random = { &random_ops };

void
mir_console_write(const char *text, size_t len)
{
	fprintf(stderr, "# %.*s", (int)len, text);
}

void
mir_exit_request(enum mir_exit how)
{
	exit((int)how);
}

void
mir_panic(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	abort();
}

void
mir_assert_failed(const char *expr, const char *file, int line)
{
	mir_panic("%s:%d: assertion failed: %s\n", file, line, expr);
}

/* The device. */

static int
tx(struct mir_netif *n, struct mir_buf *b)
{
	(void)n;
	if (sent_count == SIDE_FRAMES)
		return MIR_EAGAIN;
	sent[sent_count++] = b;
	return MIR_OK;
}

static const struct mir_netif_ops nif_ops = { .name = "bench", .tx = tx };

static void
rx_release(struct mir_mem *m)
{
	struct rx *r = (struct rx *)m;

	r->next = rx_free;
	rx_free = r;
}

static struct rx *
rx_page(void)
{
	struct rx *r = rx_free;

	if (r) {
		rx_free = r->next;
		return r;
	}
	r = malloc(sizeof *r);
	r->mem = (struct mir_mem){ .size = MIR_PAGE_SIZE, .base = mir_page_alloc(1),
				   .release = rx_release };
	return r;
}

void *
side_frame(const uint8_t *from, size_t len, uint16_t gso)
{
	struct mir_buf *head = NULL, **tail = &head;
	struct rx *r;
	size_t n;

	for (; len; len -= n, from += n) {
		n = len < MIR_PAGE_SIZE ? len : MIR_PAGE_SIZE;
		r = rx_page();
		memcpy(r->mem.base, from, n);
		*tail = mir_buf_view(&r->mem, r->mem.base, n);
		tail = &(*tail)->next;
	}
	head->gso_size = gso;
	if (nif.info.offload)
		head->flags = MIR_BUF_CSUM_OK;
	return head;
}

unsigned
side_sent(void)
{
	return sent_count;
}

size_t
side_sent_copy(unsigned i, uint8_t *to, size_t size, uint16_t *gso)
{
	uint64_t copied = mir_buf_stats.copied_bytes;
	size_t n = mir_buf_copy_out(sent[i], 0, to, size);

	mir_buf_stats.copied_bytes = copied;
	*gso = sent[i]->gso_size;
	return n;
}

uint64_t
side_copied(void)
{
	return mir_buf_stats.copied_bytes;
}

/* The servers. */

static void
raise(void *ctx)
{
	struct event *e = ctx;

	if (e->raised)
		return;
	e->raised = true;
	e->next = NULL;
	*events_end = e;
	events_end = &e->next;
	mir_wake(&raised);
}

static void
run_events(void *arg)
{
	struct event *e;

	(void)arg;
	for (;;) {
		while ((e = events)) {
			events = e->next;
			if (!events)
				events_end = &events;
			e->raised = false;
			e->run(e);
		}
		if (mir_wait(&raised, MIR_NEVER))
			return;
	}
}

static void
stream(struct event *e)
{
	struct conn *c = (struct conn *)e;
	struct mir_buf *b;

	while ((b = mir_buf_view(&content, side_content + c->at, SIDE_CHUNK))) {
		if (c->flow->ops->send(c->flow, b)) {
			mir_buf_free(b);
			return;
		}
		c->at = (c->at + SIDE_CHUNK) % sizeof side_content;
	}
}

static void
discard(struct event *e)
{
	struct conn *c = (struct conn *)e;
	struct mir_buf *b;

	while (c->flow->ops->recv(c->flow, &b) > 0)
		mir_buf_free(b);
}

/* A whole head: the peer sends one at a time, in one segment. */
static bool
whole(const struct mir_buf *p)
{
	const char *b = (const char *)p->data;

	return p->len > 4 && b[0] == 'G' && memcmp(b + p->len - 4, "\r\n\r\n", 4) == 0;
}

/* A whole head, parsed where it was received, for a path that there is. */
static bool
asks(const struct mir_buf *p)
{
	struct mir_http_request q;
	size_t scanned = 0, used;
	long n = http_head_end((const char *)p->data, p->len, &scanned);

	return n > 0 && !http_parse_request((char *)p->data, (size_t)n, &q, &used) &&
	       q.method == MIR_HTTP_GET && !q.close && q.path.len == 10 &&
	       memcmp(q.path.p, "index.html", 10) == 0;
}

static void
answer_if(struct event *e, bool (*wanted)(const struct mir_buf *))
{
	struct conn *c = (struct conn *)e;
	struct mir_buf *b, *page;

	if (c->flow->ops->recv(c->flow, &b) <= 0)
		return;
	if (wanted(b)) {
		page = mir_buf_view(&answer, answer.base, side_answer_len);
		if (page && c->flow->ops->send(c->flow, page))
			mir_buf_free(page);
	}
	mir_buf_free(b);
}

static void
bare(struct event *e)
{
	answer_if(e, whole);
}

static void
http(struct event *e)
{
	answer_if(e, asks);
}

static void
accept_all(struct event *e)
{
	struct server *s = (struct server *)e;
	struct mir_flow *flow;
	struct conn *c;

	while (s->l->stack->ops->accept(s->l, &flow) == MIR_OK) {
		c = mir_pool_get(&conns);
		c->event.run = s->run;
		c->flow = flow;
		c->readable = c->writable = (struct mir_waiter){ .hook = raise, .ctx = c };
		mir_waitq_hook(&flow->readable, &c->readable);
		mir_waitq_hook(&flow->writable, &c->writable);
		raise(c);
	}
}

static void
serve(struct mir_stack *stack, uint16_t port, void (*run)(struct event *))
{
	struct server *s = calloc(1, sizeof *s);

	s->event.run = accept_all;
	s->run = run;
	if (mir_stack_listen(stack, port, 16, &s->l))
		abort();
	s->ready = (struct mir_waiter){ .hook = raise, .ctx = s };
	mir_waitq_hook(&s->l->ready, &s->ready);
}

void
side_open(bool offload)
{
	const struct stack_config cfg = { .ip = SIDE_IP, .prefix = 24 };
	char *memory = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct mir_stack *stack;

	mir_random = &bench_random;
	mir_page_add((uintptr_t)memory, (uintptr_t)memory + MEMORY);
	nif.ops = &nif_ops;
	nif.info.mtu = 1500;
	nif.info.link = true;
	if (offload) {
		nif.info.offload = MIR_NETIF_CSUM4 | MIR_NETIF_TSO4;
		nif.info.gso_max = 65536;
	}
	memcpy(nif.info.mac, side_mac, sizeof side_mac);
	mir_netif_register(&nif);
	if (stack_open(&nif, &cfg, &stack))
		abort();
	serve(stack, SIDE_STREAM, stream);
	serve(stack, SIDE_DISCARD, discard);
	serve(stack, SIDE_BARE, bare);
	serve(stack, SIDE_HTTP, http);
	mir_spawn("servers", run_events, NULL);
}

void
side_turn(void *const *frames, unsigned n)
{
	for (unsigned i = 0; i < sent_count; i++)
		mir_buf_free(sent[i]);
	sent_count = 0;
	for (unsigned i = 0; i < n; i++)
		nif.client.rx(nif.client.ctx, frames[i]);
	do {
		tasks_run();
		mir_timers_run(mir_now());
		mir_netif_flush_all();
	} while (tasks_ready());
}
