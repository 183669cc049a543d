/* SPDX-License-Identifier: ISC */
/* xen/grant.h - lending pages to other domains.
 *
 * The table grows as needed, up to Xen's limit for the domain.  A page must hold nothing but
 * what the other domain may see.  Nothing here blocks. */
#ifndef XEN_GRANT_H
#define XEN_GRANT_H

#include <stdbool.h>
#include "xen/abi.h"

/* Lends the page at 'va'; the reference (> 0) or MIR_ENOMEM. */
int grant_access(domid_t domain, const void *va, bool readonly);

/* Takes the page back.  MIR_EAGAIN: the domain still uses it; the grant stays. */
int grant_end(grant_ref_t ref);

/* Takes the page back as soon as the domain lets go of it, then calls done(ctx), at once where
 * possible.  Until then the page must not be used for anything else. */
void grant_end_later(grant_ref_t ref, void (*done)(void *ctx), void *ctx);

/* The same for whole pages of mir_page_alloc, which are freed. */
void grant_end_free_page(grant_ref_t ref, void *page);

unsigned grants_in_use(void);

#endif
