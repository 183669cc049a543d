/* SPDX-License-Identifier: ISC */
/* The odb in memory: for what may be forgotten at the end, and for tests. */
#include <stdlib.h>
#include <string.h>
#include "fs/store/store.h"
#include "mir/err.h"

#define BUCKETS	1024u
#define ROOM	(CONFIG_STORE_MEMORY_KIB * 1024ul)

struct kept {
	struct kept *next;
	struct mir_oid id;
	enum mir_object_kind kind;
	size_t size;
	uint8_t data[];
};

struct ref {
	struct ref *next;		/* By name. */
	struct mir_oid id;
	char name[MIR_REF_MAX];
};

struct memory {
	struct mir_odb odb;		/* First. */
	struct kept *buckets[BUCKETS];
	struct ref *refs;
	size_t used;			/* Bytes. */
};

static struct kept **
place(struct mir_odb *odb, const struct mir_oid *id)
{
	struct kept **link = &((struct memory *)odb)->buckets[(id->bytes[0] << 8 | id->bytes[1])
							      % BUCKETS];

	while (*link && !mir_oid_equal(&(*link)->id, id))
		link = &(*link)->next;
	return link;
}

static int
memory_stat(struct mir_odb *odb, const struct mir_oid *id, struct mir_object *out)
{
	const struct kept *k = *place(odb, id);

	if (!k)
		return MIR_ENOENT;
	out->kind = k->kind;
	out->size = k->size;
	return MIR_OK;
}

static int
memory_read(struct mir_odb *odb, const struct mir_oid *id, struct mir_object *out)
{
	const struct kept *k = *place(odb, id);

	if (!k)
		return MIR_ENOENT;
	*out = (struct mir_object){ k->kind, k->size, malloc(k->size + !k->size) };
	if (!out->data)
		return MIR_ENOMEM;
	memcpy(out->data, k->data, k->size);
	return MIR_OK;
}

static int
memory_write(struct mir_odb *odb, const struct mir_oid *id, enum mir_object_kind kind,
	     const void *data, size_t size)
{
	struct memory *m = (struct memory *)odb;
	struct kept **link = place(odb, id), *k;

	if (*link)
		return MIR_OK;
	if (size + sizeof *k > ROOM - m->used)
		return MIR_EFULL;
	k = malloc(sizeof *k + size);
	if (!k)
		return MIR_ENOMEM;
	*k = (struct kept){ .id = *id, .kind = kind, .size = size };
	memcpy(k->data, data, size);
	*link = k;
	m->used += sizeof *k + size;
	return MIR_OK;
}

static struct ref **
ref_place(struct mir_odb *odb, const char *name)
{
	struct ref **link = &((struct memory *)odb)->refs;

	while (*link && strcmp((*link)->name, name) < 0)
		link = &(*link)->next;
	return link;
}

static struct ref *
ref_find(struct mir_odb *odb, const char *name)
{
	struct ref *r = *ref_place(odb, name);

	return r && strcmp(r->name, name) == 0 ? r : NULL;
}

static int
memory_ref_get(struct mir_odb *odb, const char *name, struct mir_oid *out)
{
	const struct ref *r = ref_find(odb, name);

	if (!r)
		return MIR_ENOENT;
	*out = r->id;
	return MIR_OK;
}

static int
ref_add(struct mir_odb *odb, const char *name, const struct mir_oid *id)
{
	struct memory *m = (struct memory *)odb;
	struct ref **link = ref_place(odb, name), *r;

	if (sizeof *r > ROOM - m->used)
		return MIR_EFULL;
	r = malloc(sizeof *r);
	if (!r)
		return MIR_ENOMEM;
	*r = (struct ref){ .next = *link, .id = *id };
	memcpy(r->name, name, strlen(name) + 1);
	*link = r;
	m->used += sizeof *r;
	return MIR_OK;
}

static void
ref_drop(struct mir_odb *odb, struct ref *r)
{
	*ref_place(odb, r->name) = r->next;
	((struct memory *)odb)->used -= sizeof *r;
	free(r);
}

static int
memory_ref_set(struct mir_odb *odb, const char *name, const struct mir_oid *old,
	       const struct mir_oid *new)
{
	struct ref *r = ref_find(odb, name);

	if (!ref_is_valid(name))
		return MIR_EINVAL;
	if (!r != !old || (r && !mir_oid_equal(&r->id, old)))
		return MIR_EEXIST;
	if (!r)
		return new ? ref_add(odb, name, new) : MIR_OK;
	if (new)
		r->id = *new;
	else
		ref_drop(odb, r);
	return MIR_OK;
}

static int
memory_ref_next(struct mir_odb *odb, char name[MIR_REF_MAX], struct mir_oid *out)
{
	const struct ref *r = *ref_place(odb, name);

	if (r && strcmp(r->name, name) == 0)
		r = r->next;
	if (!r)
		return 0;
	*out = r->id;
	memcpy(name, r->name, sizeof r->name);
	return 1;
}

static int
memory_sweep(struct mir_odb *odb, bool (*live)(void *, const struct mir_oid *), void *ctx)
{
	struct memory *m = (struct memory *)odb;
	struct kept **link, *k;

	for (unsigned i = 0; i < BUCKETS; i++) {
		link = &m->buckets[i];
		while ((k = *link)) {
			if (live(ctx, &k->id)) {
				link = &k->next;
				continue;
			}
			*link = k->next;
			m->used -= sizeof *k + k->size;
			free(k);
		}
	}
	return MIR_OK;
}

int
store_memory_open(struct mir_odb **out)
{
	static const struct mir_odb_ops ops = {
		.name = "memory", .read = memory_read, .stat = memory_stat,
		.write = memory_write, .ref_get = memory_ref_get, .ref_set = memory_ref_set,
		.ref_next = memory_ref_next, .sweep = memory_sweep,
	};
	struct memory *m = calloc(1, sizeof *m);

	if (!m)
		return MIR_ENOMEM;
	m->odb.ops = &ops;
	*out = &m->odb;
	return MIR_OK;
}

static bool
nothing_lives(void *ctx, const struct mir_oid *id)
{
	(void)ctx;
	(void)id;
	return false;
}

void
store_memory_close(struct mir_odb *odb)
{
	struct memory *m = (struct memory *)odb;

	memory_sweep(odb, nothing_lives, NULL);
	while (m->refs)
		ref_drop(odb, m->refs);
	free(m);
}
