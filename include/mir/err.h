/* SPDX-License-Identifier: ISC */
/* mir/err.h - the one list of errors, for every interface and every module.
 *
 * Functions that can fail return 0 (MIR_OK) or a count when they succeed, and one of these
 * negative values when they do not.  Foreign codes (grant status, xenstore's error strings)
 * are turned into these at the edge, where the foreign name is logged. */
#ifndef MIR_ERR_H
#define MIR_ERR_H

enum mir_err {
	MIR_OK = 0,
	MIR_EAGAIN = -1,	/* Not now; the caller is told when (see the call). */
	MIR_ENOMEM = -2,	/* No memory or no slot within the configured limit. */
	MIR_EINVAL = -3,	/* The caller's argument, or a user's setting, is senseless. */
	MIR_EPROTO = -4,	/* The peer (network, other domain, disk) broke its protocol. */
	MIR_EIO = -5,		/* The device or the other domain reported a failure. */
	MIR_ENOENT = -6,	/* No such key, file, address or device. */
	MIR_EEXIST = -7,	/* It is there already, or the port is in use. */
	MIR_EACCES = -8,	/* Permission denied. */
	MIR_ETIMEDOUT = -9,	/* The deadline passed first. */
	MIR_ECANCELED = -10,	/* The waiting task was cancelled. */
	MIR_EGONE = -11,	/* The object was closed or its device went away. */
	MIR_ERESET = -12,	/* The peer reset the connection. */
	MIR_EREFUSED = -13,	/* The peer refused the connection. */
	MIR_EUNREACH = -14,	/* No route, or no answer to address resolution. */
	MIR_ENOSYS = -15,	/* This implementation cannot do it. */
	MIR_EMSGSIZE = -16,	/* Larger than the interface carries. */
	MIR_EFULL = -17,	/* No space is left on the device. */
	MIR_ERR_LAST = MIR_EFULL,
};

/* The error's name, e.g. "timed out"; "unknown error" for a number that is not in the list.
 * Static text, never NULL. */
const char *mir_err_name(int err);

#endif
