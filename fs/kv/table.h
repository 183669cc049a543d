/* SPDX-License-Identifier: ISC */
/* fs/kv/table.h - the table of baked files, as scripts/bake writes it. */
#ifndef FS_KV_TABLE_H
#define FS_KV_TABLE_H

#include <stdint.h>

struct kv_file {			/* All 8 bytes wide: the assembler writes .quad. */
	const char *key;
	const char *type;
	const char *etag;		/* With its quotes. */
	uint64_t mtime;			/* Seconds since 1970. */
	uint64_t size;			/* Bytes at 'data'. */
	const uint8_t *data;
	uint64_t gzip_size;		/* 0: no such variant. */
	const uint8_t *gzip;
};

extern const struct kv_file kv_files[];	/* In byte order of the keys. */
extern const uint64_t kv_file_count;
extern uint8_t kv_content[];		/* What data and gzip point into. */
extern const uint64_t kv_content_size;

#endif
