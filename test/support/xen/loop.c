/* SPDX-License-Identifier: ISC */
/* The guest: its boot, and a scheduler's loop that ends. */
#include <setjmp.h>
#include "arch/x86_64/arch_boot.h"
#include "kernel/task.h"
#include "mir/boot.h"
#include "mir/log.h"
#include "mir/module.h"
#include "mir/netif.h"
#include "mir/page.h"
#include "mir/platform.h"
#include "mir/timer.h"
#include "test/support/xen/fake.h"
#include "test/support/xen/store.h"
#include "test/unit/harness.h"
#include <xen/io/console.h>
#include <xen/io/xs_wire.h>

#define PAGE __attribute__((aligned(MIR_PAGE_SIZE)))

struct mir_console *fake_console;
struct xencons_interface fake_console_ring PAGE;
struct xenstore_domain_interface fake_store_ring PAGE;
evtchn_port_t fake_console_port, fake_store_port;
bool fake_without_store;

static jmp_buf out;
static bool started, exit_asked;
static enum mir_exit exit_how;

void mir_netif_flush_all(void) __attribute__((weak));
_Noreturn void fake_shut_down(unsigned reason);

void
mir_console_register(struct mir_console *c)
{
	fake_console = c;
}

void
mir_exit_request(enum mir_exit how)
{
	exit_asked = true;
	exit_how = how;
}

_Noreturn void
mir_boot(const char *command_line)
{
	CHECK_STR(command_line, "ip=dhcp");
	if (!started)
		mir_modules_start();
	started = true;
	longjmp(out, 1);
}

_Noreturn void
fake_shut_down(unsigned reason)
{
	fake_counts.shutdown = (int)reason;
	exit_asked = false;
	longjmp(out, 1);
}

/* The rings start near the wrap of their indexes. */
void
fake_boot(void)
{
	static struct start_info si PAGE;

	if (fake_shared)
		return;
	mir_log_level = MIR_LOG_ERROR;
	fake_console_port = fake_port_new(NULL, NULL);
	fake_store_port = fake_port_new(fake_store_notified, NULL);
	fake_store_ring.req_prod = fake_store_ring.req_cons = UINT32_MAX - 20;
	fake_store_ring.rsp_prod = fake_store_ring.rsp_cons = UINT32_MAX - 3;
	fake_console_ring.out_prod = fake_console_ring.out_cons = UINT32_MAX - 5;
	fake_console_ring.in_prod = fake_console_ring.in_cons = UINT32_MAX - 2;
	si.shared_info = (uint64_t)FAKE_MFN_SHARED << MIR_PAGE_SHIFT;
	si.console.domU.mfn = fake_frame(&fake_console_ring);
	si.console.domU.evtchn = fake_console_port;
	si.store_mfn = fake_without_store ? 0 : fake_frame(&fake_store_ring);
	si.store_evtchn = fake_store_port;
	strcpy((char *)si.cmd_line, "ip=dhcp");
	if (!setjmp(out))
		xen_pv_start(&si);
}

void
fake_restart(void (*start)(uint32_t, const char *), uint32_t arg)
{
	if (!setjmp(out))
		start(arg, "ip=dhcp");
}

static void
turn(mir_ns end)
{
	bool busy = mir_platform->poll();
	mir_ns next;

	busy |= tasks_run();
	mir_timers_run(mir_now());
	if (mir_netif_flush_all)
		mir_netif_flush_all();
	fake_grants_check();
	if (exit_asked)
		mir_platform->exit(exit_how);
	next = mir_timers_next();
	if (!busy && !tasks_ready())
		mir_platform->wait(next < end ? next : end);
}

void
fake_run_for(mir_ns limit)
{
	mir_ns end;

	fake_boot();
	end = mir_deadline(mir_now(), limit);
	if (setjmp(out))
		return;
	do {
		turn(end);
	} while (mir_now() < end);
}

static void (*task_body)(void);
static bool task_done;

static void
task(void *arg)
{
	(void)arg;
	task_body();
	task_done = true;
}

void
fake_in_task(void (*body)(void))
{
	mir_ns end;

	fake_boot();
	end = mir_now() + MIR_SEC(3600);
	task_body = body;
	task_done = false;
	mir_spawn("test", task, NULL);
	while (!task_done && mir_now() < end && fake_counts.shutdown < 0)
		fake_run_for(MIR_MS(10));
	CHECK(task_done);
}
