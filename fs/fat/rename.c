/* SPDX-License-Identifier: ISC */
/* Renaming.  A name can't be moved in one write unless both places are in one sector, and what two
 * names lead to fsck.fat takes from one of them.  So a file that isn't too long is copied: at any
 * time each name leads to a whole file of its own.  Where the old name is of no worth (replace) it
 * goes first, so that nothing leads to the file for a moment.  See docs/fat.md. */
#include <stdlib.h>
#include <string.h>
#include "fs/fat/cache.h"
#include "fs/fat/file.h"
#include "fs/fat/index.h"
#include "fs/fat/ops.h"
#include "lib/le.h"
#include "mir/err.h"

#define CHUNK	65536u			/* Bytes of a copy at a time. */
#define DOTDOT	FAT_SLOT		/* Where ".." is in its folder. */

struct move {
	struct fat_place from, to;
	bool replace;
	bool keep;			/* Not to be lost at any time. */
	bool shared;			/* Both names lead to one chain: half of a rename. */
	enum fat_phase unname;		/* When the old name goes. */
	struct fat_slot slot;		/* What the new name leads to. */
	uint32_t copied;		/* The chain that the old name leads to and nobody else; 0. */
};

static bool
is_below(const struct fat_place *p, uint32_t folder)
{
	for (unsigned i = 0; i < p->depth; i++)
		if (p->above[i] == folder)
			return true;
	return false;
}

static int
check(struct fat *v, const char *from, const char *to, struct move *m)
{
	bool folder;
	int err = fat_walk(v, from, &m->from);

	if (err || m->from.root)
		return err ? err : MIR_EINVAL;
	err = fat_walk(v, to, &m->to);
	if (err && (err != MIR_ENOENT || !m->to.last))
		return err;
	if (m->to.root)
		return MIR_EEXIST;
	m->replace = !err && m->to.entry.at != m->from.entry.at;
	m->keep |= !err && !m->replace;		/* To itself: in other letters. */
	m->shared = m->replace && m->from.entry.slot.start
	    && m->to.entry.slot.start == m->from.entry.slot.start;
	folder = m->from.entry.slot.attributes & FAT_FOLDER;
	if (m->replace && (folder || m->to.entry.slot.attributes & FAT_FOLDER))
		return MIR_EEXIST;
	if (m->replace && m->to.entry.slot.attributes & FAT_READ_ONLY)
		return MIR_EACCES;
	return folder && is_below(&m->to, m->from.entry.slot.start) ? MIR_EINVAL : MIR_OK;
}

static int
copy_all(struct fat *v, struct fat_node *from, struct fat_node *to)
{
	struct mir_buf *b;
	int n = fat_change_more(v);

	for (uint32_t at = 0; at < from->size && !n; at += CHUNK) {
		n = fat_read_now(from, at, CHUNK, &b);
		if (n <= 0)
			return n ? n : MIR_EPROTO;
		n = (uint32_t)n == CHUNK || at + (uint32_t)n == from->size
		    ? fat_write(to, at, b) : MIR_EPROTO;
		mir_buf_free(b);
	}
	return n;
}

/* The new name gets clusters of its own, if there is room for them. */
static int
copy(struct fat *v, struct move *m)
{
	struct fat_node from = { .v = v, .size = m->slot.size }, to = { .v = v, .removed = true };
	int err;

	fat_chain_init(&from.chain, m->slot.start, 0);
	fat_chain_init(&to.chain, 0, 0);
	err = copy_all(v, &from, &to);
	if (!err) {
		m->copied = m->slot.start;
		m->slot.start = to.chain.start;
	} else if (to.chain.start) {
		fat_free_later(v, 0, to.chain.start);
	}
	return err == MIR_EFULL || err == MIR_EPROTO ? MIR_OK : err;
}

/* Who has the file open goes on with it at its new place. */
static void
follow(struct fat *v, const struct move *m, uint64_t at)
{
	struct fat_node *n = fat_node_look(v, m->from.entry.at);

	if (n) {
		n->at = at;
		if (m->copied) {
			fat_chain_free(&n->chain);
			fat_chain_init(&n->chain, m->slot.start, CONFIG_FAT_EXTENTS);
			n->fresh = 0;
			n->batch = v->batch;
		}
	}
	if (m->copied)
		fat_free_later(v, 0, m->copied);
}

