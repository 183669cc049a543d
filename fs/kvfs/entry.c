/* SPDX-License-Identifier: ISC */
/* What is known of files, until the file system tells of a change.
 *
 * Then a look at size and time tells whether it was this file's, unless it was hashed so soon
 * after its time of change that another one would have left the same: FAT counts two seconds. */
#include <stdlib.h>
#include <string.h>
#include "fs/kvfs/impl.h"
#include "mir/err.h"
#include "mir/stats.h"

#define TICK	4u			/* Seconds that may be between a change and its time. */

static uint64_t looks;
MIR_COUNTER(kvfs_looks, &looks, "times the file system was asked for a file");

static void
unlink_entry(struct kvfs_entry *e)
{
	e->next->prev = e->prev;
	e->prev->next = e->next;
}

static void
link_behind(struct kvfs_entry *at, struct kvfs_entry *e)
{
	e->prev = at;
	e->next = at->next;
	at->next->prev = e;
	at->next = e;
}

uint64_t
kvfs_cookie(const struct kvfs *k, const struct kvfs_entry *e)
{
	return (uint64_t)e->generation << 32 | (uint64_t)(e - k->entries);
}

struct kvfs_entry *
kvfs_by_cookie(struct kvfs *k, uint64_t cookie)
{
	uint32_t n = (uint32_t)cookie;
	struct kvfs_entry *e = n < CONFIG_KVFS_FILES ? &k->entries[n] : NULL;

	return e && e->key && e->generation == cookie >> 32 ? e : NULL;
}

bool
kvfs_is_current(const struct kvfs *k, const struct kvfs_entry *e)
{
	return e->known && e->changes == k->fs->changes && e->volumes == k->fs->volumes;
}

/* Goes to the list's end, where free ones are. */
void
kvfs_forget(struct kvfs *k, struct kvfs_entry *e)
{
	kvfs_close_all(k, e);
	free(e->key);
	e->key = NULL;
	e->known = false;
	e->generation++;
	unlink_entry(e);
	link_behind(k->list.prev, e);
}

static struct kvfs_entry *
find(struct kvfs *k, const char *key, size_t len)
{
	struct kvfs_entry *e;

	for (e = k->list.next; e != &k->list && e->key; e = e->next)
		if (strncmp(e->key, key, len) == 0 && !e->key[len])
			return e;
	return NULL;
}

static int
add(struct kvfs *k, const char *key, size_t len, struct kvfs_entry **out)
{
	struct kvfs_entry *e = k->list.prev;

	while (e != &k->list && (e->working || e->readers))
		e = e->prev;
	if (e == &k->list)
		return MIR_EAGAIN;
	if (e->key)
		kvfs_forget(k, e);
	e->key = strndup(key, len);
	*out = e;
	return e->key ? MIR_OK : MIR_ENOMEM;
}

static bool
same(const struct kvfs_file *a, const struct kvfs_file *b)
{
	return a->size == b->size && a->mtime == b->mtime;
}

/* Looks for NAME.gz; 'seen' all zero: there is none. */
static int
see_variant(struct kvfs *k, const struct kvfs_entry *e, char path[KVFS_PATH],
	    struct kvfs_file *seen)
{
	size_t len = strlen(e->key);
	int err;

	*seen = (struct kvfs_file){ 0, 0 };
	if (!sitekey_type(e->key, len)->compressed)
		return MIR_OK;
	memcpy(path, e->key, len);
	memcpy(path + len, ".gz", 4);
	err = kvfs_stat_exact(k, path, seen);
	return err == MIR_ENOENT ? MIR_OK : err;
}

/* Reads the file, and its variant's ends. */
static int
learn(struct kvfs *k, struct kvfs_entry *e, const struct kvfs_file *file, const char *gz,
      const struct kvfs_file *seen)
{
	struct kvfs_digest d;
	bool use = false;
	int err = kvfs_digest(k, e->key, file, &d);

	if (!err && seen->size && d.has_crc)
		err = kvfs_is_variant(k, gz, seen->size, file->size, d.crc, &use);
	if (err)
		return err;
	if (!e->known || strcmp(e->etag, d.etag) || e->gzip.size != (use ? seen->size : 0)) {
		kvfs_close_all(k, e);
		e->generation++;
	}
	memcpy(e->etag, d.etag, sizeof e->etag);
	e->file = *file;
	e->gzip_seen = *seen;
	e->gzip = use ? *seen : (struct kvfs_file){ 0, 0 };
	e->hashed = mir_clock_wall(k->clock) / MIR_SEC(1);
	return MIR_OK;
}

/* Makes the entry true as of the file system's state before it looked. */
static int
verify(struct kvfs *k, struct kvfs_entry *e)
{
	uint64_t changes = k->fs->changes, volumes = k->fs->volumes;
	struct kvfs_file file, seen;
	char gz[KVFS_PATH];
	int err;

	looks++;
	err = kvfs_stat_exact(k, e->key, &file);
	if (!err)
		err = see_variant(k, e, gz, &seen);
	if (err)
		return err;
	if (!e->known || e->volumes != volumes || !same(&e->file, &file) ||
	    !same(&e->gzip_seen, &seen) || e->hashed < file.mtime + TICK ||
	    e->hashed < seen.mtime + TICK)
		err = learn(k, e, &file, gz, &seen);
	if (err)
		return err;
	e->known = true;
	e->changes = changes;
	e->volumes = volumes;
	return MIR_OK;
}

int
kvfs_look_up(struct kvfs *k, const char *key, size_t len, struct kvfs_entry **out)
{
	struct kvfs_entry *e;
	int err;

	if (len > KVFS_KEY_MAX || !sitekey_is_valid(key, len))
		return MIR_ENOENT;
	while ((e = find(k, key, len)) && e->working) {
		err = mir_wait(&k->worked, MIR_NEVER);
		if (err)
			return err;
	}
	if (!e) {
		err = add(k, key, len, &e);
		if (err)
			return err;
	}
	unlink_entry(e);
	link_behind(&k->list, e);
	if (!kvfs_is_current(k, e)) {
		e->working = true;
		err = verify(k, e);
		e->working = false;
		mir_wake(&k->worked);
		if (err) {
			kvfs_forget(k, e);
			return err;
		}
	}
	*out = e;
	return MIR_OK;
}
