/* SPDX-License-Identifier: ISC */
/* The access log: one line a request, close to the Common Log Format. */
#include "mir/log.h"
#include "net/http/date.h"
#include "net/http/http.h"

/* What the client wrote goes to a terminal, perhaps: only printable characters. */
static void
printable(char *to, size_t size, const struct http_text *t)
{
	size_t n = 0;

	for (; n < t->len && n < size - 1; n++)
		to[n] = t->p[n] >= 0x20 && t->p[n] < 0x7f && t->p[n] != '"' ? t->p[n] : '.';
	to[n] = '\0';
}

void
http_log(const struct http_conn *c)
{
	static const char *const methods[] = { "GET", "HEAD", "-" };
	uint32_t ip = mir_addr_to_ipv4(&c->peer);
	mir_ns wall = c->server->wall ? c->server->wall() : 0;
	char date[HTTP_DATE], line[120];

	http_date_format(wall / MIR_SEC(1), date);
	printable(line, sizeof line, &c->request.path);
	mir_printf("%u.%u.%u.%u - - [%s] \"%s /%s\" %u %llu\n", ip >> 24, ip >> 16 & 255,
		   ip >> 8 & 255, ip & 255, date, methods[c->request.method], line, c->response.status,
		   (unsigned long long)c->response.length);
}
