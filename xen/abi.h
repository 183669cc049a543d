/* SPDX-License-Identifier: ISC */
/* xen/abi.h - Xen's public headers, in the version of the interface that we speak.
 *
 * To be included before, or in place of, any <xen/...> header. */
#ifndef XEN_ABI_H
#define XEN_ABI_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifndef __XEN_INTERFACE_VERSION__
#define __XEN_INTERFACE_VERSION__ 0x00040e00	/* xen/xen-compat.h: the latest there is. */
#endif

#include <xen/xen.h>
#include <xen/event_channel.h>
#include <xen/grant_table.h>

#endif
