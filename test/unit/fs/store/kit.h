/* SPDX-License-Identifier: ISC */
/* test/unit/fs/store/kit.h - a store in memory, and short words for what tests do to it. */
#ifndef TEST_STORE_KIT_H
#define TEST_STORE_KIT_H

#include <stdio.h>
#include <stdarg.h>
#include <stdlib.h>
#include "fs/store/store.h"
#include "mir/err.h"
#include "test/unit/harness.h"

static struct mir_odb *odb;
static struct mir_store *s;

static inline void
begin(void)
{
	CHECK_EQ(store_memory_open(&odb), MIR_OK);
	CHECK_EQ(store_open(odb, mir_clock, &s), MIR_OK);
}

static inline void
end(void)
{
	store_close(s);
	store_memory_close(odb);
}

static inline int
put(const char *branch, const char *path, const char *text)
{
	return mir_store_put(s, branch, path, text, strlen(text), path);
}

/* The value as text; valid until the next call. */
static inline const char *
get(const char *revision, const char *path)
{
	static char text[100];
	struct mir_store_value v;
	struct mir_store_view view;
	int err = mir_store_view_open(s, revision, &view);

	if (err)
		return mir_err_name(err);
	err = mir_store_get(&view, path, &v);
	mir_store_view_close(&view);
	if (err)
		return mir_err_name(err);
	CHECK_EQ(((char *)v.data)[v.size], 0);
	snprintf(text, sizeof text, "%s", (char *)v.data);
	mir_store_value_free(&v);
	return text;
}

/* The names in a folder with a comma behind each. */
static inline const char *
list(const char *revision, const char *folder)
{
	static char text[1000];
	struct mir_store_view view;
	struct mir_store_entry e;
	uint64_t at = 0;
	int n;

	CHECK_EQ(mir_store_view_open(s, revision, &view), MIR_OK);
	text[0] = '\0';
	while ((n = mir_store_list(&view, folder, &at, &e)) > 0)
		snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s,", e.name,
			 e.mode == MIR_STORE_FOLDER ? "/" : "");
	mir_store_view_close(&view);
	return n ? mir_err_name(n) : text;
}

/* Messages with a comma behind each. */
static inline const char *
history(const char *revision, const char *path)
{
	static char text[4000];
	struct mir_store_commit c;
	struct mir_store_log *l;
	int n = mir_store_log_open(s, revision, path, &l);

	if (n)
		return mir_err_name(n);
	text[0] = '\0';
	while ((n = mir_store_log_next(l, &c)) > 0) {
		c.message[strcspn(c.message, "\n")] = '\0';
		snprintf(text + strlen(text), sizeof text - strlen(text), "%s,", c.message);
	}
	mir_store_log_close(l);
	return n ? mir_err_name(n) : text;
}

static inline int
say(const char *branch, const char *path, const char *text)
{
	test_wall += MIR_SEC(1);
	return mir_store_put(s, branch, path, text, strlen(text), text);
}

static inline struct mir_oid
at(const char *revision)
{
	struct mir_oid id = { { 0 } };

	CHECK_EQ(mir_store_resolve(s, revision, &id), MIR_OK);
	return id;
}

static inline int
merge(const char *branch, const char *from, mir_store_merger *merger)
{
	const struct mir_store_note note = { "merge", NULL };
	struct mir_oid theirs = at(from);

	test_wall += MIR_SEC(1);
	return mir_store_merge(s, branch, &theirs, merger, NULL, &note, NULL, NULL);
}

/* A merger: all three values as one text. */
static inline int
joined(void *ctx, const struct mir_store_conflict *c, struct mir_store_value *out)
{
	(void)ctx;
	out->mode = MIR_STORE_VALUE;
	out->data = malloc(100);
	if (!out->data)
		return MIR_ENOMEM;
	out->size = (size_t)snprintf(out->data, 100, "%.20s<%.20s|%.20s>",
				     c->base.mode ? (char *)c->base.data : "none",
				     c->ours.mode ? (char *)c->ours.data : "none",
				     c->theirs.mode ? (char *)c->theirs.data : "none");
	return MIR_OK;
}

/* Each call to the backend lets the others run. */
static struct mir_odb_ops slow_real __attribute__((unused));

static inline int
slow_read(struct mir_odb *o, const struct mir_oid *id, struct mir_object *out)
{
	mir_yield();
	return slow_real.read(o, id, out);
}

static inline int
slow_ref_get(struct mir_odb *o, const char *name, struct mir_oid *out)
{
	mir_yield();
	return slow_real.ref_get(o, name, out);
}

static inline int
slow_ref_set(struct mir_odb *o, const char *name, const struct mir_oid *old,
	     const struct mir_oid *new)
{
	int err;

	mir_yield();
	err = slow_real.ref_set(o, name, old, new);
	mir_yield();
	return err;
}

static unsigned running __attribute__((unused));

static inline void
writer(void *arg)
{
	unsigned n = (unsigned)(uintptr_t)arg;
	char path[32];

	for (unsigned i = 0; i < 20; i++) {
		snprintf(path, sizeof path, "t%u/%u", n, i);
		CHECK_EQ(put("main", path, path), MIR_OK);
		mir_yield();
	}
	running--;
}

#endif
