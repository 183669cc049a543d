/* SPDX-License-Identifier: ISC */
/* www: serves the files of a kv. */
#include "app/www/www.h"
#include "lib/text.h"
#include "mir/clock.h"
#include "mir/err.h"
#include "mir/log.h"
#include "mir/param.h"
#include "net/http/http.h"

static unsigned port = 80;
MIR_PARAM(port, mir_param_uint, &port, "NUMBER", "TCP port that www listens on");
static bool access_log;
MIR_PARAM(accesslog, mir_param_bool, &access_log, "yes|no", "a line on the console a request");

static mir_ns
wall(void)
{
	return mir_clock_wall(mir_clock);
}

/* Says where the site is, once the address is known. */
static void
announce(void *arg)
{
	struct mir_stack_addr a;
	char text[TEXT_IPV4];

	if (mir_stack_configured(arg, &a, MIR_NEVER) == MIR_OK)
		mir_info("www", "http://%s:%u/ is up",
			 text_from_ipv4(mir_addr_to_ipv4(&a.addr), text), port);
}

int
www_start(struct mir_stack *stack, struct mir_kv *content)
{
	struct http_server server = { .wall = wall, .log = access_log };
	struct http_files files;

	if (port == 0 || port > UINT16_MAX) {
		mir_error("www", "command line: bad value '%u' for key 'port', want 1 to 65535",
			  port);
		return MIR_EINVAL;
	}
	http_files_init(&files, content, www_counters());
	server.handler = &files.handler;
	mir_spawn("www announce", announce, stack);
	return http_serve(&server, stack, (uint16_t)port);
}
