/* SPDX-License-Identifier: ISC */
/* mir/odb.h on the log. */
#include <stdlib.h>
#include <string.h>
#include "fs/store/log_state.h"
#include "mir/err.h"
#include "mir/stats.h"

struct log_stats log_stats;
MIR_COUNTER_GROUP(store_log_, &log_stats, "objects\0" "refs\0" "writes\0" "bytes\0" "flushes\0"
		  "sealed\0" "moved\0" "freed\0" "discards\0" "damaged\0");

static int
count_damage(int err)
{
	log_stats.damaged += err == MIR_EPROTO;
	return err;
}

static void
tell(const struct log_record *r, struct mir_object *out)
{
	out->kind = (enum mir_object_kind)r->kind;
	out->size = r->size;
}

/* An object that is moved while it is read is looked for again. */
static int
odb_read(struct mir_odb *odb, const struct mir_oid *id, struct mir_object *out)
{
	struct store_log *l = (struct store_log *)odb;
	uint32_t tag = log_index_tag(&l->index, id), place;
	struct log_record r;
	int err;

	do {
		err = log_find(l, id, &r, &place);
		if (err)
			return count_damage(err);
		err = log_data(l, &r, &out->data);
	} while (err == MIR_EPROTO && !log_index_has(&l->index, tag, place));
	if (!err)
		tell(&r, out);
	return count_damage(err);
}

static int
odb_stat(struct mir_odb *odb, const struct mir_oid *id, struct mir_object *out)
{
	struct log_record r;
	uint32_t place;
	int err = log_find((struct store_log *)odb, id, &r, &place);

	if (!err)
		tell(&r, out);
	return count_damage(err);
}

/* When moving has made room, once more. */
static int
append_object(struct store_log *l, struct log_record *r, const void *data, const uint32_t *tag)
{
	unsigned tries = 0;
	int err;

	do
		err = log_append_object(l, r, data, tag, LOG_WRITING);
	while (err == MIR_EFULL && (err = log_clean(l, &tries)) == MIR_OK);
	return err;
}

/* What is damaged is written anew, in the place of the old in the index. */
static int
odb_write(struct mir_odb *odb, const struct mir_oid *id, enum mir_object_kind kind,
	  const void *data, size_t size)
{
	struct store_log *l = (struct store_log *)odb;
	struct log_record r = { .type = LOG_OBJECT, .kind = (uint8_t)kind, .id = *id };
	uint32_t tag = log_index_tag(&l->index, id), place;
	struct log_record there;
	int err;

	if (size > log_object_max(l))
		return MIR_EMSGSIZE;
	r.size = (uint32_t)size;
	err = log_find(l, id, &there, &place);
	if (err == MIR_ENOENT)
		return append_object(l, &r, data, &tag);
	if (err != MIR_EPROTO)
		return err;
	log_stats.damaged++;
	err = append_object(l, &r, data, NULL);
	if (!err)
		log_index_move(&l->index, tag, place, r.place);
	return err;
}

static int
odb_ref_get(struct mir_odb *odb, const char *name, struct mir_oid *out)
{
	const struct log_ref *ref = log_ref_find((struct store_log *)odb, name);

	if (!log_ref_name_is_valid(name, strlen(name)))
		return MIR_EINVAL;
	if (!ref || !ref->there)
		return MIR_ENOENT;
	*out = ref->value;
	return MIR_OK;
}

/* Between the comparison and the record nothing runs. */
static int
change_ref(struct store_log *l, const char *name, const struct mir_oid *old,
	   const struct mir_oid *new)
{
	struct log_record r = { .type = LOG_REF, .kind = new != NULL,
				.size = (uint32_t)strlen(name) };
	struct log_ref *ref = log_ref_find(l, name);
	bool there = ref && ref->there;

	if (there != (old != NULL) || (there && memcmp(&ref->value, old, sizeof *old)))
		return MIR_EEXIST;
	if (!ref && !new)
		return MIR_OK;
	if (!ref)
		ref = log_ref_make(l, name);
	if (!ref)
		return MIR_ENOMEM;
	if (new)
		r.id = ref->value = *new;
	ref->there = new != NULL;
	log_append_put(l, &r, name);
	log_stats.refs++;
	return MIR_OK;
}

static int
odb_ref_set(struct mir_odb *odb, const char *name, const struct mir_oid *old,
	    const struct mir_oid *new)
{
	struct store_log *l = (struct store_log *)odb;
	unsigned tries = 0;
	uint64_t ticket;
	int err;

	if (!log_ref_name_is_valid(name, strlen(name)))
		return MIR_EINVAL;
	do
		err = log_append_begin(l, (uint32_t)strlen(name), LOG_CHANGING);
	while (err == MIR_EFULL && (err = log_clean(l, &tries)) == MIR_OK);
	if (err)
		return err;
	err = change_ref(l, name, old, new);
	ticket = l->appended;
	log_append_end(l);
	return err ? err : log_await(l, ticket);
}

static int
odb_ref_next(struct mir_odb *odb, char name[MIR_REF_MAX], struct mir_oid *out)
{
	struct store_log *l = (struct store_log *)odb;

	for (uint32_t i = 0; i < l->ref_count; i++) {
		if (!l->refs[i].there || strcmp(l->refs[i].name, name) <= 0)
			continue;
		memcpy(name, l->refs[i].name, MIR_REF_MAX);
		*out = l->refs[i].value;
		return 1;
	}
	return 0;
}

const struct mir_odb_ops log_odb_ops = {
	.name = "log", .read = odb_read, .stat = odb_stat, .write = odb_write,
	.ref_get = odb_ref_get, .ref_set = odb_ref_set, .ref_next = odb_ref_next,
	.sweep = log_sweep,
};
