/* SPDX-License-Identifier: ISC */
/* xen/events.h - event channels: how other domains and Xen tell that something happened.
 *
 * Upcalls stay masked.  The scheduler's loop polls, which runs the handlers of the ports that
 * are pending; their pending bits are cleared first, so what comes during a handler is seen at
 * the next poll.
 * Threads: handlers run on the loop and may not block.
 * Errors:  0 or a port, or a negative enum mir_err. */
#ifndef XEN_EVENTS_H
#define XEN_EVENTS_H

#include <stdbool.h>
#include <stdint.h>
#include "mir/clock.h"
#include "xen/abi.h"

/* SCHEDOP_poll looks at no more ports than these (xen/common/sched/core.c: do_poll). */
#define EVTCHN_BOUND_MAX 128

/* Boot: all ports masked, all upcalls masked. */
void evtchn_start(void);

/* Runs handler(ctx) when 'port' fires; unmasks it, so what is pending already fires, too.
 * MIR_ENOMEM: EVTCHN_BOUND_MAX ports have handlers. */
int evtchn_bind(evtchn_port_t port, void (*handler)(void *ctx), void *ctx);

/* A new port that 'domain' may connect to. */
int evtchn_alloc_unbound(domid_t domain);

/* The same with a handler; an error leaves '*port', which is 0 when there is none, for the close. */
int evtchn_open(domid_t domain, void (*handler)(void *ctx), void *ctx, evtchn_port_t *port);

/* A new port connected to 'remote' of 'domain'. */
int evtchn_bind_interdomain(domid_t domain, evtchn_port_t remote);

/* A new port that fires with the virtual interrupt 'virq' of vCPU 0. */
int evtchn_bind_virq(unsigned virq);

/* This domain's own id, which Xen tells in a roundabout way only. */
int evtchn_own_domain(void);

void evtchn_notify(evtchn_port_t port);

/* The port fires once more, at the next poll: its handler left something for later.  No hypercall. */
void evtchn_again(evtchn_port_t port);

/* Takes the handler away (if there is one) and gives the port back to Xen. */
void evtchn_close(evtchn_port_t port);

/* The loop: true when a handler ran. */
bool evtchn_poll(void);

/* Sleeps until a port with a handler is pending, or until the time. */
void evtchn_wait(mir_ns deadline);

/* Without the scheduler (last words): waits for 'port', clears what is pending. */
void evtchn_wait_port(evtchn_port_t port, mir_ns deadline);

#endif
