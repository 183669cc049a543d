/* SPDX-License-Identifier: ISC */
/* sources: fs/store/[a-z]*.c fs/mem/path.c net/arphistory/entry.c */
/* git's objects, names and entries as somebody else may write them: judged, and what passes comes
 * out as it went in; and a store whose objects are of that kind, in all of its calls. */
#include <stdlib.h>
#include "fs/store/store.h"
#include "mir/err.h"
#include "net/arphistory/entry.h"
#include "test/fuzz/fuzz.h"
#include "test/unit/harness.h"

#define OBJECTS	24

static void
try_tree(const uint8_t *data, size_t len)
{
	uint8_t *again = malloc(len + 1);
	struct tree_entry e, found;
	size_t at = 0, used = 0;
	struct mir_oid id;

	while (tree_next(data, len, &at, &e) > 0) {
		memcpy(&id, e.id, sizeof id);
		used += tree_entry_build(again + used, e.mode, e.name, e.name_len, &id);
		CHECK_EQ(tree_find(data, len, e.name, e.name_len, e.mode, &found), 1);
		CHECK(found.name_len == e.name_len && found.start <= e.start);
	}
	CHECK(used == len);
	CHECK_MEM(again, data, len);
	free(again);
}

static void
try_commit(const uint8_t *data, size_t len)
{
	const char *start = (const char *)data, *end = start + len;
	struct commit c, back;
	size_t room = len + 2000;
	char *text = malloc(room);

	CHECK_EQ(commit_parse(data, len, &c), MIR_OK);
	CHECK(c.parent_count <= MIR_STORE_PARENTS);
	CHECK(c.author.at >= start && c.author.at + c.author.len <= end);
	CHECK(c.message.at >= start && c.message.at + c.message.len <= end);
	len = commit_build(text, room, &c, (struct text){ "A <b>", 5 });
	CHECK(len <= room);
	if (memchr(c.author.at, '>', c.author.len)) {
		CHECK_EQ(commit_parse(text, len, &back), MIR_OK);
		CHECK(mir_oid_equal(&c.tree, &back.tree) && c.parent_count == back.parent_count);
		CHECK(c.time == back.time && c.author.len == back.author.len);
	}
	free(text);
}

static void
try_names(const uint8_t *data, size_t len)
{
	char *text = malloc(len + 1), path[ENTRY_PATH];
	uint8_t mac[ETHER_ADDR];
	struct mir_oid id;
	uint32_t ip;

	memcpy(text, data, len);
	text[len] = '\0';
	store_path_check(text);
	name_is_gits(text, strlen(text));
	ref_is_valid(text);
	identity_is_valid(text);
	if (len >= OID_HEX)
		oid_from_hex(text, &id);
	entry_parse(text, len, mac);
	if (entry_parse_path(text, "vif0", &ip) == MIR_OK) {
		entry_path("vif0", ip, path);
		CHECK_STR(path, text);
	}
	free(text);
}

static void
try_bytes(unsigned kind, const uint8_t *data, size_t len)
{
	if (kind == 0)
		try_names(data, len);
	else if (object_check((enum mir_object_kind)kind, data, len))
		return;
	else if (kind == MIR_OBJECT_TREE)
		try_tree(data, len);
	else if (kind == MIR_OBJECT_COMMIT)
		try_commit(data, len);
}

/* --- A store of such objects. */

static struct mir_oid ids[OBJECTS];
static unsigned count;

static const struct mir_oid *
some_id(struct fuzz_bytes *in)
{
	static const struct mir_oid missing = { { 1, 2, 3 } };
	unsigned i = fuzz_8(in);

	return i < count ? &ids[i] : &missing;
}

static size_t
make_tree(struct fuzz_bytes *in, uint8_t *to)
{
	static const enum mir_store_mode modes[] = { MIR_STORE_FOLDER, MIR_STORE_VALUE, MIR_STORE_LINK,
						     MIR_STORE_MODULE };
	unsigned entries = fuzz_8(in) % 5;
	char name[2] = "a";
	size_t len = 0;

	while (entries--) {
		name[0] = (char)(name[0] + fuzz_8(in) % 3);
		len += tree_entry_build(to + len, modes[fuzz_8(in) % 4], name, 1, some_id(in));
		name[0]++;
	}
	return len;
}

