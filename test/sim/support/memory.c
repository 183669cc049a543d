/* SPDX-License-Identifier: ISC */
/* With sanitizers pages come from the host: test/unit/support/page.c. */
#include "sim/priv.h"

void
sim_memory_init(void)
{
}
