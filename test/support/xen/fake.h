/* SPDX-License-Identifier: ISC */
/* test/support/xen/fake.h - a hypervisor for host tests: what xen/ and its drivers call goes
 * through the real wrappers of xen/hypercall.h into C code that plays Xen, xenstored and a
 * backend in virtual time.
 *
 * A program has one guest.  It boots by the real xen_pv_start, so the time is test_now minus what
 * it was at boot.  Other domains are actors: they run while the guest sleeps, when their time has
 * come.  A test names the sources:
 *	test/support/xen/[a-z]*.[cS] xen/[a-z]*.c xen/xenstore/[a-z]*.c arch/x86_64/entropy.c
 * What must hold at all times - a page that another domain has mapped stays granted as it was, and
 * allocated - is checked at every hypercall and every turn of the loop. */
#ifndef TEST_SUPPORT_XEN_FAKE_H
#define TEST_SUPPORT_XEN_FAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "mir/clock.h"
#include "mir/console.h"
#include "xen/abi.h"

struct xencons_interface;
struct xenstore_domain_interface;

#define FAKE_SELF	7		/* The guest's domain id. */
#define FAKE_DELAY	MIR_US(50)	/* Until another domain sees a notification. */

/* hypervisor.c */
struct fake_actor {
	void (*run)(void *ctx);
	void *ctx;
	mir_ns due;
	bool set;
	struct fake_actor *next;
};
void fake_actor_set(struct fake_actor *a, mir_ns due);	/* Keeps an earlier time. */
void fake_actor_cancel(struct fake_actor *a);

/* The next 'times' calls of hypercall 'nr' with the command 'cmd' fail. */
void fake_fail(unsigned nr, unsigned cmd, long err, unsigned times);
void fake_fail_after(unsigned calls);	/* So many of these calls work first. */

struct fake_counts {
	unsigned polls;			/* SCHEDOP_poll */
	int shutdown;			/* The reason of SCHEDOP_shutdown, or -1. */
	unsigned unknown;		/* Hypercalls the fake does not know. */
};
extern struct fake_counts fake_counts;

/* loop.c: boots the guest if it did not, and gives it time; ends early when it shuts down. */
void fake_boot(void);
extern bool fake_without_store;		/* To be set before. */
void fake_restart(void (*start)(uint32_t, const char *), uint32_t arg);	/* By that entry. */
void fake_run_for(mir_ns limit);
void fake_in_task(void (*body)(void));	/* Runs it to its end, at most an hour. */
extern struct mir_console *fake_console;	/* What the guest registered. */
extern struct xencons_interface fake_console_ring;
extern struct xenstore_domain_interface fake_store_ring;
extern evtchn_port_t fake_console_port, fake_store_port;

/* frames.c: machine frames.  Xen's own pages live where the guest maps them. */
#define FAKE_MFN_SHARED		0x200000u
#define FAKE_MFN_GRANTS		0x300000u	/* And those behind it. */
uint64_t fake_frame(const void *va);
void fake_frames_forget(void);			/* When nothing is granted. */
void *fake_page(uint64_t frame);		/* NULL: no page of the guest's. */
void fake_map_xen_page(void *va, uint64_t mfn);

/* event_channels.c: the guest's ports.  What other domains do with them: */
int fake_port_connect(evtchn_port_t port, domid_t domain, void (*notified)(void *), void *ctx);
void fake_port_leave(evtchn_port_t port);	/* The other end is closed. */
void fake_port_raise(evtchn_port_t port);
evtchn_port_t fake_port_new(void (*notified)(void *), void *ctx);	/* Connected, as at boot. */
unsigned fake_ports_open(void);
extern struct shared_info *fake_shared;
void fake_set_time(void);
extern struct vcpu_runstate_info *fake_runstate;	/* NULL: not registered. */
extern bool fake_ticker;		/* Of a PV guest, until it stops it. */
long fake_event_channel_op(unsigned cmd, void *arg);

/* grant_table.c: NULL: the guest did not grant that page to that domain, for that use. */
void *fake_grant_map(grant_ref_t ref, domid_t domain, bool write);
void fake_grant_unmap(grant_ref_t ref);
void fake_grants_unmap_all(void);
void fake_grants_check(void);
unsigned fake_grants_live(void);
bool fake_grant_writable(const void *page);	/* Some domain may write there. */
extern unsigned fake_grant_frames_max;
void fake_grant_table_page(unsigned index, void *va);
long fake_grant_table_op(unsigned cmd, void *args, unsigned count);

/* netback.h, store.h: see there. */

#endif