static size_t
make_commit(struct fuzz_bytes *in, uint8_t *to)
{
	struct commit c = { .tree = *some_id(in), .author = { "A <b>", 5 }, .message = { "m", 1 } };

	c.parent_count = fuzz_8(in) % 4;
	for (unsigned i = 0; i < c.parent_count; i++)
		c.parents[i] = *some_id(in);
	c.time = fuzz_8(in);		/* In no order. */
	return commit_build((char *)to, 1000, &c, (struct text){ "A <b>", 5 });
}

static void
make_object(struct mir_odb *odb, struct fuzz_bytes *in)
{
	uint8_t bytes[1000];
	enum mir_object_kind kind = (enum mir_object_kind)(1 + fuzz_8(in) % 4);
	size_t len;

	if (kind == MIR_OBJECT_TREE)
		len = make_tree(in, bytes);
	else if (kind == MIR_OBJECT_COMMIT)
		len = make_commit(in, bytes);
	else if (kind == MIR_OBJECT_TAG)
		len = tag_build((char *)bytes, sizeof bytes, some_id(in), "t", (struct text){ "A <b>", 5 }, 1,
				(struct text){ "m", 1 });
	else
		len = fuzz_8(in) % 4;
	if (fuzz_8(in) == 1 && len)
		bytes[fuzz_8(in) % len] ^= fuzz_8(in);
	object_id(kind, bytes, len, &ids[count]);
	if (fuzz_8(in) == 1)
		ids[count].bytes[0] ^= 1;	/* Not its name. */
	CHECK_EQ(odb->ops->write(odb, &ids[count], kind, bytes, len), MIR_OK);
	count++;
}

static int
visit(void *ctx, const struct mir_store_delta *d)
{
	(void)d;
	return ++*(unsigned *)ctx == 1000;
}

static int
merger(void *ctx, const struct mir_store_conflict *c, struct mir_store_value *out)
{
	(void)ctx;
	out->mode = c->ours.mode ? MIR_STORE_NONE : MIR_STORE_VALUE;
	return MIR_OK;
}

static void
read_all(struct mir_store *s, const char *revision)
{
	struct mir_store_commit c;
	struct mir_store_entry e;
	struct mir_store_log *l;
	struct mir_store_value v;
	struct mir_store_view view;
	unsigned steps = 0;
	uint64_t at = 0;

	if (mir_store_log_open(s, revision, *revision == 't' ? "a" : NULL, &l) == MIR_OK) {
		while (mir_store_log_next(l, &c) > 0)
			CHECK(++steps <= OBJECTS);
		mir_store_log_close(l);
	}
	if (mir_store_view_open(s, revision, &view))
		return;
	while (mir_store_list(&view, "", &at, &e) > 0)
		mir_store_stat(&view, e.name, &v);
	if (mir_store_get(&view, "a/a", &v) == MIR_OK)
		mir_store_value_free(&v);
	steps = 0;
	mir_store_diff(s, NULL, &view.commit, visit, &steps);
	mir_store_view_close(&view);
}

static void
try_store(struct fuzz_bytes *in)
{
	const struct mir_store_note note = { "m", NULL };
	struct mir_odb *odb;
	struct mir_store *s;
	struct mir_oid out;
	unsigned steps = 0;

	CHECK_EQ(store_memory_open(&odb), MIR_OK);
	CHECK_EQ(store_open(odb, mir_clock, &s), MIR_OK);
	for (count = 0; count < OBJECTS && in->left > 4;)
		make_object(odb, in);
	CHECK_EQ(odb->ops->ref_set(odb, "refs/heads/main", NULL, some_id(in)), MIR_OK);
	CHECK_EQ(odb->ops->ref_set(odb, "refs/tags/t", NULL, some_id(in)), MIR_OK);
	read_all(s, "main");
	read_all(s, "tags/t");
	mir_store_merge_base(s, some_id(in), some_id(in), &out);
	mir_store_diff(s, some_id(in), some_id(in), visit, &steps);
	mir_store_merge(s, "main", some_id(in), merger, NULL, &note, NULL, &out);
	mir_store_put(s, "main", "a/b", "x", 1, "m");
	mir_store_remove(s, "main", "a", "m");
	mir_store_revert(s, "main", some_id(in), &note, NULL, NULL);
	mir_store_gc(s);
	read_all(s, "main");
	store_close(s);
	store_memory_close(odb);
}

/* The first byte chooses: names, an object of a kind, or a store. */
void
fuzz_one(const uint8_t *data, size_t len)
{
	struct fuzz_bytes in = { data, len };
	unsigned what = fuzz_8(&in) % 8;

	if (what <= MIR_OBJECT_TAG)
		try_bytes(what, in.at, in.left);
	else
		try_store(&in);
}
