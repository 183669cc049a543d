/* SPDX-License-Identifier: ISC */
/* Hypercalls, and the time in which other domains act. */
#include "mir/page.h"
#include "test/support/xen/fake.h"
#include "test/unit/harness.h"
#include "xen/guest.h"
#include "xen/hypercall.h"
#include <xen/errno.h>
#include <xen/hvm/params.h>

struct fake_counts fake_counts = { .shutdown = -1 };

static struct fake_actor *actors;	/* By time. */
static struct { unsigned nr, cmd, times, after; long err; } failing;

long fake_hypercall(uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e, unsigned nr);
_Noreturn void fake_shut_down(unsigned reason);

void
fake_actor_cancel(struct fake_actor *a)
{
	struct fake_actor **link = &actors;

	while (*link && *link != a)
		link = &(*link)->next;
	if (*link)
		*link = a->next;
	a->set = false;
}

void
fake_actor_set(struct fake_actor *a, mir_ns due)
{
	struct fake_actor **link = &actors;

	if (a->set && a->due <= due)
		return;
	fake_actor_cancel(a);
	a->due = due;
	a->set = true;
	while (*link && (*link)->due <= due)
		link = &(*link)->next;
	a->next = *link;
	*link = a;
}

void
fake_fail(unsigned nr, unsigned cmd, long err, unsigned times)
{
	failing.nr = nr;
	failing.cmd = cmd;
	failing.err = err;
	failing.times = times;
}

void
fake_fail_after(unsigned calls)
{
	failing.after = calls;
}

struct vcpu_runstate_info *fake_runstate;
bool fake_ticker = true;

static void
move_time(mir_ns to)
{
	if (to <= test_now)
		return;
	test_wall += to - test_now;
	test_now = to;
	fake_set_time();
}

/* Lets the next actor act, if its time is not after 'limit'. */
static bool
act(mir_ns limit)
{
	struct fake_actor *a = actors;

	if (!a || a->due > limit)
		return false;
	move_time(a->due);
	fake_actor_cancel(a);
	a->run(a->ctx);
	return true;
}

static bool
pending(const evtchn_port_t *ports, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if (fake_shared->evtchn_pending[ports[i] / 64] >> ports[i] % 64 & 1)
			return true;
	return false;
}

static long
sched_poll(const struct sched_poll *p)
{
	evtchn_port_t *ports = p->ports.p;
	mir_ns limit = p->timeout ? p->timeout : MIR_NEVER;

	if (p->nr_ports > 128)
		return -XEN_EINVAL;
	fake_counts.polls++;
	while (!pending(ports, p->nr_ports)) {
		if (act(limit))
			continue;
		if (limit != MIR_NEVER)
			move_time(limit);
		break;
	}
	return 0;
}

/* The guest slept, even if for no time at all. */
static long
sched_op(unsigned cmd, void *arg)
{
	long err;

	if (cmd == SCHEDOP_poll) {
		err = sched_poll(arg);
		if (fake_runstate)
			fake_runstate->state_entry_time = test_now;
		return err;
	}
	if (cmd == SCHEDOP_shutdown)
		fake_shut_down(((struct sched_shutdown *)arg)->reason);
	return -XEN_ENOSYS;
}

static long
vcpu_op(unsigned cmd, const struct vcpu_register_runstate_memory_area *area)
{
	if (cmd == VCPUOP_stop_periodic_timer) {
		fake_ticker = false;
		return 0;
	}
	if (cmd != VCPUOP_register_runstate_memory_area)
		return -XEN_ENOSYS;
	fake_runstate = (struct vcpu_runstate_info *)area->addr.p;
	return 0;
}

static long
memory_op(unsigned cmd, void *arg)
{
	struct xen_add_to_physmap *a = arg;
	void *va = (void *)(a->gpfn << MIR_PAGE_SHIFT);

	if (cmd != XENMEM_add_to_physmap || a->domid != DOMID_SELF)
		return -XEN_ENOSYS;
	if (a->space == XENMAPSPACE_shared_info)
		fake_map_xen_page(va, FAKE_MFN_SHARED);
	else if (a->space == XENMAPSPACE_grant_table && a->idx < fake_grant_frames_max)
		fake_map_xen_page(va, FAKE_MFN_GRANTS + a->idx);
	else
		return -XEN_EINVAL;
	return 0;
}

static long
hvm_op(unsigned cmd, struct xen_hvm_param *p)
{
	if (cmd != HVMOP_get_param)
		return -XEN_ENOSYS;
	switch (p->index) {
	case HVM_PARAM_CONSOLE_PFN:
		p->value = (uint64_t)&fake_console_ring >> MIR_PAGE_SHIFT;
		return 0;
	case HVM_PARAM_CONSOLE_EVTCHN:
		p->value = fake_console_port;
		return 0;
	case HVM_PARAM_STORE_EVTCHN:
		p->value = fake_store_port;
		return 0;
	default:
		return -XEN_EINVAL;
	}
}

long
fake_hypercall(uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e, unsigned nr)
{
	(void)d;
	(void)e;
	fake_grants_check();
	if (failing.times && failing.nr == nr && failing.cmd == a) {
		if (failing.after == 0) {
			failing.times--;
			return failing.err;
		}
		failing.after--;
	}
	switch (nr) {
	case __HYPERVISOR_sched_op:
		return sched_op((unsigned)a, (void *)b);
	case __HYPERVISOR_event_channel_op:
		return fake_event_channel_op((unsigned)a, (void *)b);
	case __HYPERVISOR_grant_table_op:
		return fake_grant_table_op((unsigned)a, (void *)b, (unsigned)c);
	case __HYPERVISOR_vcpu_op:
		return vcpu_op((unsigned)a, (const void *)c);
	case __HYPERVISOR_memory_op:
		return memory_op((unsigned)a, (void *)b);
	case __HYPERVISOR_hvm_op:
		return hvm_op((unsigned)a, (void *)b);
	default:
		fake_counts.unknown++;
		return -XEN_ENOSYS;
	}
}
