/* SPDX-License-Identifier: ISC */
/* Event channels in the two-level ABI (xen/xen.h, struct shared_info): a selector word, whose
 * bits say which words of the pending bitmap to look at. */
#include "mir/err.h"
#include "mir/log.h"
#include "mir/stats.h"
#include "xen/error.h"
#include "xen/events.h"
#include "xen/hypercall.h"
#include "xen/guest.h"

#define WORD_BITS	64u

static evtchn_port_t ports[EVTCHN_BOUND_MAX];	/* As SCHEDOP_poll wants them. */
static struct { void (*fn)(void *); void *ctx; } handlers[EVTCHN_BOUND_MAX];
static unsigned bound;
static uint64_t events, notifies, waits, strays;
MIR_COUNTER(evtchn_events, &events, "event channel handlers run");
MIR_COUNTER(evtchn_notifies, &notifies, "event channel notifications sent");
MIR_COUNTER(evtchn_waits, &waits, "times the image slept in Xen");
MIR_COUNTER(evtchn_strays, &strays, "events on ports without a handler");

void
evtchn_start(void)
{
	struct shared_info *s = xen_boot.shared;

	s->vcpu_info[0].evtchn_upcall_mask = 1;
	for (unsigned i = 0; i < WORD_BITS; i++)
		__atomic_store_n(&s->evtchn_mask[i], ~0ul, __ATOMIC_RELAXED);
}

static int
find(evtchn_port_t port)
{
	for (unsigned i = 0; i < bound; i++)
		if (ports[i] == port)
			return (int)i;
	return -1;
}

static void
mask(evtchn_port_t port)
{
	__atomic_fetch_or(&xen_boot.shared->evtchn_mask[port / WORD_BITS],
			  1ul << port % WORD_BITS, __ATOMIC_SEQ_CST);
}

int
evtchn_bind(evtchn_port_t port, void (*handler)(void *ctx), void *ctx)
{
	struct evtchn_unmask arg = { .port = port };

	if (bound == EVTCHN_BOUND_MAX)
		return MIR_ENOMEM;
	ports[bound] = port;
	handlers[bound].fn = handler;
	handlers[bound].ctx = ctx;
	bound++;
	return xen_err(hypercall_event_channel_op(EVTCHNOP_unmask, &arg));
}

int
evtchn_alloc_unbound(domid_t domain)
{
	struct evtchn_alloc_unbound arg = { .dom = DOMID_SELF, .remote_dom = domain };
	long err = hypercall_event_channel_op(EVTCHNOP_alloc_unbound, &arg);

	return err ? xen_err(err) : (int)arg.port;
}

int
evtchn_open(domid_t domain, void (*handler)(void *ctx), void *ctx, evtchn_port_t *port)
{
	int got = evtchn_alloc_unbound(domain);

	*port = got < 0 ? 0 : (evtchn_port_t)got;
	return got < 0 ? got : evtchn_bind(*port, handler, ctx);
}

int
evtchn_bind_interdomain(domid_t domain, evtchn_port_t remote)
{
	struct evtchn_bind_interdomain arg = { .remote_dom = domain, .remote_port = remote };
	long err = hypercall_event_channel_op(EVTCHNOP_bind_interdomain, &arg);

	return err ? xen_err(err) : (int)arg.local_port;
}

int
evtchn_bind_virq(unsigned virq)
{
	struct evtchn_bind_virq arg = { .virq = virq, .vcpu = 0 };
	long err = hypercall_event_channel_op(EVTCHNOP_bind_virq, &arg);

	return err ? xen_err(err) : (int)arg.port;
}

/* A port offered to DOMID_SELF says whom that means. */
int
evtchn_own_domain(void)
{
	int port = evtchn_alloc_unbound(DOMID_SELF);
	struct evtchn_status arg = { .dom = DOMID_SELF, .port = (evtchn_port_t)port };
	long err;

	if (port < 0)
		return port;
	err = hypercall_event_channel_op(EVTCHNOP_status, &arg);
	evtchn_close((evtchn_port_t)port);
	return err ? xen_err(err) : arg.u.unbound.dom;
}

