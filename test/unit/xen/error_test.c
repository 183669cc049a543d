/* SPDX-License-Identifier: ISC */
/* Foreign error numbers and their names. */
#include "mir/err.h"
#include "test/unit/harness.h"
#include "xen/abi.h"
#include "xen/error.h"

TEST(xens_numbers_are_made_ours)
{
	CHECK_EQ(xen_err(0), 0);
	CHECK_EQ(xen_err(17), 17);
	CHECK_EQ(xen_err(-1), MIR_EACCES);
	CHECK_EQ(xen_err(-12), MIR_ENOMEM);
	CHECK_EQ(xen_err(-16), MIR_EAGAIN);
	CHECK_EQ(xen_err(-38), MIR_ENOSYS);
	CHECK_EQ(xen_err(-4711), MIR_EIO);
}

TEST(they_have_names)
{
	CHECK_STR(xen_errno_name(-22), "EINVAL");
	CHECK_STR(xen_errno_name(-95), "EOPNOTSUPP");
	CHECK_STR(xen_errno_name(-4711), "unknown");
	CHECK_STR(xen_errno_name(5), "unknown");
}

TEST(grant_states_have_names)
{
	CHECK_STR(grant_status_name(GNTST_okay), "okay");
	CHECK_STR(grant_status_name(GNTST_bad_domain), "unrecognised domain id");
	CHECK_STR(grant_status_name(1), "unknown");
	CHECK_STR(grant_status_name(-1000), "unknown");
}
