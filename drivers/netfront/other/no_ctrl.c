/* SPDX-License-Identifier: ISC */
/* No control ring: in the place of ctrl.c. */
#include "drivers/netfront/netfront.h"
#include "mir/err.h"

int
netfront_ctrl_open(struct netfront *nf)
{
	(void)nf;
	return MIR_OK;
}

void
netfront_ctrl_close(struct netfront *nf)
{
	(void)nf;
}

void
netfront_ctrl_connected(struct netfront *nf)
{
	(void)nf;
}

bool
netfront_ctrl_idle(const struct netfront *nf)
{
	(void)nf;
	return true;
}
