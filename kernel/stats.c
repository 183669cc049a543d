/* SPDX-License-Identifier: ISC */
/* Visits all counters: the declared ones, then pages, buffers and pools. */
#include "mir/buf.h"
#include "mir/format.h"
#include "mir/page.h"
#include "mir/pool.h"
#include "mir/stats.h"

extern const struct mir_counter *const __start_mir_counters[] __attribute__((weak));
extern const struct mir_counter *const __stop_mir_counters[] __attribute__((weak));

static void
visit_pools(void (*visit)(void *, const char *, uint64_t), void *ctx)
{
	char name[80];

	for (const struct mir_pool *p = mir_pool_first(); p; p = p->next) {
		mir_snprintf(name, sizeof name, "pool_in_use{pool=\"%s\"}", p->name);
		visit(ctx, name, p->in_use);
		mir_snprintf(name, sizeof name, "pool_peak{pool=\"%s\"}", p->name);
		visit(ctx, name, p->peak);
		mir_snprintf(name, sizeof name, "pool_failures{pool=\"%s\"}", p->name);
		visit(ctx, name, p->failures);
	}
}

void
mir_counters_each(void (*visit)(void *ctx, const char *name, uint64_t value), void *ctx)
{
	const struct mir_counter *const *c;

	for (c = __start_mir_counters; c < __stop_mir_counters; c++)
		visit(ctx, (*c)->name, *(*c)->value);
	visit(ctx, "pages_free", mir_page_free_count());
	visit(ctx, "pages_total", mir_page_total_count());
	visit(ctx, "buf_copied_bytes", mir_buf_stats.copied_bytes);
	visit(ctx, "buf_views", mir_buf_stats.views);
	visit(ctx, "buf_pages", mir_buf_stats.pages);
	visit(ctx, "buf_failures", mir_buf_stats.failures);
	visit_pools(visit, ctx);
}
