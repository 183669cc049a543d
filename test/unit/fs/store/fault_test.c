/* SPDX-License-Identifier: ISC */
/* sources: fs/store/[a-z]*.c fs/mem/path.c */
/* libs: -Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=realloc */
/* fs/store: whichever call of the backend fails, and whenever there is no memory, it is an error; what
 * was done before is there, and nothing leaks. */
#include "test/unit/fs/store/kit.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

static unsigned calls_left, memory_left;	/* Until one fails; 0: none does. */
static bool failed;

static bool
fails(unsigned *left)
{
	if (!*left || --*left)
		return false;
	failed = true;
	return true;
}

void *
__wrap_malloc(size_t size)
{
	return fails(&memory_left) ? NULL : __real_malloc(size);
}

void *
__wrap_calloc(size_t count, size_t size)
{
	return fails(&memory_left) ? NULL : __real_calloc(count, size);
}

void *
__wrap_realloc(void *old, size_t size)
{
	return fails(&memory_left) ? NULL : __real_realloc(old, size);
}

static int
bad_read(struct mir_odb *o, const struct mir_oid *id, struct mir_object *out)
{
	return fails(&calls_left) ? MIR_EIO : slow_real.read(o, id, out);
}

static int
bad_stat(struct mir_odb *o, const struct mir_oid *id, struct mir_object *out)
{
	return fails(&calls_left) ? MIR_EIO : slow_real.stat(o, id, out);
}

static int
bad_write(struct mir_odb *o, const struct mir_oid *id, enum mir_object_kind kind, const void *data,
	  size_t size)
{
	return fails(&calls_left) ? MIR_EFULL : slow_real.write(o, id, kind, data, size);
}

static int
bad_ref_get(struct mir_odb *o, const char *name, struct mir_oid *out)
{
	return fails(&calls_left) ? MIR_EIO : slow_real.ref_get(o, name, out);
}

static int
bad_ref_set(struct mir_odb *o, const char *name, const struct mir_oid *old, const struct mir_oid *new)
{
	return fails(&calls_left) ? MIR_EIO : slow_real.ref_set(o, name, old, new);
}

static int
bad_ref_next(struct mir_odb *o, char name[MIR_REF_MAX], struct mir_oid *out)
{
	return fails(&calls_left) ? MIR_EIO : slow_real.ref_next(o, name, out);
}

static bool kept[8];			/* That put number so returned MIR_OK. */

static void
try_put(unsigned n, const char *branch)
{
	char path[20];

	snprintf(path, sizeof path, "f%u/g/%u", n % 3, n);
	kept[n] = put(branch, path, path) == MIR_OK;
}

static int
ignore(void *ctx, const struct mir_store_delta *d)
{
	(void)ctx;
	(void)d;
	return 0;
}

static void
try_reading(void)
{
	struct mir_store_commit c;
	struct mir_store_log *l;
	struct mir_store_view v;
	struct mir_store_value value;

	if (mir_store_log_open(s, "main", "f1", &l) == MIR_OK) {
		while (mir_store_log_next(l, &c) > 0)
			continue;
		mir_store_log_close(l);
	}
	if (mir_store_view_open(s, "main", &v))
		return;
	if (mir_store_get(&v, "f1/g/1", &value) == MIR_OK)
		mir_store_value_free(&value);
	mir_store_diff(s, NULL, &v.commit, ignore, NULL);
	mir_store_view_close(&v);
}

static void
scenario(void)
{
	const struct mir_store_note note = { "m", NULL };
	struct mir_oid base = { { 0 } }, side = { { 0 } };

	memset(kept, 0, sizeof kept);
	for (unsigned i = 0; i < 4; i++)
		try_put(i, "main");
	mir_store_resolve(s, "main", &base);
	mir_store_branch(s, "side", &base);
	mir_store_tag(s, "t", &base, &note);
	put("side", "both", "side");
	put("main", "both", "main");
	mir_store_resolve(s, "side", &side);
	mir_store_merge(s, "main", &side, joined, NULL, &note, NULL, NULL);
	cache_clear(s);
	try_put(4, "main");
	mir_store_revert(s, "main", &base, &note, NULL, NULL);	/* Number 3, or none. */
	try_reading();
	mir_store_branch_remove(s, "side");
	mir_store_gc(s);
	try_put(5, "main");
}

/* All that was promised is there, and all that is reached, too. */
static void
check_promises(void)
{
	char path[20];

	for (unsigned i = 0; i < 6; i++) {
		snprintf(path, sizeof path, "f%u/g/%u", i % 3, i);
		if (kept[i] && i != 3 && i != 2)
			CHECK_STR(get("main", path), path);
	}
	CHECK_EQ(mir_store_gc(s), MIR_OK);
	CHECK_EQ(put("main", "after", "after"), MIR_OK);
	CHECK_STR(get("main", "after"), "after");
}

static bool
run_with(unsigned calls, unsigned memory)
{
	struct mir_odb_ops bad;

	begin();
	bad = slow_real = *odb->ops;
	bad.read = bad_read;
	bad.stat = bad_stat;
	bad.write = bad_write;
	bad.ref_get = bad_ref_get;
	bad.ref_set = bad_ref_set;
	bad.ref_next = bad_ref_next;
	odb->ops = &bad;
	calls_left = calls;
	memory_left = memory;
	failed = false;
	scenario();
	calls_left = memory_left = 0;
	odb->ops = &slow_real;
	check_promises();
	end();
	return failed;
}

TEST(any_call_of_the_backend_may_fail)
{
	unsigned n = 0;

	CHECK(!run_with(0, 0));
	while (run_with(++n, 0))
		continue;
	CHECK_MSG(n > 100, "only %u calls", n);
}

TEST(memory_may_be_short_at_any_time)
{
	unsigned n = 0;

	while (run_with(0, ++n))
		continue;
	CHECK_MSG(n > 150, "only %u allocations", n);
}
