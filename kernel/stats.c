/* SPDX-License-Identifier: ISC */
/* Visits all counters: the declared ones, then pages, buffers and pools. */
#include <string.h>
#include "mir/buf.h"
#include "mir/format.h"
#include "mir/page.h"
#include "mir/pool.h"
#include "mir/stats.h"

#define NAME_MAX 80

extern const struct mir_counter __start_mir_counters[] __attribute__((weak));
extern const struct mir_counter __stop_mir_counters[] __attribute__((weak));
extern const struct mir_counter_group __start_mir_counter_groups[] __attribute__((weak));
extern const struct mir_counter_group __stop_mir_counter_groups[] __attribute__((weak));

static void
visit_group(const struct mir_counter_group *g,
	    void (*visit)(void *, const char *, uint64_t), void *ctx)
{
	const uint64_t *value = g->values;
	char name[NAME_MAX];

	for (const char *n = g->names; *n; n += strlen(n) + 1) {
		mir_snprintf(name, sizeof name, "%s%s", g->prefix, n);
		visit(ctx, name, *value++);
	}
}

static void
visit_pools(void (*visit)(void *, const char *, uint64_t), void *ctx)
{
	char name[NAME_MAX];

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
	const struct mir_counter *c;
	const struct mir_counter_group *g;

	for (c = __start_mir_counters; c < __stop_mir_counters; c++)
		visit(ctx, c->name, *c->value);
	for (g = __start_mir_counter_groups; g < __stop_mir_counter_groups; g++)
		visit_group(g, visit, ctx);
	visit(ctx, "pages_free", mir_page_free_count());
	visit(ctx, "pages_total", mir_page_total_count());
	visit(ctx, "buf_copied_bytes", mir_buf_stats.copied_bytes);
	visit(ctx, "buf_views", mir_buf_stats.views);
	visit(ctx, "buf_pages", mir_buf_stats.pages);
	visit(ctx, "buf_failures", mir_buf_stats.failures);
	visit_pools(visit, ctx);
}
