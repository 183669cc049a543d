/* SPDX-License-Identifier: ISC */
/* The model of what was promised. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "mir/err.h"
#include "test/power/fat_model.h"

const char *
model_path(unsigned file)
{
	static char names[MODEL_FILES][40];
	static const char *const folders[] = { "", "d/", "folder of a long name/" };

	if (!names[file][0])
		snprintf(names[file], sizeof *names, file % 2 ? "%sF%u.BIN" : "%sa longer name %u",
			 folders[file % 3], file);
	return names[file];
}

void
model_fill(uint8_t *to, uint32_t offset, uint32_t len, uint8_t seed)
{
	for (uint32_t i = 0; i < len; i++)
		to[i] = (uint8_t)(seed + (offset + i) * 3 + ((offset + i) >> 8));
}

/* The lists grow by doubling whenever the count is a power of two. */
static void *
room(void *list, unsigned count, size_t size)
{
	if (count & (count - 1))
		return list;
	list = realloc(list, (count ? 2 * count : 1) * size);
	if (!list)
		abort();
	return list;
}

unsigned
model_begin(struct model *m, const struct model_op *op, uint64_t now)
{
	m->ops = room(m->ops, m->op_count, sizeof *m->ops);
	m->ops[m->op_count] = *op;
	m->ops[m->op_count].begin = now;
	return m->op_count++;
}

void
model_end(struct model *m, unsigned op)
{
	m->ops[op].order = ++m->order;
}

void
model_synced(struct model *m, uint64_t order, uint64_t now, int file)
{
	m->syncs = room(m->syncs, m->sync_count, sizeof *m->syncs);
	m->syncs[m->sync_count++] = (struct model_sync){ order, now, file };
}

void
model_free(struct model *m)
{
	free(m->ops);
	free(m->syncs);
	*m = (struct model){ 0 };
}

static void
apply(struct model_state *s, const struct model_op *op)
{
	uint32_t end = op->offset + op->len;

	switch (op->kind) {
	case MODEL_WRITE:
		if (!s->there)
			s->size = 0;
		s->there = true;
		if (op->offset > s->size)
			memset(s->bytes + s->size, 0, op->offset - s->size);
		model_fill(s->bytes + op->offset, op->offset, op->len, op->seed);
		s->size = end > s->size ? end : s->size;
		break;
	case MODEL_TRUNCATE:
		if (op->len > s->size)
			memset(s->bytes + s->size, 0, op->len - s->size);
		s->size = op->len;
		break;
	case MODEL_REMOVE:
	case MODEL_RENAME:
		s->there = false;
		break;
	}
}

static bool
concerns(const struct model_op *op, unsigned file)
{
	return op->file == file || (op->kind == MODEL_RENAME && op->to == file);
}

/* All files after the changes that had returned then. */
static void
state_at(const struct model *m, uint64_t order, struct model_state *all)
{
	for (unsigned f = 0; f < MODEL_FILES; f++)
		all[f].there = false;
	for (unsigned i = 0; i < m->op_count; i++) {
		const struct model_op *op = &m->ops[i];

		if (!op->order || op->order > order)
			continue;
		if (op->kind == MODEL_RENAME)
			all[op->to] = all[op->file];
		apply(&all[op->file], op);
	}
}

void
model_state(const struct model *m, struct model_state states[MODEL_FILES])
{
	state_at(m, UINT64_MAX, states);
}

/* The order at which the file was last promised, as of the cut; 0: never. */
static uint64_t
promised(const struct model *m, unsigned file, uint64_t cut)
{
	uint64_t order = 0;

	for (unsigned i = 0; i < m->sync_count; i++)
		if (m->syncs[i].end <= cut && m->syncs[i].order > order &&
		    (m->syncs[i].file < 0 || m->syncs[i].file == (int)file))
			order = m->syncs[i].order;
	return order;
}

struct since {				/* What happened to a file after the promise. */
	unsigned count;			/* Changes. */
	const struct model_op *last;
	bool moved;			/* Removed, renamed, or replaced. */
	uint32_t least, most;		/* Sizes that it may have had. */
	uint8_t changed[MODEL_SIZE];	/* By byte: may be another one. */
};

static void
note(struct since *s, const struct model_op *op)
{
	uint32_t end = op->offset + op->len;

	s->count++;
	s->last = op;
	s->moved |= op->kind == MODEL_REMOVE || op->kind == MODEL_RENAME;
	if (op->kind == MODEL_TRUNCATE) {
		s->least = op->len < s->least ? op->len : s->least;
		s->most = op->len > s->most ? op->len : s->most;
	}
	if (op->kind == MODEL_WRITE) {
		s->most = end > s->most ? end : s->most;
		memset(s->changed + op->offset, 1, op->len);
	}
}

