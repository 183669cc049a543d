/* SPDX-License-Identifier: ISC */
/* The guest's event channels, and the clock in the page with their bits. */
#include "test/support/xen/fake.h"
#include "test/unit/harness.h"
#include <xen/errno.h>

#define PORTS	512u
#define FIRST	1u

struct shared_info *fake_shared;

static struct port {
	enum { FREE, UNBOUND, CONNECTED, VIRQ } state;
	domid_t remote;			/* UNBOUND: who may connect. */
	struct fake_actor other;	/* CONNECTED: whom a notification wakes. */
} ports[PORTS];

/* Time passes only where the fake says so: the counter's rate is 0. */
void
fake_set_time(void)
{
	struct vcpu_time_info *t = &fake_shared->vcpu_info[0].time;

	t->version += 2;
	t->system_time = test_now;
	t->tsc_to_system_mul = 0;
	fake_shared->wc_version += 2;
	fake_shared->wc_sec = (uint32_t)((test_wall - test_now) / MIR_SEC(1));
	fake_shared->wc_nsec = (uint32_t)((test_wall - test_now) % MIR_SEC(1));
}

static struct port *
used(evtchn_port_t port)
{
	return port < PORTS && ports[port].state != FREE ? &ports[port] : NULL;
}

static void
tell_vcpu(evtchn_port_t port)
{
	fake_shared->vcpu_info[0].evtchn_pending_sel |= 1ul << port / 64;
	fake_shared->vcpu_info[0].evtchn_upcall_pending = 1;
}

void
fake_port_raise(evtchn_port_t port)
{
	unsigned long bit = 1ul << port % 64;

	if (!used(port) || fake_shared->evtchn_pending[port / 64] & bit)
		return;
	fake_shared->evtchn_pending[port / 64] |= bit;
	if (!(fake_shared->evtchn_mask[port / 64] & bit))
		tell_vcpu(port);
}

static int
new_port(domid_t remote)
{
	for (evtchn_port_t p = FIRST; p < PORTS; p++) {
		if (ports[p].state != FREE)
			continue;
		ports[p].state = UNBOUND;
		ports[p].remote = remote == DOMID_SELF ? FAKE_SELF : remote;
		return (int)p;
	}
	return -XEN_ENOSPC;
}

int
fake_port_connect(evtchn_port_t port, domid_t domain, void (*notified)(void *), void *ctx)
{
	struct port *p = used(port);

	if (!p || p->state != UNBOUND || p->remote != domain)
		return -XEN_EINVAL;
	p->state = CONNECTED;
	p->other = (struct fake_actor){ .run = notified, .ctx = ctx };
	return 0;
}

void
fake_port_leave(evtchn_port_t port)
{
	struct port *p = used(port);

	if (!p || p->state != CONNECTED)
		return;
	fake_actor_cancel(&p->other);
	p->state = UNBOUND;
}

evtchn_port_t
fake_port_new(void (*notified)(void *), void *ctx)
{
	evtchn_port_t port = (evtchn_port_t)new_port(0);

	fake_port_connect(port, 0, notified, ctx);
	return port;
}

unsigned
fake_ports_open(void)
{
	unsigned n = 0;

	for (unsigned i = FIRST; i < PORTS; i++)
		n += ports[i].state != FREE;
	return n;
}

static long
close_port(evtchn_port_t port)
{
	struct port *p = used(port);

	if (!p)
		return -XEN_EINVAL;
	fake_actor_cancel(&p->other);
	p->state = FREE;
	return 0;
}

static long
send(evtchn_port_t port)
{
	struct port *p = used(port);

	if (!p)
		return -XEN_EINVAL;
	if (p->state == CONNECTED && p->other.run)
		fake_actor_set(&p->other, test_now + FAKE_DELAY);
	return 0;
}

static long
unmask(evtchn_port_t port)
{
	unsigned long bit = 1ul << port % 64;

	if (!used(port))
		return -XEN_EINVAL;
	fake_shared->evtchn_mask[port / 64] &= ~bit;
	if (fake_shared->evtchn_pending[port / 64] & bit)
		tell_vcpu(port);
	return 0;
}

static long
tell_status(struct evtchn_status *s)
{
	struct port *p = used(s->port);

	if (!p || p->state != UNBOUND)
		return -XEN_EINVAL;
	s->status = EVTCHNSTAT_unbound;
	s->u.unbound.dom = p->remote;
	return 0;
}

static long
put_port(int port, evtchn_port_t *to)
{
	if (port < 0)
		return port;
	*to = (evtchn_port_t)port;
	return 0;
}

/* Connects to a port of another domain's: nobody listens there. */
static long
bind_interdomain(struct evtchn_bind_interdomain *b)
{
	long err = put_port(new_port(b->remote_dom), &b->local_port);

	return err ? err : fake_port_connect(b->local_port, b->remote_dom, NULL, NULL);
}

static long
bind_virq(struct evtchn_bind_virq *b)
{
	long err = b->virq < NR_VIRQS ? put_port(new_port(0), &b->port) : -XEN_EINVAL;

	if (!err)
		ports[b->port].state = VIRQ;
	return err;
}

long
fake_event_channel_op(unsigned cmd, void *arg)
{
	struct evtchn_alloc_unbound *alloc = arg;

	switch (cmd) {
	case EVTCHNOP_alloc_unbound:
		return put_port(new_port(alloc->remote_dom), &alloc->port);
	case EVTCHNOP_bind_interdomain:
		return bind_interdomain(arg);
	case EVTCHNOP_bind_virq:
		return bind_virq(arg);
	case EVTCHNOP_close:
		return close_port(((struct evtchn_close *)arg)->port);
	case EVTCHNOP_send:
		return send(((struct evtchn_send *)arg)->port);
	case EVTCHNOP_status:
		return tell_status(arg);
	case EVTCHNOP_unmask:
		return unmask(((struct evtchn_unmask *)arg)->port);
	default:
		return -XEN_ENOSYS;
	}
}