/* In one slot, when neither name needs more: the name changes, all else stays. */
static int
change_name(struct fat *v, struct move *m, struct fat_dir *d)
{
	struct fat_entry e = m->from.entry;
	uint8_t raw[FAT_SLOT];
	int err;

	fat_short_exact(&m->to.name, e.slot.name, &e.slot.lower);
	e.len = m->to.name.len;
	memcpy(e.name, m->to.name.units, sizeof m->to.name.units);
	fat_slot_build(raw, v->geo.kind, &e.slot);
	err = fat_cache_write(v, e.at, raw, 13, FAT_NAME);
	if (err)
		return err;
	fat_index_remove(v, d, &m->from.entry);
	fat_index_add(v, d, &e);
	return MIR_OK;
}

static bool
fits_slot(const struct move *m)
{
	uint8_t name[11], lower;

	return m->from.parent == m->to.parent && !m->replace && !m->from.entry.has_long
	    && fat_short_exact(&m->to.name, name, &lower);
}

/* The entry that is there leads to the file. */
static int
take_over(struct fat *v, struct move *m)
{
	struct fat_node *n = fat_node_look(v, m->to.entry.at);
	uint8_t raw[FAT_SLOT];
	int err;

	if (n && m->shared)
		return MIR_EAGAIN;	/* When it is closed its clusters would be free. */
	fat_slot_build(raw, v->geo.kind, &m->slot);
	err = fat_cache_write(v, m->to.entry.at + FAT_SLOT_META, raw + FAT_SLOT_META,
			      FAT_SLOT - FAT_SLOT_META, FAT_NAME);
	if (err)
		return err;
	if (n)
		n->removed = true;
	else if (!m->shared && fat_is_cluster(v, m->to.entry.slot.start))
		fat_free_later(v, 0, m->to.entry.slot.start);
	return MIR_OK;
}

static int
new_name(struct fat *v, struct move *m)
{
	struct fat_entry e;
	struct fat_dir d;
	int err;

	if (m->replace) {
		err = take_over(v, m);
		return err;
	}
	fat_dir_open(v, &d, m->to.parent);
	err = fat_dir_enter(v, &d, &m->to.name, &m->slot, &e);
	m->to.entry.at = e.at;
	return err;
}

static int
set_parent(struct fat *v, const struct move *m)
{
	struct fat_slot s = { .start = m->to.parent == fat_root(v) ? 0 : m->to.parent };
	uint64_t at = fat_cluster_at(v, m->slot.start) + DOTDOT;
	uint8_t raw[FAT_SLOT];
	int err;

	if (!(m->slot.attributes & FAT_FOLDER) || m->from.parent == m->to.parent
	    || !fat_is_cluster(v, m->slot.start))
		return MIR_OK;
	fat_slot_build(raw, v->geo.kind, &s);
	err = fat_cache_write(v, at + 20, raw + 20, 2, FAT_NAME);
	return err ? err : fat_cache_write(v, at + 26, raw + 26, 2, FAT_NAME);
}

/* Both names' slots that count are in one sector, which is written at once. */
static bool
is_atomic(const struct move *m)
{
	return m->replace && m->from.entry.at / 512 == m->to.entry.at / 512;
}

static int
move(struct fat *v, struct move *m)
{
	struct fat_dir d;
	int err = MIR_OK;

	m->slot = m->from.entry.slot;
	m->unname = is_atomic(m) ? FAT_NAME : m->keep ? FAT_UNNAME : FAT_LINK;
	if (!(m->slot.attributes & FAT_FOLDER) && m->slot.start && !is_atomic(m) && m->keep
	    && !m->shared && m->slot.size <= CONFIG_FAT_RENAME_COPY_KIB * 1024u)
		err = copy(v, m);
	if (!err)
		err = new_name(v, m);
	if (!err)
		err = set_parent(v, m);
	if (err)
		return err;
	fat_dir_open(v, &d, m->from.parent);
	err = fat_dir_remove(v, &d, &m->from.entry, m->unname);
	if (!err)
		follow(v, m, m->to.entry.at);
	return err;
}

static int
rename_by(struct fat *v, const char *from, const char *to, struct move *m)
{
	struct fat_dir d;
	int err = check(v, from, to, m);

	if (!err && !m->keep && m->from.entry.slot.attributes & FAT_FOLDER)
		err = MIR_EINVAL;
	if (err)
		return err;
	if (!fits_slot(m))
		return move(v, m);
	fat_dir_open(v, &d, m->from.parent);
	return change_name(v, m, &d);
}

int
fat_rename(struct fat *v, const char *from, const char *to, bool keep)
{
	struct move *m = calloc(1, sizeof *m);	/* Large for a stack. */
	int err;

	if (!m)
		return MIR_ENOMEM;
	m->keep = keep;
	err = rename_by(v, from, to, m);
	free(m);
	return err;
}
