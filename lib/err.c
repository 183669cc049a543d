/* SPDX-License-Identifier: ISC */
/* Names of the errors. */
#include "mir/err.h"

const char *
mir_err_name(int err)
{
	static const char *const names[] = {
		[-MIR_OK] = "success", [-MIR_EAGAIN] = "not now", [-MIR_ENOMEM] = "out of memory",
		[-MIR_EINVAL] = "invalid argument", [-MIR_EPROTO] = "protocol violation",
		[-MIR_EIO] = "input/output error", [-MIR_ENOENT] = "not found",
		[-MIR_EEXIST] = "exists already", [-MIR_EACCES] = "permission denied",
		[-MIR_ETIMEDOUT] = "timed out", [-MIR_ECANCELED] = "cancelled",
		[-MIR_EGONE] = "closed or gone", [-MIR_ERESET] = "reset by the peer",
		[-MIR_EREFUSED] = "refused by the peer", [-MIR_EUNREACH] = "unreachable",
		[-MIR_ENOSYS] = "not supported", [-MIR_EMSGSIZE] = "too large",
		[-MIR_EFULL] = "no space left",
	};

	if (err > 0 || err < MIR_ERR_LAST)
		return "unknown error";
	return names[-err];
}