static void
happened(const struct model *m, unsigned file, uint64_t from, uint64_t cut,
	 const struct model_state *base, struct since *s)
{
	memset(s, 0, sizeof *s);
	s->least = s->most = base->there ? base->size : 0;
	for (unsigned i = 0; i < m->op_count; i++)
		if (concerns(&m->ops[i], file) && (!m->ops[i].order || m->ops[i].order > from) &&
		    m->ops[i].begin < cut)
			note(s, &m->ops[i]);
	memset(s->changed + s->least, 1, MODEL_SIZE - s->least);
}

/* The file as it is; MIR_ENOENT, or an error that no volume may give. */
static int
load(struct mir_fs *fs, unsigned file, struct model_state *out)
{
	struct mir_file *f;
	struct mir_buf *b;
	int n = fs->ops->open(fs, model_path(file), MIR_FS_READ, &f);

	*out = (struct model_state){ .there = n == MIR_OK };
	if (n)
		return n;
	while ((n = f->ops->read(f, out->size, MODEL_SIZE - out->size, &b)) > 0) {
		mir_buf_copy_out(b, 0, out->bytes + out->size, (size_t)n);
		mir_buf_free(b);
		out->size += (uint32_t)n;
		if (out->size == MODEL_SIZE)
			break;
	}
	f->ops->close(f);
	return n < 0 ? n : MIR_OK;
}

static bool
wrong(unsigned file, const char *what, uint64_t cut, uint64_t from)
{
	printf("# '%s' %s; cut at event %llu, promised at step %llu\n", model_path(file), what,
	       (unsigned long long)cut, (unsigned long long)from);
	return false;
}

static bool
same(const struct model_state *a, const struct model_state *b)
{
	return a->there && b->there && a->size == b->size &&
	       memcmp(a->bytes, b->bytes, a->size) == 0;
}

/* Written, truncated: bytes and size, where nothing that came later concerns them. */
static bool
rest_holds(const struct model_state *now, const struct model_state *base, const struct since *s)
{
	if (!now->there || now->size < s->least || now->size > s->most)
		return false;
	for (uint32_t i = 0; i < now->size && i < base->size; i++)
		if (!s->changed[i] && now->bytes[i] != base->bytes[i])
			return false;
	return true;
}

/* One change since: a rename.  Both names are looked at, if nothing else happened to either. */
static bool
rename_holds(const struct model *m, struct mir_fs *fs, const struct since *s, uint64_t from,
	     uint64_t cut, const struct model_state *base)
{
	static struct model_state source, target;
	static struct since other;
	unsigned a = s->last->file, b = s->last->to;

	happened(m, a, from, cut, &base[a], &other);
	if (other.count > 1)
		return true;
	happened(m, b, from, cut, &base[b], &other);
	if (other.count > 1)
		return true;
	load(fs, a, &source);
	load(fs, b, &target);
	if (!same(&source, &base[a]) && !same(&target, &base[a]))
		return false;		/* Under neither name. */
	return !base[b].there || same(&target, &base[b]) || same(&target, &base[a]);
}

static bool
check_file(const struct model *m, struct mir_fs *fs, unsigned file, uint64_t from, uint64_t cut,
	   const struct model_state *base)
{
	static struct model_state now;
	static struct since s;
	int err = load(fs, file, &now);

	happened(m, file, from, cut, &base[file], &s);
	if (err && err != MIR_ENOENT)
		return wrong(file, mir_err_name(err), cut, from);
	if (s.count == 0 && !base[file].there)
		return !now.there || wrong(file, "is there again", cut, from);
	if (!base[file].there)
		return true;		/* New, and not promised. */
	if (s.count == 0)
		return same(&now, &base[file]) ||
		       wrong(file, now.there ? "has other bytes" : "is lost", cut, from);
	if (!s.moved)
		return rest_holds(&now, &base[file], &s) ||
		       wrong(file, now.there ? "lost what was promised" : "is lost, and was only written",
			     cut, from);
	if (s.count > 1)
		return true;
	if (s.last->kind == MODEL_REMOVE)
		return !now.there || same(&now, &base[file]) ||
		       wrong(file, "was removed, but for other bytes", cut, from);
	return rename_holds(m, fs, &s, from, cut, base) ||
	       wrong(file, "lost what a rename had to keep", cut, from);
}

bool
model_check(const struct model *m, struct mir_fs *fs, uint64_t cut)
{
	static struct model_state base[MODEL_FILES];
	uint64_t from, last = UINT64_MAX;
	bool ok = true;

	for (unsigned f = 0; f < MODEL_FILES && ok; f++) {
		from = promised(m, f, cut);
		if (from != last)
			state_at(m, from, base);
		last = from;
		ok = check_file(m, fs, f, from, cut, base);
	}
	return ok;
}
