/* SPDX-License-Identifier: ISC */
/* Values that are set: a hidden file, synced, takes the key's name, and that is synced. */
#include <stdlib.h>
#include <string.h>
#include "fs/kvfs/impl.h"
#include "mir/err.h"
#include "mir/format.h"

#define HIDDEN	".put-"
#define TRIES	4u			/* When others take away the folder. */
#define PATIENCE MIR_SEC(5)		/* While somebody reads what is to be replaced. */

/* Each folder above the key. */
static int
make_folders(struct kvfs *k, const char *key)
{
	char path[KVFS_PATH];
	int err;

	for (const char *at = key; (at = strchr(at, '/')); at++) {
		memcpy(path, key, (size_t)(at - key));
		path[at - key] = '\0';
		err = k->fs->ops->mkdir(k->fs, path);
		if (err && err != MIR_EEXIST)
			return err;
	}
	return MIR_OK;
}

/* The chain is the caller's, whatever happens. */
static int
write_file(struct kvfs *k, struct mir_file *f, struct mir_buf *value)
{
	size_t len = mir_buf_len(value);
	struct mir_buf *copy;
	int err;

	if (len) {
		copy = mir_buf_clone(value, 0, len);
		if (!copy)
			return MIR_ENOMEM;
		err = f->ops->write(f, 0, copy);
		if (err) {
			mir_buf_free(copy);
			return err;
		}
	}
	return mir_file_sync(k->fs, f);
}

static int
make_file(struct kvfs *k, const char *path, struct mir_buf *value)
{
	struct mir_file *f;
	int err = k->fs->ops->open(k->fs, path, MIR_FS_WRITE | MIR_FS_CREATE | MIR_FS_EXCLUSIVE, &f);

	if (err)
		return err;
	err = write_file(k, f, value);
	f->ops->close(f);
	if (err)
		k->fs->ops->remove(k->fs, path);
	return err;
}

/* Calls a change of the key's file, which must not be open, until it isn't. */
static int
change(struct kvfs *k, const char *key, const char *from)
{
	mir_ns limit = mir_deadline(mir_now(), PATIENCE);
	int err;

	for (;;) {
		kvfs_close_all(k, NULL);
		err = from ? mir_fs_replace(k->fs, from, key) : k->fs->ops->remove(k->fs, key);
		if (err != MIR_EAGAIN || mir_wait(&k->worked, limit))
			return err;
	}
}

static int
put_at(struct kvfs *k, const char *key, struct mir_buf *value)
{
	char hidden[32];
	int err;

	mir_snprintf(hidden, sizeof hidden, HIDDEN "%llx", (unsigned long long)++k->serial);
	err = make_file(k, hidden, value);
	if (err)
		return err;
	err = MIR_ENOENT;
	for (unsigned i = 0; i < TRIES && err == MIR_ENOENT; i++) {
		err = make_folders(k, key);
		if (!err)
			err = change(k, key, hidden);
	}
	if (err)
		k->fs->ops->remove(k->fs, hidden);
	else
		err = k->fs->ops->sync(k->fs);
	return err == MIR_EEXIST ? MIR_EINVAL : err;	/* There is a folder of that name. */
}

int
kvfs_put(struct mir_kv_rw *kv, const char *key, size_t len, struct mir_buf *value)
{
	char *path;
	int err;

	if (len > KVFS_KEY_MAX || !sitekey_is_valid(key, len))
		return MIR_EINVAL;
	path = strndup(key, len);
	if (!path)
		return MIR_ENOMEM;
	err = put_at((struct kvfs *)kv, path, value);
	free(path);
	if (!err)
		mir_buf_free(value);
	return err;
}

/* Folders that hold nothing any more are no keys, and would stand in the way of one. */
static void
remove_folders(struct kvfs *k, char *path)
{
	char *slash;

	while ((slash = strrchr(path, '/'))) {
		*slash = '\0';
		if (k->fs->ops->remove(k->fs, path))
			return;
	}
}

int
kvfs_remove(struct mir_kv_rw *kv, const char *key, size_t len)
{
	struct kvfs *k = (struct kvfs *)kv;
	struct kvfs_file f;
	char *path;
	int err;

	if (len > KVFS_KEY_MAX || !sitekey_is_valid(key, len))
		return MIR_ENOENT;
	path = strndup(key, len);
	if (!path)
		return MIR_ENOMEM;
	err = kvfs_stat_exact(k, path, &f);
	if (!err)
		err = change(k, path, NULL);
	if (!err) {
		remove_folders(k, path);
		err = k->fs->ops->sync(k->fs);
	}
	free(path);
	return err;
}

int
kvfs_clean(struct kvfs *k)
{
	struct mir_fs_entry *e = malloc(sizeof *e);
	uint64_t at = 0;
	int got;

	if (!e)
		return MIR_ENOMEM;
	while ((got = k->fs->ops->list(k->fs, "", &at, e)) > 0) {
		if (strncmp(e->name, HIDDEN, strlen(HIDDEN)) || e->info.folder)
			continue;
		got = k->fs->ops->remove(k->fs, e->name);
		if (got)
			break;
		at = 0;			/* Whether places stay where they are, nobody says. */
	}
	free(e);
	return got;
}
