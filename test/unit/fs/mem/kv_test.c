/* SPDX-License-Identifier: ISC */
/* sources: fs/mem/path.c */
/* fs/mem/kv: values are replaced whole, keys are sorted, and there is an end to both. */
#include "fs/mem/mem.h"
#include "mir/err.h"
#include "test/unit/harness.h"

static struct mir_kv_rw *
empty(void)
{
	struct mir_kv_rw *kv;

	CHECK_EQ(kv_mem_open(mir_clock, &kv), MIR_OK);
	return kv;
}

static int
put(struct mir_kv_rw *kv, const char *key, const void *data, size_t len)
{
	struct mir_buf *b = mir_buf_copy_in(data, len);
	int err = mir_kv_put(kv, key, strlen(key), b);

	if (err)
		mir_buf_free(b);
	return err;
}

TEST(a_value_is_replaced_whole_and_readers_keep_theirs)
{
	struct mir_kv_rw *kv = empty();
	struct mir_kv_info old, new;
	struct mir_buf *b;

	CHECK_EQ(put(kv, "a/b", "first", 5), MIR_OK);
	CHECK_EQ(mir_kv_stat(&kv->kv, "a/b", 3, &old), MIR_OK);
	CHECK_EQ(old.size, 5);
	CHECK_EQ(mir_kv_read(&kv->kv, &old, MIR_KV_IDENTITY, 1, 3, &b), MIR_OK);
	CHECK_EQ(put(kv, "a/b", "2nd", 3), MIR_OK);
	CHECK_MEM(b->data, "irs", 3);
	mir_buf_free(b);
	CHECK_EQ(mir_kv_read(&kv->kv, &old, MIR_KV_IDENTITY, 0, 5, &b), MIR_ENOENT);
	CHECK_EQ(mir_kv_stat(&kv->kv, "a/b", 3, &new), MIR_OK);
	CHECK_EQ(new.size, 3);
	CHECK_EQ(mir_kv_read(&kv->kv, &new, MIR_KV_IDENTITY, 0, 4, &b), MIR_EINVAL);
	CHECK_EQ(mir_kv_read(&kv->kv, &new, MIR_KV_GZIP, 0, 1, &b), MIR_EINVAL);
	CHECK_EQ(mir_kv_read(&kv->kv, &new, MIR_KV_IDENTITY, 3, 0, &b), MIR_OK);
	CHECK_EQ(mir_buf_len(b), 0);
	mir_buf_free(b);
	CHECK_EQ(mir_kv_remove(kv, "a/b", 3), MIR_OK);
	CHECK_EQ(mir_kv_remove(kv, "a/b", 3), MIR_ENOENT);
	CHECK_EQ(mir_kv_stat(&kv->kv, "a/b", 3, &new), MIR_ENOENT);
	kv_mem_clear(kv);
}

TEST(keys_are_sorted_and_checked)
{
	struct mir_kv_rw *kv = empty();

	CHECK_EQ(put(kv, "b", "", 0), MIR_OK);
	CHECK_EQ(put(kv, "c", "", 0), MIR_OK);
	CHECK_EQ(put(kv, "a", "", 0), MIR_OK);
	CHECK_STR(kv->kv.ops->key(&kv->kv, 0), "a");
	CHECK_STR(kv->kv.ops->key(&kv->kv, 2), "c");
	CHECK(!kv->kv.ops->key(&kv->kv, 3));
	CHECK_EQ(put(kv, "", "", 0), MIR_EINVAL);
	CHECK_EQ(put(kv, "/a", "", 0), MIR_EINVAL);
	CHECK_EQ(mir_kv_put(kv, "a\0b", 3, NULL), MIR_EINVAL);
	kv_mem_clear(kv);
}

TEST(the_bounds_hold)
{
	static uint8_t big[CONFIG_KV_MEM_KIB * 1024 + 1];
	struct mir_kv_rw *kv = empty();
	char key[2] = "a";

	CHECK_EQ(put(kv, "a", big, sizeof big), MIR_EMSGSIZE);
	CHECK_EQ(put(kv, "a", big, sizeof big - 1), MIR_OK);
	CHECK_EQ(put(kv, "b", big, 1), MIR_EFULL);
	CHECK_EQ(put(kv, "a", big, 10), MIR_OK);
	for (int i = 1; i < CONFIG_KV_MEM_VALUES; i++) {
		key[0]++;
		CHECK_EQ(put(kv, key, big, 1), MIR_OK);
	}
	CHECK_EQ(put(kv, "one more", big, 1), MIR_EFULL);
	CHECK_EQ(put(kv, "a", big, 11), MIR_OK);
	kv_mem_clear(kv);
}
