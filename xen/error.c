/* SPDX-License-Identifier: ISC */
/* Error numbers of Xen's ABI: their names, and what they are among ours. */
#include <stddef.h>
#include <stdint.h>
#include "xen/abi.h"
#include "mir/err.h"
#include "xen/error.h"

/* Numbers from xen/errno.h. */
static const struct { short number, ours; const char *name; } errors[] = {
	{ 1, MIR_EACCES, "EPERM" },
	{ 2, MIR_ENOENT, "ENOENT" },
	{ 3, MIR_ENOENT, "ESRCH" },
	{ 5, MIR_EIO, "EIO" },
	{ 7, MIR_EMSGSIZE, "E2BIG" },
	{ 11, MIR_EAGAIN, "EAGAIN" },
	{ 12, MIR_ENOMEM, "ENOMEM" },
	{ 13, MIR_EACCES, "EACCES" },
	{ 14, MIR_EINVAL, "EFAULT" },
	{ 16, MIR_EAGAIN, "EBUSY" },
	{ 17, MIR_EEXIST, "EEXIST" },
	{ 19, MIR_ENOENT, "ENODEV" },
	{ 22, MIR_EINVAL, "EINVAL" },
	{ 28, MIR_ENOMEM, "ENOSPC" },
	{ 38, MIR_ENOSYS, "ENOSYS" },
	{ 95, MIR_ENOSYS, "EOPNOTSUPP" },
};

int
xen_err(long result)
{
	if (result >= 0)
		return (int)result;
	for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
		if (errors[i].number == -result)
			return errors[i].ours;
	return MIR_EIO;
}

const char *
xen_errno_name(long result)
{
	for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
		if (errors[i].number == -result)
			return errors[i].name;
	return "unknown";
}

const char *
grant_status_name(int status)
{
	static const char *const names[] = GNTTABOP_error_msgs;

	if (status > 0 || (size_t)-status >= sizeof names / sizeof *names)
		return "unknown";
	return names[-status];
}
