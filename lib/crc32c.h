/* SPDX-License-Identifier: ISC */
/* lib/crc32c.h - the CRC of Castagnoli, as iSCSI has it (RFC 3720, 12.1). */
#ifndef LIB_CRC32C_H
#define LIB_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* Goes on from 'crc', the CRC of what comes before; 0 for the first bytes. */
uint32_t crc32c(uint32_t crc, const void *data, size_t len);

#endif
