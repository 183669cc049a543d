/* SPDX-License-Identifier: ISC */
/* Changes by path, as one commit. */
#include <stdlib.h>
#include <string.h>
#include "fs/store/store.h"
#include "mir/err.h"

struct update {
	struct change change;		/* First. */
	const struct mir_store_change *changes;
	struct mir_oid *ids;		/* Of their values. */
	unsigned count;
};

static int
check_change(const struct mir_store_change *c)
{
	if (c->mode == MIR_STORE_FOLDER || c->mode == MIR_STORE_MODULE || !*c->path)
		return MIR_EINVAL;
	if (c->mode && c->size > STORE_VALUE_MAX)
		return MIR_EMSGSIZE;
	return store_path_check(c->path);
}

static int
check_expected(struct edit *e, const struct mir_store_change *c)
{
	enum mir_store_mode mode;
	struct mir_oid id;
	int err;

	if (!c->expect)
		return MIR_OK;
	err = edit_look(e, c->path, &mode, &id);
	return err || mir_oid_equal(&id, c->expect) ? err : MIR_EEXIST;
}

static int
apply(struct edit *e, const struct update *u)
{
	int err = MIR_OK;

	for (unsigned i = 0; i < u->count && !err; i++) {
		err = check_expected(e, &u->changes[i]);
		if (!err)
			err = edit_set(e, u->changes[i].path, u->changes[i].mode, &u->ids[i]);
	}
	return err;
}

static int
update_make(struct change *c, struct mir_store *s, const struct mir_oid *head,
	    const struct mir_oid *tree)
{
	struct edit *e;
	int err = edit_open(s, tree, &e);

	(void)head;
	if (err)
		return err;
	err = apply(e, (struct update *)c);
	if (!err)
		err = edit_write(e, &c->tree);
	edit_close(e);
	return err;
}

/* The values, which are the same whatever becomes of the branch. */
static int
update_prepare(struct change *change, struct mir_store *s)
{
	struct update *u = (struct update *)change;
	const struct mir_store_change *c = u->changes;
	int err = MIR_OK;

	for (unsigned i = 0; i < u->count && !err; i++, c++)
		if (c->mode)
			err = object_write(s, MIR_OBJECT_BLOB, c->size ? c->data : "", c->size,
					   &u->ids[i]);
	return err;
}

int
mir_store_update(struct mir_store *s, const char *branch, const struct mir_store_change changes[],
		 unsigned count, const struct mir_store_note *note, struct mir_oid *out)
{
	struct update u = { { .prepare = update_prepare, .make = update_make }, changes,
			    NULL, count };
	int err = MIR_OK;

	for (unsigned i = 0; i < count && !err; i++)
		err = check_change(&changes[i]);
	if (err)
		return err;
	u.ids = calloc(count + !count, sizeof *u.ids);
	if (!u.ids)
		return MIR_ENOMEM;
	err = branch_change(s, branch, &u.change, note, out);
	free(u.ids);
	return err;
}
