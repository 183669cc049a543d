/* SPDX-License-Identifier: ISC */
/* The page of counters, as text that Prometheus reads. */
#include <string.h>
#include "mir/format.h"
#include "mir/netif.h"
#include "mir/page.h"
#include "mir/stats.h"
#include "net/http/http.h"

#define PAGES 3				/* The usual text has room in these. */

struct page {
	struct mir_buf *chain, *last;	/* 'last' is being filled; empty ones may follow. */
	bool failed;
};

/* Before anything is counted: the pages of the text are among what is counted, and shall not grow
 * with the digits of the numbers. */
static void
add_pages(struct page *p, unsigned count)
{
	struct mir_buf *b;

	while (count--) {
		b = mir_buf_alloc(0, MIR_PAGE_SIZE);
		if (!b) {
			p->failed = true;
			return;
		}
		b->len = 0;
		mir_buf_append(&p->chain, b);
	}
}

/* Where 'len' bytes go; NULL: no memory. */
static struct mir_buf *
room_for(struct page *p, size_t len)
{
	if (p->last->len + len <= MIR_PAGE_SIZE)
		return p->last;
	if (!p->last->next)
		add_pages(p, 1);
	if (p->last->next)
		p->last = p->last->next;
	return p->failed ? NULL : p->last;
}

static void
add_line(void *ctx, const char *name, uint64_t value)
{
	struct page *p = ctx;
	struct mir_buf *b;
	char line[128];
	int n = mir_snprintf(line, sizeof line, "%s %llu\n", name, (unsigned long long)value);

	b = p->failed ? NULL : room_for(p, (size_t)n);
	if (!b)
		return;
	memcpy(b->data + b->len, line, (size_t)n);
	b->len += (uint32_t)n;
}

static void
add_netif(struct page *p, const struct mir_netif *nif)
{
	const struct { const char *name; uint64_t value; } rows[] = {
		{ "rx_frames", nif->stats.rx_frames }, { "rx_bytes", nif->stats.rx_bytes },
		{ "tx_frames", nif->stats.tx_frames }, { "tx_bytes", nif->stats.tx_bytes },
		{ "rx_errors", nif->stats.rx_errors }, { "tx_full", nif->stats.tx_full },
		{ "copied_bytes", nif->stats.copied_bytes }, { "notifies", nif->stats.notifies },
	};
	char name[64];

	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		mir_snprintf(name, sizeof name, "netif_%s{index=\"%u\"}", rows[i].name,
			     nif->device.index);
		add_line(p, name, rows[i].value);
	}
}

static void
counters_handle(struct mir_http_handler *h, const struct mir_http_request *r, struct mir_http_response *out)
{
	struct page p = { 0 };

	(void)h;
	if (!http_text_is(&r->path, ".mir/counters")) {
		http_response_text(out, 404);
		return;
	}
	add_pages(&p, PAGES);
	p.last = p.chain;
	mir_counters_each(add_line, &p);
	for (const struct mir_netif *n = mir_netif_first(); n; n = mir_netif_next(n))
		add_netif(&p, n);
	if (p.failed) {
		mir_buf_free(p.chain);
		http_response_text(out, 503);
		return;
	}
	mir_buf_free(p.last->next);
	p.last->next = NULL;
	out->status = 200;
	out->type = "text/plain; version=0.0.4";
	memcpy(out->extra, "Cache-Control: no-store\r\n", 26);
	out->length = mir_buf_len(p.chain);
	out->body = p.chain;
}

struct mir_http_handler http_counters = { .handle = counters_handle };
