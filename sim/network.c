/* SPDX-License-Identifier: ISC */
/* Who is joined with whom. */
#include "sim/priv.h"

struct sim_link *
sim_link(struct sim_host *a, struct sim_host *b, const struct linkmodel_settings *faults)
{
	return sim_join(sim_host_port(a), sim_host_port(b), faults);
}

struct sim_link *
sim_plug(struct sim_host *h, struct sim_switch *s, const struct linkmodel_settings *faults)
{
	return sim_join(sim_host_port(h), sim_switch_port(s), faults);
}

struct sim_link *
sim_trunk(struct sim_switch *a, struct sim_switch *b, const struct linkmodel_settings *faults)
{
	return sim_join(sim_switch_port(a), sim_switch_port(b), faults);
}
