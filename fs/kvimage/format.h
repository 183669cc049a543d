/* SPDX-License-Identifier: ISC */
/* fs/kvimage/format.h - the image that scripts/bake --image writes, judged.  Pure.
 *
 * Numbers have the little end first; offsets are bytes.  The image is a head, an index and the
 * content, each from a multiple of 4096 on:
 *
 *	head	  0 "MIRKVIMG"		  8 version 1, 4 bytes	 12 bytes of a chunk, 4 bytes
 *		 16 bytes of it all	 24 files, 4 bytes	 28 zero, 4 bytes
 *		 32 offset of the index	 40 its size
 *		 48 offset of the content	 56 its size, a multiple of 4096
 *		 64 SHA-256 of the index	480 SHA-256 of bytes 0 to 479
 *	index	a row of 56 bytes a file, in byte order of the keys: offsets of key, type and ETag in
 *		the texts, and zero, 4 bytes each; time of change in seconds since 1970, size,
 *		offset in the content, size of the gzip variant (0: none), its offset, 8 bytes each
 *		SHA-256 of each chunk of the content; the last one may be short
 *		the texts, each ended by a 0
 *
 * All that is under a hash may have been made by somebody who knows how: it is judged, too. */
#ifndef FS_KVIMAGE_FORMAT_H
#define FS_KVIMAGE_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/sha256.h"

#define KVIMAGE_HEAD	512u		/* Bytes that are used of the first 4096. */
#define KVIMAGE_ROW	56u
#define KVIMAGE_ALIGN	4096u
#define KVIMAGE_CHUNK_MAX 65536u

struct kvimage_head {
	uint64_t index, index_size;
	uint64_t content, content_size;
	uint32_t files, chunk;
	uint8_t index_hash[SHA256_SIZE];
	uint8_t hash[SHA256_SIZE];	/* The head's own: the image's name. */
};

struct kvimage_row {
	const char *key, *type, *etag;
	uint64_t mtime, size, data, gzip_size, gzip;
};

/* 'size' is the disk's.  MIR_OK, MIR_EPROTO. */
int kvimage_head_parse(const uint8_t head[KVIMAGE_HEAD], uint64_t size, struct kvimage_head *out);

/* index_size bytes; from then on the calls below may be used.  MIR_OK, MIR_EPROTO. */
int kvimage_index_check(const struct kvimage_head *h, const uint8_t *index);

struct kvimage_row kvimage_row(const struct kvimage_head *h, const uint8_t *index, uint32_t n);
const uint8_t *kvimage_chunk_hash(const struct kvimage_head *h, const uint8_t *index, uint64_t n);

/* The row with that key. */
bool kvimage_find(const struct kvimage_head *h, const uint8_t *index, const char *key, size_t len,
		  uint32_t *out);

/* Bytes of chunk 'n'. */
uint32_t kvimage_chunk_size(const struct kvimage_head *h, uint64_t n);

#endif
