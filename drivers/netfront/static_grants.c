/* SPDX-License-Identifier: ISC */
/* Grants of pages whose content never changes, such as files baked into the image: made once,
 * used by every frame that carries the page, kept while there is a connection.
 *
 * A page has one place in the table, so a run of pages as long as the table fits whole.  A page
 * that finds its place taken takes it over, unless the other one is in flight. */
#include "drivers/netfront/netfront.h"
#include "mir/panic.h"
#include "mir/stats.h"
#include "xen/grant.h"

#define PLACES	CONFIG_NETFRONT_STATIC_PAGES

static struct place {
	const void *page;
	grant_ref_t ref;		/* 0: free. */
	uint16_t users;			/* Requests in flight. */
	domid_t domain;
} table[PLACES];

static uint64_t uses;
MIR_COUNTER(netfront_static_grants, &uses, "requests that took a grant made before");

static bool
release(struct place *p)
{
	if (p->ref && (p->users || grant_end(p->ref)))
		return false;
	p->ref = 0;
	return true;
}

grant_ref_t
static_grant_get(domid_t domain, const void *page, uint16_t *place)
{
	unsigned at = (uintptr_t)page / MIR_PAGE_SIZE % PLACES;
	struct place *p = &table[at];
	int ref;

	if (p->ref && p->page == page && p->domain == domain) {
		uses++;
	} else {
		if (!release(p))
			return 0;
		ref = grant_access(domain, page, true);
		if (ref < 0)
			return 0;
		*p = (struct place){ .page = page, .ref = (grant_ref_t)ref, .domain = domain };
	}
	p->users++;
	*place = (uint16_t)(at + 1);
	return p->ref;
}

void
static_grant_put(uint16_t place)
{
	MIR_ASSERT(table[place - 1].users);
	table[place - 1].users--;
}

/* What a backend still has mapped stays until its place is wanted. */
void
static_grants_end(void)
{
	for (unsigned i = 0; i < PLACES; i++)
		release(&table[i]);
}
