/* SPDX-License-Identifier: ISC */
/* drivers/doubles/resolver: one answer to all names, none to what is no name. */
#include "drivers/doubles/resolver.h"
#include "mir/err.h"
#include "mir/param.h"
#include "test/unit/harness.h"

TEST(all_names_have_the_one_address)
{
	struct mir_resolver *r;
	struct mir_addr got[2];
	char why[200], longer[70];

	CHECK_EQ(mir_param_parse("resolvedouble=300.0.0.1", why, sizeof why), MIR_EINVAL);
	CHECK_EQ(mir_param_parse("resolvedouble=192.0.2.7", why, sizeof why), MIR_OK);
	CHECK_EQ(double_resolver_open(&r), MIR_OK);
	CHECK_EQ(mir_resolve(r, "example.org", got, 2, MIR_NEVER), 1);
	CHECK_EQ(mir_addr_to_ipv4(got), 0xc0000207);
	CHECK_EQ(mir_resolve(r, "a.", got, 2, 0), 1);
	CHECK_EQ(mir_resolve(r, "", got, 2, 0), MIR_EINVAL);
	CHECK_EQ(mir_resolve(r, ".", got, 2, 0), MIR_EINVAL);
	CHECK_EQ(mir_resolve(r, "a..b", got, 2, 0), MIR_EINVAL);
	CHECK_EQ(mir_resolve(r, ".b", got, 2, 0), MIR_EINVAL);
	memset(longer, 'x', 64);
	longer[64] = '\0';
	CHECK_EQ(mir_resolve(r, longer, got, 2, 0), MIR_EINVAL);
	CHECK_EQ(mir_resolve(r, longer + 1, got, 2, 0), 1);
	CHECK_EQ(((struct double_resolver *)r)->questions, 8);
}
