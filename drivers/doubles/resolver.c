/* SPDX-License-Identifier: ISC */
/* A resolver with one answer to all that is a name. */
#include <stdbool.h>
#include <string.h>
#include "drivers/doubles/resolver.h"
#include "lib/text.h"
#include "mir/err.h"
#include "mir/log.h"
#include "mir/param.h"

#define NAME_MAX_BYTES	253
#define LABEL_MAX	63

/* As mir/resolver.h has them: labels of 1..63 bytes, 253 in all, perhaps a final dot. */
static bool
is_name(const char *name)
{
	size_t len = strlen(name), label;

	if (len && name[len - 1] == '.')
		len--;
	if (len == 0 || len > NAME_MAX_BYTES)
		return false;
	for (const char *end = name + len; ; name += label + 1) {
		label = strcspn(name, ".");
		if (label > (size_t)(end - name))
			label = (size_t)(end - name);
		if (label == 0 || label > LABEL_MAX)
			return false;
		if (name + label == end)
			return true;
	}
}

static int
one_answer(struct mir_resolver *resolver, const char *name, struct mir_addr *out, unsigned max,
	   mir_ns deadline)
{
	struct double_resolver *r = (struct double_resolver *)resolver;

	(void)deadline;
	r->questions++;
	if (!is_name(name) || max == 0)
		return MIR_EINVAL;
	*out = r->settings.answer;
	return 1;
}

struct mir_resolver *
double_resolver_make(struct double_resolver *r, const struct double_resolver_settings *s)
{
	static const struct mir_resolver_ops ops = { "double", one_answer };

	*r = (struct double_resolver){ .resolver = { &ops }, .settings = *s };
	return &r->resolver;
}

static int
parse(const char *value, void *to)
{
	uint32_t ip;

	if (text_ipv4(value, &ip))
		return MIR_EINVAL;
	((struct double_resolver_settings *)to)->answer = mir_addr_from_ipv4(ip);
	return MIR_OK;
}

static struct double_resolver_settings chosen;
MIR_PARAM(resolvedouble, parse, &chosen, "A.B.C.D", "the address of all names");

int
double_resolver_open(struct mir_resolver **out)
{
	static const struct mir_addr none;
	static struct double_resolver r;

	if (memcmp(&chosen.answer, &none, sizeof none) == 0
	    && parse(CONFIG_DOUBLE_RESOLVER_WORDS, &chosen)) {
		mir_error("double", "bad value '%s' of the configuration for the key 'resolvedouble'",
			  CONFIG_DOUBLE_RESOLVER_WORDS);
		return MIR_EINVAL;
	}
	*out = double_resolver_make(&r, &chosen);
	mir_warn("double", "all names have one address");
	return MIR_OK;
}
