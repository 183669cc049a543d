/* SPDX-License-Identifier: ISC */
/* test/unit/fs/store/log_test.h - a log on a simulated disk, for its tests. */
#ifndef TEST_UNIT_FS_STORE_LOG_TEST_H
#define TEST_UNIT_FS_STORE_LOG_TEST_H

#include <stdlib.h>
#include "fs/store/log_state.h"
#include "fs/store/object.h"
#include "mir/err.h"
#include "test/support/crashdisk.h"
#include "test/unit/harness.h"

static const struct store_log_limits limits = { 64, 64, 8 };
static struct crashdisk disk;
static struct mir_odb *odb;

/* Runs 'fn' as a task, to its end. */
static inline void
in_task(void (*fn)(void *), void *arg)
{
	mir_spawn("test", fn, arg);
	test_run_for(MIR_SEC(1000));
}

static inline int
open_disk(struct crashdisk *d)
{
	return store_log_open_with(&d->block, &limits, &odb);
}

static inline void
reopen(struct crashdisk *d)
{
	store_log_close(odb);
	odb = NULL;
	CHECK_EQ(open_disk(d), MIR_OK);
}

/* A blob of 'size' bytes that 'n' decides. */
static inline void *
blob(uint64_t n, size_t size, struct mir_oid *id)
{
	uint8_t *data = malloc(size + 1);

	for (size_t i = 0; i < size; i++) {
		n = n * 6364136223846793005u + 1442695040888963407u;
		data[i] = (uint8_t)(n >> 56);
	}
	object_id(MIR_OBJECT_BLOB, data, size, id);
	return data;
}

static inline int
put_blob(uint64_t n, size_t size, struct mir_oid *id)
{
	void *data = blob(n, size, id);
	int err = odb->ops->write(odb, id, MIR_OBJECT_BLOB, data, size);

	free(data);
	return err;
}

static inline int
get_blob(uint64_t n, size_t size)
{
	struct mir_object o;
	struct mir_oid id;
	void *data = blob(n, size, &id);
	int err = odb->ops->read(odb, &id, &o);

	if (!err) {
		CHECK_EQ(o.kind, MIR_OBJECT_BLOB);
		CHECK_EQ(o.size, size);
		CHECK(memcmp(o.data, data, size) == 0);
		free(o.data);
	}
	free(data);
	return err;
}

#endif
