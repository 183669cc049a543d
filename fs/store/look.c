/* SPDX-License-Identifier: ISC */
/* Paths: which are none, and what stands at one. */
#include <string.h>
#include "fs/mem/path.h"
#include "fs/store/store.h"
#include "mir/err.h"

/* Bytes of a character that HFS+ does not see: U+200C..U+200F, U+202A..U+202E, U+206A..U+206F,
 * U+FEFF.  0: it is another one. */
static size_t
unseen(const char *s, size_t len)
{
	const unsigned char *p = (const unsigned char *)s;

	if (len < 3)
		return 0;
	if (p[0] == 0xe2 && p[1] == 0x80)
		return (p[2] >= 0x8c && p[2] <= 0x8f) || (p[2] >= 0xaa && p[2] <= 0xae) ? 3 : 0;
	if (p[0] == 0xe2 && p[1] == 0x81)
		return p[2] >= 0xaa && p[2] <= 0xaf ? 3 : 0;
	return p[0] == 0xef && p[1] == 0xbb && p[2] == 0xbf ? 3 : 0;
}

/* Whether the name begins with 'word', in any case, for somebody who doesn't see all of it. */
static bool
begins(const char *name, size_t len, const char *word)
{
	size_t skip;
	char c;

	while (*word) {
		if ((skip = unseen(name, len)) > 0) {
			name += skip;
			len -= skip;
			continue;
		}
		c = len ? *name : '\0';
		if ((c >= 'A' && c <= 'Z' ? c | 0x20 : c) != *word)
			return false;
		name++, len--, word++;
	}
	return true;
}

/* ".git" and what begins so, and the short names of such files on FAT ("git~1", "gi7eba~1"); also
 * behind a backslash.  More than git refuses, so that nothing it may refuse gets in. */
bool
name_is_gits(const char *name, size_t len)
{
	const char *end = name + len, *tilde;

	for (;;) {
		tilde = memchr(name, '~', (size_t)(end - name));
		if (begins(name, (size_t)(end - name), ".git")
		    || (tilde && tilde - name < 7 && begins(name, (size_t)(end - name), "g")))
			return true;
		name = memchr(name, '\\', (size_t)(end - name));
		if (!name)
			return false;
		name++;
	}
}

int
store_path_check(const char *path)
{
	const char *part;
	size_t len;
	int depth = 0;

	if (strlen(path) > CONFIG_STORE_PATH)
		return MIR_EMSGSIZE;
	if (!path_is_valid(path))
		return MIR_EINVAL;
	while ((len = path_part(&path, &part)) > 0) {
		if (name_is_gits(part, len))
			return MIR_EINVAL;
		if (++depth > CONFIG_STORE_DEPTH)
			return MIR_EMSGSIZE;
	}
	return MIR_OK;
}

int
store_look(struct mir_store *s, const struct mir_oid *tree, const char *path,
	   enum mir_store_mode *mode, struct mir_oid *id)
{
	struct tree_entry e;
	struct object *o;
	const char *part;
	size_t len;
	int n;

	*mode = mir_oid_is_zero(tree) ? MIR_STORE_NONE : MIR_STORE_FOLDER;
	*id = *tree;
	while (*mode && (len = path_part(&path, &part)) > 0) {
		if (*mode != MIR_STORE_FOLDER)
			return MIR_ENOENT;
		n = object_get(s, id, MIR_OBJECT_TREE, &o);
		if (n)
			return n == MIR_ENOENT ? MIR_EPROTO : n;
		n = tree_find(o->data, o->size, part, len, MIR_STORE_VALUE, &e);
		if (n > 0) {
			*mode = e.mode;
			memcpy(id->bytes, e.id, sizeof id->bytes);
		}
		object_put(s, o);
		if (n <= 0)
			return n ? n : MIR_ENOENT;
	}
	return *mode ? MIR_OK : MIR_ENOENT;
}

int
store_look_any(struct mir_store *s, const struct mir_oid *tree, const char *path,
	       enum mir_store_mode *mode, struct mir_oid *id)
{
	int err = store_look(s, tree, path, mode, id);

	if (err != MIR_ENOENT)
		return err;
	*mode = MIR_STORE_NONE;
	memset(id, 0, sizeof *id);
	return MIR_OK;
}

int
store_tree_of(struct mir_store *s, const struct mir_oid *commit, struct mir_oid *tree)
{
	struct commit c;
	struct object *o;
	int err;

	memset(tree, 0, sizeof *tree);
	if (mir_oid_is_zero(commit))
		return MIR_OK;
	err = object_get(s, commit, MIR_OBJECT_COMMIT, &o);
	if (err)
		return err;
	err = commit_parse(o->data, o->size, &c);
	*tree = c.tree;
	object_put(s, o);
	return err;
}
