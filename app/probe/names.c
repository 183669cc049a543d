/* SPDX-License-Identifier: ISC */
/* Names: what a resolver makes of one. */
#include "app/probe/tell.h"
#include "lib/text.h"
#include "mir/err.h"
#include "mir/param.h"

static const char *name = "probe.example";
MIR_PARAM(name, mir_param_text, &name, "NAME", "what probe asks the resolver for");

void
try_names(struct mir_resolver *names)
{
	struct mir_addr a;
	char text[TEXT_IPV4];
	int n = mir_resolve(names, name, &a, 1, mir_deadline(mir_now(), MIR_SEC(3)));

	if (n < 1)
		tell("names", false, "%s: %s", name, n ? mir_err_name(n) : "no address");
	else
		tell("names", true, "%s is %s by '%s'", name,
		     text_from_ipv4(mir_addr_to_ipv4(&a), text), names->ops->name);
}
