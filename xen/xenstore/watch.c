/* SPDX-License-Identifier: ISC */
/* xenstore watches: their tokens, and the events that carry these back. */
#include <string.h>
#include "mir/err.h"
#include "mir/format.h"
#include "mir/stats.h"
#include "xen/abi.h"
#include "xen/xenstore/client.h"
#include <xen/io/xs_wire.h>

static struct xs_watch *watches;
static uint32_t last_id;
static uint64_t strays;
MIR_COUNTER(xenstore_stray_events, &strays, "watch events with a token that is not ours");

void
xs_watch_event(const uint8_t *payload, size_t len)
{
	const char *path, *token;

	if (xs_event_parse(payload, len, &path, &token) == MIR_OK) {
		for (struct xs_watch *w = watches; w; w = w->next) {
			if (strcmp(token, w->token))
				continue;
			w->events++;
			mir_wake(w->wake);
			return;
		}
	}
	strays++;
}

static void
forget(struct xs_watch *w)
{
	struct xs_watch **link;

	for (link = &watches; *link; link = &(*link)->next) {
		if (*link == w) {
			*link = w->next;
			return;
		}
	}
}

struct xs_request
xs_to_watch(struct xs_watch *w)
{
	forget(w);
	w->events = 0;
	w->id = ++last_id;
	mir_snprintf(w->token, sizeof w->token, "%u", w->id);
	w->next = watches;
	watches = w;
	return (struct xs_request){ .type = XS_WATCH, .path = w->path, .value = w->token,
				    .value_len = strlen(w->token) + 1 };
}

int
xs_watch(struct xs_watch *w)
{
	struct xs_request r = xs_to_watch(w);
	int err = xs_do(&r, 1);

	if (err)
		forget(w);
	return err;
}

void
xs_unwatch(struct xs_watch *w)
{
	struct xs_request r = { .type = XS_UNWATCH, .path = w->path, .value = w->token,
				.value_len = strlen(w->token) + 1 };

	forget(w);
	xs_do(&r, 1);
	w->token[0] = 0;
}
