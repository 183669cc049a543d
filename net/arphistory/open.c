/* SPDX-License-Identifier: ISC */
/* Opening: the history of a stack's ARP table. */
#include <stdlib.h>
#include "mir/err.h"
#include "net/arphistory/arphistory.h"
#include "net/arphistory/impl.h"
#include "net/stack/priv.h"

static bool
on_link(void *ctx, uint32_t ip)
{
	const struct stack *s = ctx;
	uint32_t host = s->prefix >= 32 ? 0 : UINT32_MAX >> s->prefix;

	/* Neither the network's own address nor its broadcast. */
	return s->ip && (ip & ~host) == (s->ip & ~host)
	       && (host <= 1 || ((ip & host) != 0 && (ip & host) != host));
}

static void
touched(void *ctx)
{
	struct stack *s = ctx;

	s->arp_next = arp_poll(&s->arp, mir_now());
	stack_rearm(s);
}

int
arphistory_open(struct mir_stack *stack, struct mir_store *store, struct mir_stack **out)
{
	struct stack *s = (struct stack *)stack;
	struct history *h = calloc(1, sizeof *h);
	int err;

	if (!h)
		return MIR_ENOMEM;
	h->store = store;
	h->arp = &s->arp;
	h->on_link = on_link;
	h->touched = touched;
	h->ctx = s;
	entry_folder(s->nif->device.index, h->folder);
	err = history_start(h);
	if (err)
		free(h);
	else
		*out = stack;
	return err;
}
