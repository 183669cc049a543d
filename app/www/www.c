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
www_start(struct mir_stack *net, struct mir_http *server, struct mir_kv *content)
{
	struct mir_http_service service = { .log = access_log };
	struct http_files files;

	if (port == 0 || port > UINT16_MAX) {
		mir_error("www", "command line: bad value '%u' for key 'port', want 1 to 65535",
			  port);
		return MIR_EINVAL;
	}
	http_files_init(&files, content, www_counters());
	service.handler = &files.handler;
	service.port = (uint16_t)port;
	mir_spawn("www announce", announce, net);
	return mir_http_serve(server, &service);
}
