/* SPDX-License-Identifier: ISC */
/* A hash table with open addresses, at most half full. */
#include <stdlib.h>
#include "test/support/crashmap.h"

static struct crashmap_entry *
place(const struct crashmap *m, uint64_t unit)
{
	uint64_t hash = unit * 0x9e3779b97f4a7c15u;
	size_t i = (size_t)(hash >> 20) & (m->size - 1);

	while (m->entries[i].content && m->entries[i].unit != unit)
		i = (i + 1) & (m->size - 1);
	return &m->entries[i];
}

const struct crashmap_entry *
crashmap_get(const struct crashmap *m, uint64_t unit)
{
	const struct crashmap_entry *e = m->size ? place(m, unit) : NULL;

	return e && e->content ? e : NULL;
}

static void
grow(struct crashmap *m)
{
	struct crashmap larger = { .size = m->size ? 2 * m->size : 64, .used = m->used };

	larger.entries = calloc(larger.size, sizeof *larger.entries);
	if (!larger.entries)
		abort();
	for (size_t i = 0; i < m->size; i++)
		if (m->entries[i].content)
			*place(&larger, m->entries[i].unit) = m->entries[i];
	free(m->entries);
	*m = larger;
}

void
crashmap_set(struct crashmap *m, uint64_t unit, uint64_t order, const uint8_t *content)
{
	struct crashmap_entry *e;

	if (2 * (m->used + 1) > m->size)
		grow(m);
	e = place(m, unit);
	m->used += e->content == NULL;
	*e = (struct crashmap_entry){ unit, order, content };
}

void
crashmap_clear(struct crashmap *m)
{
	free(m->entries);
	*m = (struct crashmap){ 0 };
}
