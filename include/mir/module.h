/* SPDX-License-Identifier: ISC */
/* mir/module.h - code that starts itself because it was linked in.
 *
 * A module's start function runs once at boot, in the order of the levels, on the boot stack
 * before the scheduler's loop: it may spawn tasks and set timers but not block.  An error is
 * logged with the module's name and boot goes on. */
#ifndef MIR_MODULE_H
#define MIR_MODULE_H

enum mir_level {
	MIR_LEVEL_BUS,			/* xenbus, virtio-mmio: can look for devices after. */
	MIR_LEVEL_DRIVER,		/* Driver registers with its bus. */
	MIR_LEVEL_SERVICE,		/* Shutdown watch, entropy refresh. */
	MIR_LEVELS
};

struct mir_module {
	const char *name;
	enum mir_level level;
	int (*start)(void);
};

#define MIR_MODULE(id, lvl, fn)							\
	static const struct mir_module mir_module_##id				\
	__attribute__((used, section("mir_modules"), aligned(8))) = {		\
		.name = #id, .level = (lvl), .start = (fn) }

void mir_modules_start(void);

#endif