void
evtchn_notify(evtchn_port_t port)
{
	struct evtchn_send arg = { .port = port };

	notifies++;
	hypercall_event_channel_op(EVTCHNOP_send, &arg);
}

/* In the order in which Xen does it. */
void
evtchn_again(evtchn_port_t port)
{
	struct vcpu_info *v = &xen_boot.shared->vcpu_info[0];

	__atomic_fetch_or(&xen_boot.shared->evtchn_pending[port / WORD_BITS],
			  1ul << port % WORD_BITS, __ATOMIC_SEQ_CST);
	__atomic_fetch_or(&v->evtchn_pending_sel, 1ul << port / WORD_BITS, __ATOMIC_SEQ_CST);
	__atomic_store_n(&v->evtchn_upcall_pending, 1, __ATOMIC_SEQ_CST);
}

void
evtchn_close(evtchn_port_t port)
{
	struct evtchn_close arg = { .port = port };
	int i = find(port);

	mask(port);
	if (i >= 0) {
		bound--;
		ports[i] = ports[bound];
		handlers[i] = handlers[bound];
	}
	hypercall_event_channel_op(EVTCHNOP_close, &arg);
	__atomic_fetch_and(&xen_boot.shared->evtchn_pending[port / WORD_BITS],
			   ~(1ul << port % WORD_BITS), __ATOMIC_SEQ_CST);
}

static void
fire(evtchn_port_t port)
{
	int i = find(port);

	if (i < 0) {
		strays++;
		mask(port);
		return;
	}
	events++;
	handlers[i].fn(handlers[i].ctx);
}

static void
poll_word(unsigned word)
{
	struct shared_info *s = xen_boot.shared;
	uint64_t open = ~__atomic_load_n(&s->evtchn_mask[word], __ATOMIC_RELAXED);
	uint64_t set = __atomic_fetch_and(&s->evtchn_pending[word], ~open, __ATOMIC_ACQ_REL) &
	    open;

	for (; set; set &= set - 1)
		fire(word * WORD_BITS + (unsigned)__builtin_ctzl(set));
}

/* Xen sets bitmap, selector, then the flag; so the flag is cleared before the selector is
 * taken, and the selector before the bitmap is read. */
bool
evtchn_poll(void)
{
	struct vcpu_info *v = &xen_boot.shared->vcpu_info[0];
	uint64_t words;

	xen_clock_turn();
	if (!__atomic_load_n(&v->evtchn_upcall_pending, __ATOMIC_RELAXED))
		return false;
	__atomic_store_n(&v->evtchn_upcall_pending, 0, __ATOMIC_SEQ_CST);
	words = __atomic_exchange_n(&v->evtchn_pending_sel, 0, __ATOMIC_SEQ_CST);
	for (uint64_t left = words; left; left &= left - 1)
		poll_word((unsigned)__builtin_ctzl(left));
	return words != 0;
}

/* SCHEDOP_poll, not SCHEDOP_block: a PV guest's block would unmask the upcalls.  Xen looks at
 * the pending bits of all ports once more before it takes the vCPU off the processor. */
static void
poll_ports(evtchn_port_t *list, unsigned count, mir_ns deadline)
{
	struct sched_poll arg = { .nr_ports = count, .timeout = xen_system_time(deadline) };

	set_xen_guest_handle(arg.ports, list);
	waits++;
	hypercall_sched_op(SCHEDOP_poll, &arg);
	xen_clock_slept();
}

void
evtchn_wait(mir_ns deadline)
{
	poll_ports(ports, bound, deadline);
}

void
evtchn_wait_port(evtchn_port_t port, mir_ns deadline)
{
	poll_ports(&port, 1, deadline);
	__atomic_fetch_and(&xen_boot.shared->evtchn_pending[port / WORD_BITS],
			   ~(1ul << port % WORD_BITS), __ATOMIC_SEQ_CST);
}
