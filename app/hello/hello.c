/* SPDX-License-Identifier: ISC */
/* hello: prints, shows the machine it runs on, echoes the console, powers off when told. */
#include <string.h>
#include "app/hello/hello.h"
#include "mir/console.h"
#include "mir/err.h"
#include "mir/log.h"
#include "mir/netif.h"
#include "mir/page.h"
#include "mir/param.h"
#include "mir/platform.h"
#include "mir/task.h"

static const char *greeting = "hello, world";
MIR_PARAM(greeting, mir_param_text, &greeting, "TEXT", "what hello prints first");

static void
show_netif(const struct mir_netif *nif)
{
	const uint8_t *m = nif->info.mac;

	mir_printf("network: %s %u, %02x:%02x:%02x:%02x:%02x:%02x, mtu %u, link %s\n",
		   nif->ops->name, nif->device.index, m[0], m[1], m[2], m[3], m[4], m[5],
		   nif->info.mtu, nif->info.link ? "up" : "down");
}

static void
show_machine(void)
{
	mir_printf("platform: %s\n", mir_platform->name);
	mir_printf("memory: %zu KiB, %zu KiB free\n", mir_page_total_count() * 4,
		   mir_page_free_count() * 4);
	for (const struct mir_console *c = mir_console_first(); c; c = c->next)
		mir_printf("console: %s\n", c->ops->name);
	for (const struct mir_netif *n = mir_netif_first(); n; n = mir_netif_next(n))
		show_netif(n);
}

/* true: the line asks for the end. */
static bool
obey(const char *line)
{
	if (strcmp(line, "poweroff") == 0)
		return true;
	if (strcmp(line, "devices") == 0)
		show_machine();
	else if (*line)
		mir_printf("you said: %s\n", line);
	return false;
}

/* Adds what was typed to 'line' and obeys each line that is complete. */
static bool
take_input(struct mir_console *console, char *line, size_t size, size_t *len)
{
	char c;

	while (console->ops->read(console, &c, 1)) {
		if (c != '\n' && c != '\r') {
			if (*len < size - 1)
				line[(*len)++] = c;
			continue;
		}
		line[*len] = '\0';
		*len = 0;
		if (obey(line))
			return true;
	}
	return false;
}

int
hello_start(struct mir_console *console)
{
	char line[128];
	size_t len = 0;

	mir_printf("%s\n", greeting);
	mir_netif_get(0, mir_deadline(mir_now(), MIR_MS(500)));
	show_machine();
	mir_printf("Say something; \"devices\" lists them again, \"poweroff\" ends.\n");
	while (!take_input(console, line, sizeof line, &len))
		if (mir_wait(&mir_console_input, MIR_NEVER) == MIR_ECANCELED)
			break;
	mir_printf("goodbye\n");
	return MIR_OK;
}
