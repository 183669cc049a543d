/* SPDX-License-Identifier: ISC */
/* Walks, exports, and asks git. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>
#include "fs/store/object.h"
#include "mir/err.h"
#include "test/power/graph.h"

#define SEEN 65536u			/* More objects than any workload makes; a power of two. */

struct walk {
	struct mir_odb *odb;
	const char *folder;
	char *why;
	size_t why_size;
	struct mir_oid seen[SEEN], queue[SEEN];
	size_t first, last;
};

static bool
wrong(struct walk *w, const struct mir_oid *id, const char *what)
{
	char hex[OID_HEX + 1];

	oid_to_hex(id, hex);
	snprintf(w->why, w->why_size, "%s: %s", hex, what);
	return false;
}

/* Into the queue, once. */
static void
reach(struct walk *w, const uint8_t *id)
{
	struct mir_oid oid;
	size_t i;

	memcpy(oid.bytes, id, sizeof oid.bytes);
	memcpy(&i, id, sizeof i);
	for (i &= SEEN - 1; !mir_oid_is_zero(&w->seen[i]); i = (i + 1) & (SEEN - 1))
		if (mir_oid_equal(&w->seen[i], &oid))
			return;
	w->seen[i] = oid;
	w->queue[w->last++] = oid;
}

static void
reach_from(struct walk *w, const struct mir_object *o)
{
	struct tree_entry e;
	struct commit c;
	struct tag t;
	size_t at = 0;

	if (o->kind == MIR_OBJECT_TREE)
		while (tree_next(o->data, o->size, &at, &e) > 0)
			reach(w, e.id);
	if (o->kind == MIR_OBJECT_TAG && !tag_parse(o->data, o->size, &t))
		reach(w, t.object.bytes);
	if (o->kind != MIR_OBJECT_COMMIT || commit_parse(o->data, o->size, &c))
		return;
	reach(w, c.tree.bytes);
	for (unsigned i = 0; i < c.parent_count; i++)
		reach(w, c.parents[i].bytes);
}

static bool
write_file(const char *path, const void *data, size_t len)
{
	FILE *f = fopen(path, "w");
	bool ok = f && fwrite(data, 1, len, f) == len;

	return f && fclose(f) == 0 && ok;
}

/* A loose object: gitformat-loose (5). */
static bool
export_object(struct walk *w, const struct mir_oid *id, const struct mir_object *o)
{
	static const char *const kinds[] = { "", "commit", "tree", "blob", "tag" };
	uLongf size = compressBound((uLong)o->size + 32);
	char hex[OID_HEX + 1], path[300], *plain = malloc(o->size + 32);
	Bytef *packed = malloc(size);
	int head = sprintf(plain, "%s %zu", kinds[o->kind], o->size) + 1;
	bool ok;

	memcpy(plain + head, o->data, o->size);
	oid_to_hex(id, hex);
	ok = compress2(packed, &size, (Bytef *)plain, (uLong)(o->size + (size_t)head), 1) == Z_OK;
	snprintf(path, sizeof path, "%s/objects/%.2s", w->folder, hex);
	mkdir(path, 0777);
	snprintf(path, sizeof path, "%s/objects/%.2s/%s", w->folder, hex, hex + 2);
	ok = ok && write_file(path, packed, size);
	free(packed);
	free(plain);
	return ok || wrong(w, id, "can't be exported");
}

static bool
look_at(struct walk *w, const struct mir_oid *id)
{
	struct mir_object o;
	struct mir_oid is;
	int err = w->odb->ops->read(w->odb, id, &o);
	bool ok;

	if (err)
		return wrong(w, id, mir_err_name(err));
	object_id(o.kind, o.data, o.size, &is);
	ok = mir_oid_equal(&is, id) || wrong(w, id, "has other bytes");
	if (ok && object_check(o.kind, o.data, o.size))
		ok = wrong(w, id, "is no sound object");
	if (ok && w->folder)
		ok = export_object(w, id, &o);
	if (ok)
		reach_from(w, &o);
	free(o.data);
	return ok;
}

static void
make_folders(char *path)
{
	for (char *at = strchr(path + 1, '/'); at; at = strchr(at + 1, '/')) {
		*at = '\0';
		mkdir(path, 0777);
		*at = '/';
	}
}

static bool
export_ref(struct walk *w, const char *name, const struct mir_oid *id)
{
	char path[300], hex[OID_HEX + 2];

	snprintf(path, sizeof path, "%s/%s", w->folder, name);
	make_folders(path);
	oid_to_hex(id, hex);
	strcat(hex, "\n");
	return write_file(path, hex, OID_HEX + 1) || wrong(w, id, "reference can't be exported");
}

static bool
begin_repository(const char *folder)
{
	static const char *const folders[] = { "", "/objects", "/refs", "/refs/heads" };
	static const char head[] = "ref: refs/heads/main\n";
	static const char config[] = "[core]\n\trepositoryformatversion = 0\n\tbare = true\n";
	char path[300];
	bool ok = true;

	for (unsigned i = 0; i < 4; i++) {
		snprintf(path, sizeof path, "%s%s", folder, folders[i]);
		ok = ok && (mkdir(path, 0777) == 0 || errno == EEXIST);
	}
	snprintf(path, sizeof path, "%s/HEAD", folder);
	ok = ok && write_file(path, head, sizeof head - 1);
	snprintf(path, sizeof path, "%s/config", folder);
	return ok && write_file(path, config, sizeof config - 1);
}

bool
graph_walk(struct mir_odb *odb, const char *folder, char *why, size_t why_size)
{
	static struct walk w;
	char name[MIR_REF_MAX] = "";
	struct mir_oid id;
	bool ok = !folder || begin_repository(folder);

	memset(&w, 0, sizeof w);
	w.odb = odb;
	w.folder = folder;
	w.why = why;
	w.why_size = why_size;
	while (ok && odb->ops->ref_next(odb, name, &id) == 1) {
		reach(&w, id.bytes);
		ok = !folder || export_ref(&w, name, &id);
	}
	while (ok && w.first < w.last)
		ok = look_at(&w, &w.queue[w.first++]);
	return ok;
}

bool
graph_fsck(const char *folder, char *why, size_t why_size)
{
	char command[700];
	FILE *f;
	size_t n;
	int status;

	snprintf(command, sizeof command, "{ GIT_CONFIG_NOSYSTEM=1 HOME=/nonexistent timeout 60 "
		 "git --git-dir='%s' fsck --full --strict --no-dangling --no-progress 2>&1 || "
		 "echo git fsck failed; } | grep -v '^notice: '; rm -rf '%s'", folder, folder);
	f = popen(command, "r");
	if (!f)
		return false;
	n = fread(why, 1, why_size - 1, f);
	why[n] = '\0';
	status = pclose(f);
	return status == 0 && n == 0;
}

bool
graph_has(struct mir_odb *odb, const struct mir_oid *head, const struct mir_oid *commit)
{
	struct mir_oid at = *head;
	struct mir_object o;
	struct commit c;

	for (unsigned i = 0; i < SEEN; i++) {
		if (mir_oid_equal(&at, commit))
			return true;
		if (odb->ops->read(odb, &at, &o))
			return false;
		if (o.kind != MIR_OBJECT_COMMIT || commit_parse(o.data, o.size, &c) ||
		    c.parent_count == 0) {
			free(o.data);
			return false;
		}
		at = c.parents[0];
		free(o.data);
	}
	return false;
}
