/* SPDX-License-Identifier: ISC */
/* Lists of devices, by number, and waiting for one to arrive. */
#include "mir/device.h"
#include "mir/err.h"
#include "mir/log.h"

#define PATIENCE MIR_SEC(5)		/* Before the log says what is missing. */

void
mir_device_add(struct mir_devices *all, struct mir_device *d)
{
	struct mir_device **link = &all->first;

	while (*link && (*link)->index < d->index)
		link = &(*link)->next;
	d->next = *link;
	*link = d;
	mir_wake(&all->arrived);
}

int
mir_device_get(struct mir_devices *all, unsigned index, mir_ns deadline, struct mir_device **out)
{
	int err;

	for (;;) {
		for (struct mir_device *d = all->first; d; d = d->next) {
			if (d->index == index) {
				*out = d;
				return MIR_OK;
			}
		}
		if (deadline <= mir_now())
			return MIR_ENOENT;
		err = mir_wait(&all->arrived, deadline);
		if (err)
			return err == MIR_ETIMEDOUT ? MIR_ENOENT : err;
	}
}

int
mir_device_await(struct mir_devices *all, unsigned index, struct mir_device **out)
{
	int err = mir_device_get(all, index, mir_deadline(mir_now(), PATIENCE), out);

	if (err != MIR_ENOENT)
		return err;
	mir_warn("device", "%s %u has not come yet: is it in the guest's configuration, "
		 "or on the program's command line?",
		 all->what, index);
	return mir_device_get(all, index, MIR_NEVER, out);
}
