/* SPDX-License-Identifier: ISC */
/* control/shutdown: what the toolstack asks of the whole guest (docs/misc/xenstore-paths).
 *
 * A request is acknowledged by removing the text, then carried out. */
#include <string.h>
#include "mir/err.h"
#include "mir/log.h"
#include "mir/module.h"
#include "mir/platform.h"
#include "xen/guest.h"
#include "xen/xenbus.h"

#define KEY	"control/shutdown"
#define PATIENCE MIR_SEC(2)		/* With devices whose backends may never answer. */

static struct mir_waitq changed;
static struct xs_watch watch = { .path = KEY, .wake = &changed };
static struct xs_batch batch;

static const struct { const char *text; enum mir_exit how; } requests[] = {
	{ "poweroff", MIR_EXIT_POWEROFF },
	{ "reboot", MIR_EXIT_REBOOT },
	{ "halt", MIR_EXIT_HALT },
};

static void
obey(const char *text)
{
	if (!*text)
		return;
	xs_write(0, KEY, "");
	for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
		if (strcmp(text, requests[i].text))
			continue;
		mir_info("control", "the toolstack asks for: %s", text);
		mir_exit_request(requests[i].how);
		return;
	}
	mir_warn("control", "%s: \"%s\" is not something this image can do", KEY, text);
}

static int
announce(void)
{
	xs_batch_init(&batch);
	xs_batch_watch(&batch, &watch);
	xs_batch_write(&batch, "control", "feature-poweroff", "1");
	xs_batch_write(&batch, "control", "feature-reboot", "1");
	return xs_batch_do(&batch);
}

/* What xenstored has no time for is asked again: there is no other way to end the guest well. */
static void
control_task(void *arg)
{
	char text[32];
	unsigned seen;
	int len;

	(void)arg;
	xenbus_wait_settled(mir_now() + PATIENCE);
	while (announce() == MIR_ETIMEDOUT)
		;
	for (;;) {
		seen = watch.events;
		len = xs_read(0, KEY, text, sizeof text);
		if (len > 0)
			obey(text);
		while (len != MIR_ETIMEDOUT && watch.events == seen)
			if (mir_wait(&changed, MIR_NEVER))
				return;
	}
}

static int
control_start(void)
{
	if (!xen_boot.shared)
		return MIR_OK;		/* Not on Xen. */
	return mir_spawn("control", control_task, NULL) ? MIR_OK : MIR_ENOMEM;
}

MIR_MODULE(control, MIR_LEVEL_SERVICE, control_start);
