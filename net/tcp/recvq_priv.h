/* SPDX-License-Identifier: ISC */
/* Between recvq.c and ooo.c. */
#ifndef NET_TCP_RECVQ_PRIV_H
#define NET_TCP_RECVQ_PRIV_H

#include "mir/buf.h"

uint32_t tcp_pinned(const struct mir_buf *b);	/* Bytes of memory that a chain holds. */

#endif
