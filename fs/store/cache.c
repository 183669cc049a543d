/* SPDX-License-Identifier: ISC */
/* Objects in and out: each is judged when it comes, and the small ones that lead to others stay a
 * while, up to CONFIG_STORE_CACHE_KIB. */
#include <stdlib.h>
#include <string.h>
#include "fs/store/store.h"
#include "mir/err.h"

#define CACHE_MAX	(CONFIG_STORE_CACHE_KIB * 1024ul)

static struct object **
bucket_of(struct mir_store *s, const struct mir_oid *id)
{
	return &s->buckets[id->bytes[0] % STORE_BUCKETS];
}

static size_t
cost(const struct object *o)
{
	return sizeof *o + o->size;
}

static void
unlink_use(struct object *o)
{
	o->newer->older = o->older;
	o->older->newer = o->newer;
}

static void
link_newest(struct mir_store *s, struct object *o)
{
	o->newer = &s->ends;
	o->older = s->ends.older;
	o->older->newer = o;
	s->ends.older = o;
}

static void
drop(struct mir_store *s, struct object *o)
{
	struct object **link = bucket_of(s, &o->id);

	while (*link != o)
		link = &(*link)->bucket;
	*link = o->bucket;
	unlink_use(o);
	s->cached -= cost(o);
	free(o->data);
	free(o);
}

/* From the oldest on, but not those that somebody looks at. */
static void
shrink(struct mir_store *s, size_t max)
{
	struct object *o = s->ends.newer, *next;

	for (; s->cached > max && o != &s->ends; o = next) {
		next = o->newer;
		if (!o->refs)
			drop(s, o);
	}
}

void
cache_clear(struct mir_store *s)
{
	shrink(s, 0);
}

static struct object *
find(struct mir_store *s, const struct mir_oid *id)
{
	struct object *o = *bucket_of(s, id);

	while (o && !mir_oid_equal(&o->id, id))
		o = o->bucket;
	return o;
}

/* Takes 'data', unless there is no memory. */
static struct object *
insert(struct mir_store *s, const struct mir_oid *id, const struct mir_object *from)
{
	struct object *o = malloc(sizeof *o), **bucket = bucket_of(s, id);

	if (!o)
		return NULL;
	*o = (struct object){ .bucket = *bucket, .id = *id, .kind = from->kind, .refs = 1,
			      .size = from->size, .data = from->data };
	*bucket = o;
	link_newest(s, o);
	s->cached += cost(o);
	shrink(s, CACHE_MAX);
	return o;
}

/* From the odb, and judged: the bytes have that name and are what they say. */
static int
read_judged(struct mir_store *s, const struct mir_oid *id, enum mir_object_kind kind,
	    struct mir_object *out)
{
	struct mir_oid real;
	int err = s->odb->ops->read(s->odb, id, out);

	if (err)
		return err;
	store_stats.objects_read++;
	if (out->kind != kind || out->size > STORE_VALUE_MAX) {
		free(out->data);
		return out->kind != kind ? MIR_EPROTO : MIR_EMSGSIZE;
	}
	object_id(kind, out->data, out->size, &real);
	if (mir_oid_equal(&real, id) && !object_check(kind, out->data, out->size))
		return MIR_OK;
	store_stats.damaged++;
	free(out->data);
	return MIR_EPROTO;
}

static int
take(struct object *o, enum mir_object_kind kind, struct object **out)
{
	if (o->kind != kind)
		return MIR_EPROTO;
	o->refs++;
	*out = o;
	return MIR_OK;
}

int
object_get(struct mir_store *s, const struct mir_oid *id, enum mir_object_kind kind,
	   struct object **out)
{
	struct object *o = find(s, id);
	struct mir_object got;
	int err;

	if (o) {
		store_stats.cache_hits++;
		unlink_use(o);
		link_newest(s, o);
		return take(o, kind, out);
	}
	err = read_judged(s, id, kind, &got);
	if (err)
		return err;
	o = find(s, id);		/* Another task was faster. */
	if (o) {
		free(got.data);
		return take(o, kind, out);
	}
	*out = insert(s, id, &got);
	if (!*out)
		free(got.data);
	return *out ? MIR_OK : MIR_ENOMEM;
}

void
object_put(struct mir_store *s, struct object *o)
{
	o->refs--;
	shrink(s, CACHE_MAX);
}

int
object_value(struct mir_store *s, const struct mir_oid *id, struct mir_store_value *out)
{
	struct mir_object got;
	int err = read_judged(s, id, MIR_OBJECT_BLOB, &got);
	char *room;

	if (err)
		return err;
	room = got.size < SIZE_MAX ? realloc(got.data, got.size + 1) : NULL;
	if (!room) {
		free(got.data);
		return MIR_ENOMEM;
	}
	room[got.size] = '\0';
	out->data = room;
	out->size = got.size;
	return MIR_OK;
}

/* A copy for the cache, which is as well without it. */
static void
remember(struct mir_store *s, const struct mir_oid *id, enum mir_object_kind kind,
	 const void *data, size_t size)
{
	struct mir_object copy = { kind, size, NULL };
	struct object *o;

	if (find(s, id) || size > CACHE_MAX / 4)
		return;
	copy.data = malloc(size + !size);
	if (!copy.data)
		return;
	memcpy(copy.data, data, size);
	o = insert(s, id, &copy);
	if (o)
		object_put(s, o);
	else
		free(copy.data);
}

int
object_write(struct mir_store *s, enum mir_object_kind kind, const void *data, size_t size,
	     struct mir_oid *id)
{
	int err;

	if (size > STORE_VALUE_MAX)
		return MIR_EMSGSIZE;
	object_id(kind, data, size, id);
	err = s->odb->ops->write(s->odb, id, kind, data, size);
	if (err)
		return err;
	store_stats.objects_written++;
	if (kind != MIR_OBJECT_BLOB)
		remember(s, id, kind, data, size);
	return MIR_OK;
}
