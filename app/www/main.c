/* SPDX-License-Identifier: ISC */
/* The www image's wiring: device, stack, content, application. */
#include "app/www/www.h"
#include "fs/kv/baked.h"
#include "mir/boot.h"
#include "mir/err.h"
#include "mir/log.h"
#include "net/stack/stack.h"

int
mir_main(void)
{
	struct stack_config cfg;
	struct mir_stack *stack;
	struct mir_netif *nif;
	int err = stack_params(0, &cfg);

	if (err)
		return err;
	nif = mir_netif_get(0, mir_deadline(mir_now(), MIR_SEC(5)));
	if (!nif) {
		mir_warn("main", "no network device yet: is there a vif in the domain's config?");
		nif = mir_netif_get(0, MIR_NEVER);
	}
	err = stack_open(nif, &cfg, &stack);
	if (err)
		return err;
	return www_start(stack, kv_baked_open());
}
