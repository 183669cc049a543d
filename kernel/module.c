/* SPDX-License-Identifier: ISC */
/* Starts the modules that were linked in, level by level. */
#include "mir/err.h"
#include "mir/log.h"
#include "mir/module.h"

extern const struct mir_module __start_mir_modules[] __attribute__((weak));
extern const struct mir_module __stop_mir_modules[] __attribute__((weak));

void
mir_modules_start(void)
{
	const struct mir_module *m;
	int err;

	for (int level = 0; level < MIR_LEVELS; level++) {
		for (m = __start_mir_modules; m < __stop_mir_modules; m++) {
			if ((int)m->level != level)
				continue;
			err = m->start();
			if (err)
				mir_error(m->name, "did not start: %s", mir_err_name(err));
		}
	}
}
