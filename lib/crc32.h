/* SPDX-License-Identifier: ISC */
/* lib/crc32.h - the checksum of GPT and gzip: CRC-32, polynomial 0xedb88320 (RFC 1952 8). */
#ifndef LIB_CRC32_H
#define LIB_CRC32_H

#include <stddef.h>
#include <stdint.h>

/* Goes on from 'crc', which is 0 at the beginning. */
uint32_t crc32_add(uint32_t crc, const void *data, size_t len);

#endif
