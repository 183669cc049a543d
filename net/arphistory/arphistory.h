/* SPDX-License-Identifier: ISC */
/* net/arphistory/arphistory.h - the ARP table in a store: a commit for each entry that was learned,
 * confirmed, moved or has expired, and the way back.
 *
 * On the branch CONFIG_ARP_HISTORY_BRANCH, in a folder for each network device, stands what the
 * table knows: "vif0/10.0.0.1" (net/arphistory/entry.h).  Events are queued where packets are
 * handled, which costs a copy of 32 bytes, and committed by a task.  When the queue is full, events
 * are counted, and one commit brings the folder up to date later.  When the store is full, the
 * branch is begun anew.
 *
 * A commit by somebody else changes the live table: an entry that came or changed is taken as if its
 * owner had just said so, one that went is forgotten.  What can't be a neighbour's entry is refused
 * and counted, and stays on the branch. */
#ifndef NET_ARPHISTORY_H
#define NET_ARPHISTORY_H

#include "mir/stack.h"
#include "mir/store.h"

/* Stands in front of Mir's own TCP/IP: '*out' is 'stack'.  MIR_ENOMEM. */
int arphistory_open(struct mir_stack *stack, struct mir_store *store, struct mir_stack **out);

#endif
