/* SPDX-License-Identifier: ISC */
/* The access log: one line a request, in the Common Log Format, with the path decoded. */
#include "lib/text.h"
#include "mir/log.h"
#include "net/http/date.h"
#include "net/http/http.h"

/* What the client wrote goes to a terminal, perhaps: only printable characters. */
static void
printable(char *to, size_t size, const struct mir_http_text *t)
{
	size_t n = 0;

	for (; n < t->len && n < size - 1; n++)
		to[n] = t->p[n] >= 0x20 && t->p[n] < 0x7f && t->p[n] != '"' ? t->p[n] : '.';
	to[n] = '\0';
}

void
http_log(const struct http_conn *c)
{
	const struct mir_http_request *r = &c->request;
	mir_ns wall = c->server->wall ? c->server->wall() : 0;
	char ip[TEXT_ADDR], date[HTTP_DATE], method[12], path[120];

	text_from_addr(&c->peer, ip);
	http_date_format(wall / MIR_SEC(1), date);
	printable(method, sizeof method, &r->name);
	printable(path, sizeof path, &r->path);
	mir_printf("%s - - [%.2s/%.3s/%.4s:%.8s +0000] \"%s /%s HTTP/1.%u\" %u %llu\n", ip,
		   date + 5, date + 8, date + 12, date + 17, r->name.len ? method : "-", path,
		   r->minor, c->response.status, (unsigned long long)c->left);
}
