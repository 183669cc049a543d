/* SPDX-License-Identifier: ISC */
/* A received page goes up only when the backend can't reach it any more. */
#include "drivers/netfront/netfront.h"
#include "xen/grant.h"

int
rx_page_take(struct rx_page *p)
{
	int err = grant_end(p->ref);

	if (!err)
		p->ref = 0;
	return err;
}
