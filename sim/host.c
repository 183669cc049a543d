/* SPDX-License-Identifier: ISC */
/* Hosts: a network card, the stack behind it, and the tasks that run there. */
#include <stdio.h>
#include <stdlib.h>
#include "lib/text.h"
#include "mir/err.h"
#include "net/stack/stack.h"
#include "sim/priv.h"

#define MTU 1500

struct nic {				/* From one boot to the next crash. */
	struct mir_netif nif;		/* First. */
	struct sim_host *host;		/* NULL: the machine is off. */
};

struct sim_host {
	struct sim_host *next;
	struct sim_port port;
	char name[TEXT_ADDR];
	struct stack_config cfg;
	unsigned number;
	struct nic *nic;		/* NULL: off. */
	struct mir_stack *stack;
};

struct task {
	struct task *next;
	struct sim_host *host;
	const char *name;
	sim_task_fn *fn;
	void *arg;
	struct mir_task *task;
	bool serves;
};

static struct sim_host *hosts;
static struct task *tasks;
static unsigned left;			/* Tasks of sim_spawn. */

/* The stack's chain becomes one piece: a wire knows no pieces. */
static int
nic_tx(struct mir_netif *nif, struct mir_buf *b)
{
	struct nic *n = (struct nic *)nif;
	size_t len = mir_buf_len(b);
	struct mir_buf *frame;

	if (!n->host)
		return MIR_EGONE;
	frame = mir_buf_alloc(0, len);
	if (!frame)
		return MIR_ENOMEM;
	mir_buf_copy_out(b, 0, frame->data, len);
	mir_buf_free(b);
	nif->stats.tx_frames++;
	nif->stats.tx_bytes += len;
	sim_port_send(&n->host->port, frame);
	return MIR_OK;
}

static const struct mir_netif_ops nic_ops = { .name = "sim", .tx = nic_tx };

static void
host_rx(struct sim_port *p, struct mir_buf *frame)
{
	struct sim_host *h = (struct sim_host *)((char *)p - offsetof(struct sim_host, port));
	struct mir_netif *nif;

	if (!h->nic) {
		mir_buf_free(frame);
		return;
	}
	nif = &h->nic->nif;
	nif->stats.rx_frames++;
	nif->stats.rx_bytes += frame->len;
	nif->client.rx(nif->client.ctx, frame);
}

void
sim_boot(struct sim_host *h)
{
	struct nic *n = calloc(1, sizeof *n);

	if (!n || h->nic)
		sim_die("%s can't boot: %s", h->name, n ? "it runs" : "no memory");
	n->host = h;
	n->nif.ops = &nic_ops;
	n->nif.info = (struct mir_netif_info){ .mtu = MTU, .link = true,
		.mac = { 2, 0, 0, 0, (uint8_t)(h->number >> 8), (uint8_t)h->number } };
	n->nif.device.index = h->number;
	h->nic = n;
	if (stack_open(&n->nif, &h->cfg, &h->stack))
		sim_die("no memory for the stack of %s", h->name);
}

void
sim_crash(struct sim_host *h)
{
	for (struct task *t = tasks; t; t = t->next)
		if (t->host == h)
			mir_cancel(t->task);
	h->nic->host = NULL;
	h->nic->nif.info.link = false;
	h->nic->nif.client.link(h->nic->nif.client.ctx);
	h->nic = NULL;
}

/* Of either family. */
static int
parse_address(struct stack_config *cfg, const char *text)
{
	if (text_ipv4_prefix(text, &cfg->ip, &cfg->prefix) == MIR_OK)
		return MIR_OK;
	cfg->ip6 = STACK_IP6_STATIC;
	return text_ipv6_prefix(text, &cfg->addr6, &cfg->prefix6);
}

struct sim_host *
sim_host(const char *address)
{
	static unsigned count;
	struct sim_host *h = calloc(1, sizeof *h);
	struct mir_addr a;

	if (!h || parse_address(&h->cfg, address))
		sim_die("no host with the address '%s'", address);
	h->number = ++count;
	a = sim_addr(h);
	text_from_addr(&a, h->name);
	h->port = (struct sim_port){ .rx = host_rx, .name = h->name };
	h->next = hosts;
	hosts = h;
	sim_boot(h);
	return h;
}

struct sim_port *
sim_host_port(struct sim_host *h)
{
	if (h->port.link)
		sim_die("%s has one network card, and it is in use", h->name);
	return &h->port;
}

struct mir_stack *
sim_stack(struct sim_host *h)
{
	return h->stack;
}

struct mir_addr
sim_addr(const struct sim_host *h)
{
	return h->cfg.ip6 ? h->cfg.addr6 : mir_addr_from_ipv4(h->cfg.ip);
}

const char *
sim_name(const struct sim_host *h)
{
	return h->name;
}

static void
unlink_task(struct task *t)
{
	struct task **at = &tasks;

	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
}

static void
run_task(void *arg)
{
	struct task *t = arg;

	t->fn(t->host, t->arg);
	unlink_task(t);
	left -= !t->serves;
	free(t);
}

static void
start(struct sim_host *h, const char *name, sim_task_fn *fn, void *arg, bool serves)
{
	struct task *t = malloc(sizeof *t);

	if (!t)
		sim_die("no memory for the task %s", name);
	*t = (struct task){ .next = tasks, .host = h, .name = name, .fn = fn, .arg = arg,
			    .serves = serves };
	tasks = t;
	left += !serves;
	t->task = mir_spawn(name, run_task, t);
	if (!t->task)
		sim_die("no memory for the task %s", name);
}

void
sim_spawn(struct sim_host *h, const char *name, sim_task_fn *fn, void *arg)
{
	start(h, name, fn, arg, false);
}

void
sim_serve(struct sim_host *h, const char *name, sim_task_fn *fn, void *arg)
{
	start(h, name, fn, arg, true);
}

unsigned
sim_tasks_left(void)
{
	return left;
}

void
sim_tasks_print(void)
{
	for (const struct task *t = tasks; t; t = t->next)
		if (!t->serves)
			printf("#   %s on %s still waits\n", t->name, t->host->name);
}

void
sim_tasks_cancel(void)
{
	for (struct task *t = tasks; t; t = t->next)
		mir_cancel(t->task);
}
