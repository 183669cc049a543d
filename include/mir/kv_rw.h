/* SPDX-License-Identifier: ISC */
/* mir/kv_rw.h - a kv whose values can be set and removed: see mir/kv.h for keys and reading.
 *
 * Ownership:  put takes the chain on success.
 * Blocking:   put and remove may block the task when the values are on a device.
 * Durability: what put or remove did is stable when it returns 0 (as far as the device keeps its
 *             word); a put is seen whole or not at all, after a crash too.
 * Errors:     MIR_EINVAL not a key; MIR_ENOENT remove: no such key; MIR_EFULL no room;
 *             MIR_EMSGSIZE value too large; MIR_EACCES read-only; MIR_EIO, MIR_ENOMEM. */
#ifndef MIR_KV_RW_H
#define MIR_KV_RW_H

#include "mir/kv.h"

struct mir_kv_rw;

struct mir_kv_rw_ops {
	int (*put)(struct mir_kv_rw *, const char *key, size_t key_len, struct mir_buf *value);
	int (*remove)(struct mir_kv_rw *, const char *key, size_t key_len);
};

struct mir_kv_rw {			/* First member of the implementation's struct. */
	struct mir_kv kv;		/* First: what can be written can be read. */
	const struct mir_kv_rw_ops *ops;
};

static inline int
mir_kv_put(struct mir_kv_rw *kv, const char *key, size_t key_len, struct mir_buf *value)
{
	return kv->ops->put(kv, key, key_len, value);
}

static inline int
mir_kv_remove(struct mir_kv_rw *kv, const char *key, size_t key_len)
{
	return kv->ops->remove(kv, key, key_len);
}

#endif
