/* SPDX-License-Identifier: ISC */
/* mir/kv.h - named values that are only read: a site's files, certificates, settings.
 *
 * Keys are '/'-separated paths without a leading '/', in UTF-8: "index.html", "docs/x.png".
 * Ownership: values are views of the implementation's memory; the caller frees the chain.
 * Blocking:  'get' may block the task when the values are on a device (never when baked in).
 * Errors:    MIR_ENOENT no such key; MIR_EIO, MIR_EPROTO from a device. */
#ifndef MIR_KV_H
#define MIR_KV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "mir/buf.h"

enum mir_kv_encoding { MIR_KV_IDENTITY, MIR_KV_GZIP, MIR_KV_ENCODINGS };

struct mir_kv_info {
	uint64_t size;			/* Bytes, of the identity value. */
	uint64_t mtime;			/* Seconds since 1970. */
	const char *type;		/* "text/html; charset=utf-8"; lives as long as the kv. */
	const char *etag;		/* With its quotes; of the identity value.
					 * Valid until the next stat. */
	uint64_t encoded_size[MIR_KV_ENCODINGS];	/* Bytes; 0 where there is none. */
	uint64_t cookie;		/* The implementation's own, for 'read'. */
};

struct mir_kv;

struct mir_kv_ops {
	const char *name;
	bool blocks;			/* stat and read may block the task. */
	int (*stat)(struct mir_kv *, const char *key, size_t key_len, struct mir_kv_info *out);

	/* Views of the bytes [offset, offset + len) of the value in that encoding. */
	int (*read)(struct mir_kv *, const struct mir_kv_info *, enum mir_kv_encoding,
		    uint64_t offset, size_t len, struct mir_buf **out);

	/* The 'n'th key in byte order, or NULL behind the last. */
	const char *(*key)(struct mir_kv *, unsigned n);
};

struct mir_kv {				/* First member of the implementation's struct. */
	const struct mir_kv_ops *ops;
};

static inline int
mir_kv_stat(struct mir_kv *kv, const char *key, size_t key_len, struct mir_kv_info *out)
{
	return kv->ops->stat(kv, key, key_len, out);
}

static inline int
mir_kv_read(struct mir_kv *kv, const struct mir_kv_info *info, enum mir_kv_encoding e,
	    uint64_t offset, size_t len, struct mir_buf **out)
{
	return kv->ops->read(kv, info, e, offset, len, out);
}

#endif
