/* SPDX-License-Identifier: ISC */
/* A branch of a store as a kv. */
#include <stdlib.h>
#include <string.h>
#include "fs/kvstore/impl.h"
#include "fs/store/store.h"
#include "lib/sitekey.h"
#include "mir/err.h"

#define BRANCH CONFIG_KV_STORE_BRANCH

char *
kvstore_key(const char *key, size_t len, int *err)
{
	char *text;

	*err = MIR_EINVAL;
	if (len == 0 || len > CONFIG_STORE_PATH || memchr(key, '\0', len))
		return NULL;
	text = malloc(len + 1);
	*err = text ? MIR_OK : MIR_ENOMEM;
	if (!text)
		return NULL;
	memcpy(text, key, len);
	text[len] = '\0';
	return text;
}

static bool
is_value(enum mir_store_mode mode)
{
	return mode == MIR_STORE_VALUE || mode == MIR_STORE_PROGRAM;
}

/* What is there now, and the time of the commit. */
static int
look(struct kvstore *kv, const char *path, struct mir_store_value *v, uint64_t *time)
{
	struct mir_store_commit *c = malloc(sizeof *c);
	struct mir_store_view now;
	int err = c ? mir_store_view_open(kv->store, BRANCH, &now) : MIR_ENOMEM;

	if (!err) {
		err = mir_store_stat(&now, path, v);
		if (!err)
			err = mir_store_commit_read(kv->store, &now.commit, c);
		if (!err)
			*time = c->time;
		mir_store_view_close(&now);
	}
	free(c);
	return err ? err : is_value(v->mode) ? MIR_OK : MIR_ENOENT;
}

static int
kvstore_stat(struct mir_kv *base, const char *key, size_t len, struct mir_kv_info *out)
{
	struct kvstore *kv = (struct kvstore *)base;
	struct mir_store_value v;
	uint64_t time;
	int err;
	char *path = kvstore_key(key, len, &err);

	if (path)
		err = look(kv, path, &v, &time);
	free(path);
	if (err)
		return err == MIR_EINVAL || err == MIR_EMSGSIZE ? MIR_ENOENT : err;
	kv->etag[0] = '"';
	oid_to_hex(&v.id, kv->etag + 1);
	memcpy(kv->etag + 1 + OID_HEX, "\"", 2);
	*out = (struct mir_kv_info){
		.size = v.size, .mtime = time, .type = sitekey_type(key, len)->type,
		.etag = kv->etag, .encoded_size = { v.size }, .cookie = ++kv->looks };
	kv->look[out->cookie % KVSTORE_LOOKS] = v.id;
	return MIR_OK;
}

/* The whole value, which stays for the next piece of it. */
static int
load(struct kvstore *kv, const struct mir_oid *id)
{
	struct mir_store_value v = { .id = *id };
	int err;

	if (kv->last.data && mir_oid_equal(&kv->last.id, id))
		return MIR_OK;
	err = object_value(kv->store, id, &v);
	if (err)
		return err;
	mir_store_value_free(&kv->last);
	kv->last = v;
	return MIR_OK;
}

static int
kvstore_read(struct mir_kv *base, const struct mir_kv_info *info, enum mir_kv_encoding e,
	     uint64_t offset, size_t len, struct mir_buf **out)
{
	struct kvstore *kv = (struct kvstore *)base;
	struct mir_oid id;
	int err;

	if (kv->looks - info->cookie >= KVSTORE_LOOKS)
		return MIR_ENOENT;
	if (e != MIR_KV_IDENTITY || offset > info->size || len > info->size - offset)
		return MIR_EINVAL;
	id = kv->look[info->cookie % KVSTORE_LOOKS];
	err = load(kv, &id);
	if (err)
		return err;
	*out = len ? mir_buf_copy_in((char *)kv->last.data + offset, len) : mir_buf_alloc(0, 0);
	return *out ? MIR_OK : MIR_ENOMEM;
}

static int
put(struct kvstore *kv, const char *path, const struct mir_buf *value)
{
	struct mir_store_change c = { .path = path, .mode = MIR_STORE_VALUE,
				      .size = mir_buf_len(value) };
	const struct mir_store_note note = { "put", NULL };
	char *data;
	int err;

	if (c.size > STORE_VALUE_MAX)
		return MIR_EMSGSIZE;
	data = malloc(c.size + 1);
	if (!data)
		return MIR_ENOMEM;
	mir_buf_copy_out(value, 0, data, c.size);
	c.data = data;
	err = mir_store_update(kv->store, BRANCH, &c, 1, &note, NULL);
	free(data);
	return err;
}

static int
kvstore_put(struct mir_kv_rw *base, const char *key, size_t len, struct mir_buf *value)
{
	int err;
	char *path = kvstore_key(key, len, &err);

	if (path)
		err = put((struct kvstore *)base, path, value);
	free(path);
	if (!err)
		mir_buf_free(value);
	return err;
}

/* The value that is there, and nothing that takes its place meanwhile: a folder, say. */
static int
remove_value(struct kvstore *kv, const char *path)
{
	struct mir_store_value v;
	struct mir_store_change c = { .path = path, .mode = MIR_STORE_NONE, .expect = &v.id };
	const struct mir_store_note note = { "remove", NULL };
	uint64_t time;
	int err;

	do {
		err = look(kv, path, &v, &time);
		if (!err)
			err = mir_store_update(kv->store, BRANCH, &c, 1, &note, NULL);
	} while (err == MIR_EEXIST);
	return err;
}

static int
kvstore_remove(struct mir_kv_rw *base, const char *key, size_t len)
{
	int err;
	char *path = kvstore_key(key, len, &err);

	if (path)
		err = remove_value((struct kvstore *)base, path);
	free(path);
	return err;
}

int
kvstore_open(struct mir_store *store, struct mir_kv_rw **out)
{
	static const struct mir_kv_ops read = {
		.name = "store", .stat = kvstore_stat, .read = kvstore_read, .key = kvstore_nth };
	static const struct mir_kv_rw_ops write = { .put = kvstore_put, .remove = kvstore_remove };
	struct kvstore *kv = calloc(1, sizeof *kv);

	if (!kv)
		return MIR_ENOMEM;
	kv->kv = (struct mir_kv_rw){ { &read }, &write };
	kv->store = store;
	*out = &kv->kv;
	return MIR_OK;
}

int
kvstore_content_open(struct mir_store *store, struct mir_kv **out)
{
	struct mir_kv_rw *kv;
	int err = kvstore_open(store, &kv);

	if (!err)
		*out = &kv->kv;
	return err;
}

void
kvstore_close(struct mir_kv_rw *base)
{
	struct kvstore *kv = (struct kvstore *)base;

	mir_store_value_free(&kv->last);
	free(kv->keys);
	free(kv);
}
