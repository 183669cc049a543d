/* SPDX-License-Identifier: ISC */
/* The grant table: its pages from Xen, and grants whose end has to wait for the other domain. */
#include "arch/x86_64/arch_boot.h"
#include "mir/err.h"
#include "mir/log.h"
#include "mir/page.h"
#include "mir/pool.h"
#include "mir/stats.h"
#include "mir/timer.h"
#include "xen/error.h"
#include "xen/grant.h"
#include "xen/grant_list.h"
#include "xen/guest.h"
#include "xen/hypercall.h"

#define RETRY	MIR_MS(500)		/* Between looks at grants that are still in use. */

struct late {
	struct late *next;
	grant_ref_t ref;
	void (*done)(void *);
	void *ctx;
};

static struct grant_list table;
static struct late *late_list;
static struct mir_pool late_pool = MIR_POOL(struct late, "grants to end later", 0);
static uint64_t lost, lends, late;
MIR_COUNTER(grant_in_use, &table.in_use, "pages that other domains may use now");
MIR_COUNTER(grant_lends, &lends, "pages lent to other domains");
MIR_COUNTER(grant_ends_late, &late, "pages a domain still used when they were to be taken back");
MIR_COUNTER(grant_lost_pages, &lost, "pages given up: a domain kept them, no memory to note it");

/* Maps the table's page number 'index' in the place of 'page'. */
static long
map_pv(unsigned index, void *page)
{
	xen_pfn_t frames[GRANT_PAGES_MAX];
	struct gnttab_setup_table arg = { .dom = DOMID_SELF, .nr_frames = index + 1 };
	uint64_t frame;
	long err;

	set_xen_guest_handle(arg.frame_list, frames);
	err = hypercall_grant_table_op(GNTTABOP_setup_table, &arg, 1);
	if (!err && arg.status != GNTST_okay) {
		mir_warn("grant", "table of %u pages: %s", index + 1,
			 grant_status_name(arg.status));
		return -1;
	}
	frame = frames[index];
	return err ? err : arch_map_mfns(page, &frame, 1);
}

static bool
grow(void)
{
	void *page = table.pages < GRANT_PAGES_MAX ? mir_page_alloc(1) : NULL;
	long err;

	if (!page)
		return false;
	if (xen_boot.pv)
		err = map_pv(table.pages, page);
	else
		err = xen_map_xen_page(XENMAPSPACE_grant_table, table.pages, page);
	if (err) {
		mir_warn("grant", "the table stays at %u pages: %s", table.pages,
			 xen_errno_name(err));
		mir_page_free(page, 1);
		return false;
	}
	grant_list_add(&table, page);
	return true;
}

int
grant_access(domid_t domain, const void *va, bool readonly)
{
	if (!table.free && !grow())
		return MIR_ENOMEM;
	lends++;
	return (int)grant_list_lend(&table, domain, xen_va_to_gfn(va), readonly);
}

int
grant_end(grant_ref_t ref)
{
	return grant_list_end(&table, ref);
}

static void
retry(struct mir_timer *t)
{
	struct late **link = &late_list, *l;

	while ((l = *link)) {
		if (grant_end(l->ref)) {
			link = &l->next;
			continue;
		}
		*link = l->next;
		l->done(l->ctx);
		mir_pool_put(&late_pool, l);
	}
	if (late_list)
		mir_timer_set(t, mir_now() + RETRY);
}

static struct mir_timer retry_timer = MIR_TIMER_INIT(retry);

void
grant_end_later(grant_ref_t ref, void (*done)(void *ctx), void *ctx)
{
	struct late *l;

	if (grant_end(ref) == MIR_OK) {
		done(ctx);
		return;
	}
	late++;
	l = mir_pool_get(&late_pool);
	if (!l) {
		lost++;
		return;
	}
	*l = (struct late){ .next = late_list, .ref = ref, .done = done, .ctx = ctx };
	late_list = l;
	if (!mir_timer_is_set(&retry_timer))
		mir_timer_set(&retry_timer, mir_now() + RETRY);
}

static void
free_page(void *page)
{
	mir_page_free(page, 1);
}

void
grant_end_free_page(grant_ref_t ref, void *page)
{
	grant_end_later(ref, free_page, page);
}

unsigned
grants_in_use(void)
{
	return (unsigned)table.in_use;
}
