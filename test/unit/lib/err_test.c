/* SPDX-License-Identifier: ISC */
/* Each error has a name of its own. */
#include <limits.h>
#include "mir/err.h"
#include "test/unit/harness.h"

TEST(each_error_has_its_own_name)
{
	for (int err = 0; err >= MIR_ERR_LAST; err--)
		for (int other = 0; other > err; other--)
			CHECK(strcmp(mir_err_name(err), mir_err_name(other)) != 0);
	CHECK_STR(mir_err_name(MIR_ETIMEDOUT), "timed out");
}

TEST(numbers_outside_the_list_are_unknown)
{
	CHECK_STR(mir_err_name(1), "unknown error");
	CHECK_STR(mir_err_name(MIR_ERR_LAST - 1), "unknown error");
	CHECK_STR(mir_err_name(INT_MIN), "unknown error");
	CHECK_STR(mir_err_name(INT_MAX), "unknown error");
}
