/* SPDX-License-Identifier: ISC */
/* The kv itself. */
#include <stdlib.h>
#include <string.h>
#include "fs/kvfs/impl.h"
#include "mir/err.h"
#include "mir/log.h"
#include "mir/stats.h"

static uint64_t changed_files;
MIR_COUNTER(kvfs_changed, &changed_files, "reads that failed since the file was changed");

static int
kvfs_stat(struct mir_kv *kv, const char *key, size_t len, struct mir_kv_info *out)
{
	struct kvfs *k = (struct kvfs *)kv;
	struct kvfs_entry *e;
	int err = kvfs_look_up(k, key, len, &e);

	if (err)
		return err;
	*out = (struct mir_kv_info){
		.size = e->file.size, .mtime = e->file.mtime, .etag = e->etag,
		.type = sitekey_type(e->key, len)->type, .cookie = kvfs_cookie(k, e),
		.encoded_size = { e->file.size, e->gzip.size } };
	return MIR_OK;
}

/* The entry, if it still stands for what was looked at. */
static int
current(struct kvfs *k, const struct mir_kv_info *info, struct kvfs_entry **out)
{
	struct kvfs_entry *e = kvfs_by_cookie(k, info->cookie);
	char key[KVFS_KEY_MAX + 1];
	size_t len;
	int err = MIR_OK;

	if (!e)
		return MIR_EGONE;
	if (!kvfs_is_current(k, e)) {
		len = strlen(e->key);
		memcpy(key, e->key, len);
		err = kvfs_look_up(k, key, len, &e);
		if (!err && e != kvfs_by_cookie(k, info->cookie))
			err = MIR_EGONE;
	}
	*out = e;
	return err == MIR_ENOENT ? MIR_EGONE : err;
}

static int
read_current(struct kvfs *k, const struct mir_kv_info *info, enum mir_kv_encoding enc,
	     uint64_t offset, size_t len, struct mir_buf **out)
{
	struct kvfs_entry *e;
	int err = current(k, info, &e);

	if (err)
		return err;
	e->readers++;
	err = kvfs_read(k, e, enc, offset, len, out);
	e->readers--;
	if (err || kvfs_is_current(k, e))
		return err;
	err = current(k, info, &e);	/* Something changed: these bytes? */
	if (err)
		mir_buf_free(*out);
	return err;
}

static int
kvfs_read_value(struct mir_kv *kv, const struct mir_kv_info *info, enum mir_kv_encoding enc,
		uint64_t offset, size_t len, struct mir_buf **out)
{
	int err;

	if (offset > info->encoded_size[enc] || len > info->encoded_size[enc] - offset)
		return MIR_EINVAL;
	if (len == 0) {
		*out = mir_buf_alloc(0, 0);
		return *out ? MIR_OK : MIR_ENOMEM;
	}
	err = read_current((struct kvfs *)kv, info, enc, offset, len, out);
	changed_files += err == MIR_EGONE;
	return err;
}

int
kvfs_make(struct mir_clock *clock, struct mir_fs *fs, bool rw, struct kvfs **out)
{
	static const struct mir_kv_ops ops = { .name = "file system", .stat = kvfs_stat,
					       .read = kvfs_read_value, .key = kvfs_key };
	static const struct mir_kv_rw_ops rw_ops = { .put = kvfs_put, .remove = kvfs_remove };
	struct kvfs *k = calloc(1, sizeof *k);
	int err;

	if (!k)
		return MIR_ENOMEM;
	k->kv.kv.ops = &ops;
	k->kv.ops = &rw_ops;
	k->clock = clock;
	k->fs = fs;
	k->entries = calloc(CONFIG_KVFS_FILES, sizeof *k->entries);
	k->list.next = k->list.prev = &k->list;
	for (unsigned i = 0; k->entries && i < CONFIG_KVFS_FILES; i++) {
		k->entries[i].prev = k->list.prev;
		k->entries[i].next = &k->list;
		k->list.prev->next = &k->entries[i];
		k->list.prev = &k->entries[i];
	}
	err = !k->entries ? MIR_ENOMEM : rw ? kvfs_clean(k) : MIR_OK;
	if (err)
		kvfs_free(k);
	else
		*out = k;
	return err;
}

struct mir_kv_rw *
kvfs_kv(struct kvfs *k)
{
	return &k->kv;
}

void
kvfs_free(struct kvfs *k)
{
	kvfs_close_all(k, NULL);
	kvfs_forget_keys(k);
	for (unsigned i = 0; k->entries && i < CONFIG_KVFS_FILES; i++)
		free(k->entries[i].key);
	free(k->entries);
	free(k);
}

int
kvfs_open(struct mir_clock *clock, struct mir_fs *fs, struct mir_kv **out)
{
	struct kvfs *k;
	int err = kvfs_make(clock, fs, false, &k);

	if (!err)
		*out = &k->kv.kv;
	return err;
}

int
kvfs_rw_open(struct mir_clock *clock, struct mir_fs *fs, struct mir_kv_rw **out)
{
	struct kvfs *k;
	int err = kvfs_make(clock, fs, true, &k);

	if (err)
		mir_error("kvfs", "what a crash left can't be removed: %s", mir_err_name(err));
	else
		*out = &k->kv;
	return err;
}
