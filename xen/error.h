/* SPDX-License-Identifier: ISC */
/* xen/error.h - Xen's error numbers, made ours. */
#ifndef XEN_ERROR_H
#define XEN_ERROR_H

/* >= 0 unchanged; a negative number of xen/errno.h as an enum mir_err. */
int xen_err(long result);

/* The foreign number's name, "EINVAL"; "unknown" when it has none here. */
const char *xen_errno_name(long result);

/* A grant operation's status (GNTST_*) by name. */
const char *grant_status_name(int status);

#endif
