/* SPDX-License-Identifier: ISC */
/* sources: fs/kvstore/[a-z]*.c fs/store/[a-z]*.c fs/mem/path.c */
/* fs/kvstore: a branch behaves as mir/kv_rw.h says, and keeps what was. */
#include <stdio.h>
#include "fs/kvstore/kvstore.h"
#include "fs/store/store.h"
#include "mir/err.h"
#include "test/unit/harness.h"

static struct mir_odb *odb;
static struct mir_store *s;
static struct mir_kv_rw *kv;

static void
begin(void)
{
	CHECK_EQ(store_memory_open(&odb), MIR_OK);
	CHECK_EQ(store_open(odb, mir_clock, &s), MIR_OK);
	CHECK_EQ(kvstore_open(s, &kv), MIR_OK);
}

static void
end(void)
{
	kvstore_close(kv);
	store_close(s);
	store_memory_close(odb);
}

static int
put(const char *key, const void *data, size_t len)
{
	struct mir_buf *b = mir_buf_copy_in(data, len);
	int err = mir_kv_put(kv, key, strlen(key), b);

	if (err)
		mir_buf_free(b);
	return err;
}

TEST(values_are_put_read_in_pieces_and_removed)
{
	static char big[20000], back[20000];
	struct mir_kv_info info, small;
	struct mir_buf *b;

	begin();
	for (unsigned i = 0; i < sizeof big; i++)
		big[i] = (char)(i * 31);
	CHECK_EQ(mir_kv_stat(&kv->kv, "a/b", 3, &info), MIR_ENOENT);
	CHECK_EQ(put("a/b", big, sizeof big), MIR_OK);
	CHECK_EQ(put("c", "", 0), MIR_OK);
	CHECK_EQ(mir_kv_stat(&kv->kv, "a/b", 3, &info), MIR_OK);
	CHECK_EQ(info.size, sizeof big);
	CHECK_STR(info.type, "application/octet-stream");
	CHECK_EQ(info.mtime, test_wall / MIR_SEC(1));
	CHECK_EQ(strlen(info.etag), 42);
	CHECK_EQ(mir_kv_read(&kv->kv, &info, MIR_KV_IDENTITY, 5000, 10000, &b), MIR_OK);
	CHECK_EQ(mir_buf_copy_out(b, 0, back, sizeof back), 10000);
	CHECK_MEM(back, big + 5000, 10000);
	mir_buf_free(b);
	CHECK_EQ(mir_kv_read(&kv->kv, &info, MIR_KV_IDENTITY, sizeof big, 1, &b), MIR_EINVAL);
	CHECK_EQ(mir_kv_read(&kv->kv, &info, MIR_KV_GZIP, 0, 1, &b), MIR_EINVAL);
	CHECK_EQ(mir_kv_stat(&kv->kv, "c", 1, &small), MIR_OK);
	CHECK_STR(small.etag, "\"e69de29bb2d1d6434b8b29ae775ad8c2e48c5391\"");
	CHECK_EQ(put("a/b", "new", 3), MIR_OK);	/* Who looked reads what he saw. */
	CHECK_EQ(mir_kv_read(&kv->kv, &info, MIR_KV_IDENTITY, 0, 5, &b), MIR_OK);
	CHECK_MEM(b->data, big, 5);
	mir_buf_free(b);
	CHECK_EQ(mir_kv_remove(kv, "a", 1), MIR_ENOENT);	/* A folder is no value. */
	CHECK_EQ(mir_kv_remove(kv, "a/b", 3), MIR_OK);
	CHECK_EQ(mir_kv_remove(kv, "a/b", 3), MIR_ENOENT);
	CHECK_EQ(mir_kv_stat(&kv->kv, "a/b", 3, &info), MIR_ENOENT);
	CHECK_EQ(mir_kv_stat(&kv->kv, "a", 1, &info), MIR_ENOENT);
	CHECK_EQ(mir_kv_stat(&kv->kv, "../x", 4, &info), MIR_ENOENT);
	end();
}

TEST(what_cannot_be_kept_stays_with_the_caller)
{
	static char big[CONFIG_STORE_VALUE_KIB * 1024 + 1];

	begin();
	CHECK_EQ(put("a", big, sizeof big), MIR_EMSGSIZE);
	CHECK_EQ(put("", "x", 1), MIR_EINVAL);
	CHECK_EQ(put("/a", "x", 1), MIR_EINVAL);
	CHECK_EQ(mir_kv_put(kv, "a\0b", 3, NULL), MIR_EINVAL);
	CHECK_EQ(put("a/b", "x", 1), MIR_OK);
	CHECK_EQ(put("a", "x", 1), MIR_EINVAL);
	end();
}

TEST(keys_by_number_are_sorted)
{
	struct mir_store_change link = { "a/link", MIR_STORE_LINK, "x", 1, NULL };
	const struct mir_store_note note = { "", NULL };
	static char path[800][40];
	static struct mir_store_change many[800];

	begin();
	CHECK(!kv->kv.ops->key(&kv->kv, 0));
	CHECK_EQ(put("a/x", "", 0), MIR_OK);
	CHECK_EQ(put("a.b", "", 0), MIR_OK);
	CHECK_EQ(put("a0", "", 0), MIR_OK);
	CHECK_EQ(mir_store_update(s, "main", &link, 1, &note, NULL), MIR_OK);
	CHECK_STR(kv->kv.ops->key(&kv->kv, 0), "a.b");
	CHECK_STR(kv->kv.ops->key(&kv->kv, 1), "a/x");
	CHECK_STR(kv->kv.ops->key(&kv->kv, 2), "a0");
	CHECK(!kv->kv.ops->key(&kv->kv, 3));
	for (unsigned i = 0; i < 800; i++) {
		snprintf(path[i], sizeof path[i], "many/%024u", i);
		many[i] = (struct mir_store_change){ path[i], MIR_STORE_VALUE, "", 0, NULL };
	}
	CHECK_EQ(mir_store_update(s, "main", many, 800, &note, NULL), MIR_OK);
	for (unsigned i = 0; i < 800; i++)
		CHECK_STR(kv->kv.ops->key(&kv->kv, 3 + i), path[i]);
	CHECK(!kv->kv.ops->key(&kv->kv, 803));
	end();
}
