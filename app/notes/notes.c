/* SPDX-License-Identifier: ISC */
/* notes: documents over HTTP, with their history. */
#include <string.h>
#include "app/notes/name.h"
#include "app/notes/notes.h"
#include "lib/text.h"
#include "mir/err.h"
#include "mir/log.h"
#include "mir/param.h"
#include "net/http/http.h"

static unsigned port = 80;
MIR_PARAM(port, mir_param_uint, &port, "NUMBER", "TCP port that notes listens on");
static bool access_log;
MIR_PARAM(accesslog, mir_param_bool, &access_log, "yes|no", "a line on the console a request");

/* The path is 'folder', or in it; what follows the slash, if any. */
static bool
is_below(const struct mir_http_text *path, const char *folder, struct mir_http_text *rest)
{
	size_t len = strlen(folder);

	if (path->len < len || memcmp(path->p, folder, len) != 0 ||
	    (path->len > len && path->p[len] != '/'))
		return false;
	len += path->len > len;
	*rest = (struct mir_http_text){ path->p + len, path->len - len };
	return true;
}

/* The name of the document whose history is asked for, "": of all; false: answered. */
static bool
find_name(const struct mir_http_request *r, const struct mir_http_text *text,
	  char name[NOTES_NAME], struct mir_http_response *out)
{
	struct mir_http_text t = *text;
	char asked[NOTES_NAME];
	const char *wrong = NULL;
	long len = HTTP_QUERY_NONE;

	*name = '\0';
	if (!t.len && (len = http_query(&r->query, "name", asked, sizeof asked)) > 0)
		t = (struct mir_http_text){ asked, (size_t)len };
	if (len == -1)
		wrong = "is none";
	else if (t.len)
		wrong = name_from_text(&t, name);
	if (wrong)
		notes_say(out, 404, "no document: its name %s", wrong);
	return !wrong;
}

static void
read(struct notes *n, const struct mir_http_request *r, struct mir_http_response *out)
{
	struct mir_http_text rest = r->path;
	bool history = is_below(&r->path, NOTES_HISTORY, &rest);
	char name[NOTES_NAME], value[2];

	if (!history && r->path.len && r->path.p[r->path.len - 1] != '/')
		history = http_query(&r->query, "history", value, sizeof value) != HTTP_QUERY_NONE;
	if (history) {
		if (find_name(r, &rest, name, out))
			notes_history(n, r, name, out);
	} else if (r->path.len == 0 || r->path.p[r->path.len - 1] == '/') {
		notes_list(n, r, out);
	} else {
		notes_get(n, r, out);
	}
}

static void
not_allowed(struct mir_http_response *out)
{
	static const char allow[] = "Allow: GET, HEAD\r\n";

	notes_say(out, 405, "this is no document and can't be changed");
	memcpy(out->extra, allow, sizeof allow);
}

static void
handle(struct mir_http_handler *h, const struct mir_http_request *r, struct mir_http_response *out)
{
	struct notes *n = (struct notes *)h;
	struct mir_http_handler *counters = notes_counters();
	struct mir_http_text rest;
	bool reads = r->method <= MIR_HTTP_HEAD, own = is_below(&r->path, ".mir", &rest);

	if (!reads && (own || r->path.len == 0 || is_below(&r->path, NOTES_HISTORY, &rest)))
		not_allowed(out);
	else if (!reads)
		notes_change(n, r, out);
	else if (own && counters)
		counters->handle(counters, r, out);
	else
		read(n, r, out);
}

void
notes_init(struct notes *n, struct mir_store *store)
{
	*n = (struct notes){ .store = store, .handler = { .blocks = true, .handle = handle,
		.methods = 1 << MIR_HTTP_PUT | 1 << MIR_HTTP_DELETE } };
}

static void
announce(void *arg)
{
	struct mir_stack_addr a;
	char text[TEXT_IPV4];

	if (mir_stack_configured(arg, &a, MIR_NEVER) == MIR_OK)
		mir_info("notes", "http://%s:%u/ is up",
			 text_from_ipv4(mir_addr_to_ipv4(&a.addr), text), port);
}

int
notes_start(struct mir_stack *net, struct mir_http *server, struct mir_store *documents)
{
	struct notes notes;
	struct mir_http_service service = { .handler = &notes.handler, .log = access_log,
		.body_limit = CONFIG_NOTES_KIB * 1024u };

	if (port == 0 || port > UINT16_MAX) {
		mir_error("notes", "command line: bad value '%u' for key 'port', want 1 to 65535",
			  port);
		return MIR_EINVAL;
	}
	notes_init(&notes, documents);
	service.port = (uint16_t)port;
	mir_spawn("notes announce", announce, net);
	return mir_http_serve(server, &service);
}
