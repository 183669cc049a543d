/* SPDX-License-Identifier: ISC */
/* The page of counters, as text that Prometheus reads. */
#include <string.h>
#include "mir/format.h"
#include "mir/netif.h"
#include "mir/stats.h"
#include "net/http/http.h"

struct page {
	struct mir_buf *chain;		/* Filled so far. */
	bool failed;
};

static void
add_line(void *ctx, const char *name, uint64_t value)
{
	struct page *p = ctx;
	struct mir_buf *b;
	char line[128];
	int n = mir_snprintf(line, sizeof line, "%s %llu\n", name, (unsigned long long)value);

	b = mir_buf_last(p->chain);
	if (!b || b->len + (size_t)n > b->mem->size - (size_t)(b->data - b->mem->base)) {
		b = mir_buf_alloc(0, 4096);
		if (!b) {
			p->failed = true;
			return;
		}
		b->len = 0;
		mir_buf_append(&p->chain, b);
	}
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
	struct page p = { NULL, false };

	(void)h;
	if (!http_text_is(&r->path, ".mir/counters")) {
		http_response_text(out, 404);
		return;
	}
	mir_counters_each(add_line, &p);
	for (const struct mir_netif *n = mir_netif_first(); n; n = mir_netif_next(n))
		add_netif(&p, n);
	if (p.failed) {
		mir_buf_free(p.chain);
		http_response_text(out, 503);
		return;
	}
	out->status = 200;
	out->type = "text/plain; version=0.0.4";
	memcpy(out->extra, "Cache-Control: no-store\r\n", 26);
	out->length = mir_buf_len(p.chain);
	out->body = p.chain;
}

struct mir_http_handler http_counters = { counters_handle };
