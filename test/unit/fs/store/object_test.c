/* SPDX-License-Identifier: ISC */
/* sources: fs/store/tree.c fs/store/commit.c */
/* fs/store/object: git's names and bytes; what is no tree, commit or tag is refused. */
#include "fs/store/object.h"
#include "mir/err.h"
#include "test/unit/harness.h"

#define ID "ABCDEFGHIJKLMNOPQRST"
#define HEX "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

static const char *
name_of(enum mir_object_kind kind, const void *data, size_t size)
{
	static char hex[OID_HEX + 1];
	struct mir_oid id;

	object_id(kind, data, size, &id);
	oid_to_hex(&id, hex);
	return hex;
}

TEST(names_are_those_of_git)
{
	struct mir_oid id, back;
	char hex[OID_HEX + 1];

	CHECK_STR(name_of(MIR_OBJECT_BLOB, "hello\n", 6), "ce013625030ba8dba906f756967f9e9ca394464a");
	CHECK_STR(name_of(MIR_OBJECT_TREE, "", 0), HEX);
	object_id(MIR_OBJECT_TREE, "", 0, &id);
	oid_to_hex(&id, hex);
	CHECK(oid_from_hex(hex, &back) && mir_oid_equal(&id, &back));
	hex[39] = 'g';
	CHECK(!oid_from_hex(hex, &back));
}

TEST(trees_are_judged)
{
#define T(text, err) { text, sizeof text - 1, err }
	static const struct { const char *tree; size_t size; int err; } trees[] = {
		T("", MIR_OK),
		T("100644 a\0" ID, MIR_OK),
		T("40000 a\0" ID "120000 b\0" ID "100755 c\0" ID "160000 d\0" ID, MIR_OK),
		T("100644 a.b\0" ID "40000 a\0" ID "100644 a0\0" ID, MIR_OK),
		T("40000 a\0" ID "100644 a.b\0" ID, MIR_EPROTO),	/* Order. */
		T("100644 b\0" ID "100644 a\0" ID, MIR_EPROTO),
		T("100644 a\0" ID "100644 a\0" ID, MIR_EPROTO),
		T("100644 a\0" ID "40000 a\0" ID, MIR_EPROTO),
		T("040000 a\0" ID, MIR_EPROTO),
		T("100645 a\0" ID, MIR_EPROTO),
		T("1006444 a\0" ID, MIR_EPROTO),
		T("100644 \0" ID, MIR_EPROTO),
		T("100644 .\0" ID, MIR_EPROTO),
		T("100644 ..\0" ID, MIR_EPROTO),
		T("100644 a/b\0" ID, MIR_EPROTO),
		T("100644 a\0ABC", MIR_EPROTO),
		T("100644 a", MIR_EPROTO),
		T("100644", MIR_EPROTO),
		T(" a\0" ID, MIR_EPROTO),
	};

	for (unsigned i = 0; i < sizeof trees / sizeof *trees; i++)
		CHECK_MSG(object_check(MIR_OBJECT_TREE, trees[i].tree, trees[i].size)
			  == trees[i].err, "tree %u", i);
}

TEST(entries_are_found_and_have_a_place)
{
	static const uint8_t tree[] = "100644 a\0" ID "100644 a.b\0" ID "40000 b\0" ID "100644 b0\0" ID;
	struct tree_entry e;

	CHECK_EQ(tree_find(tree, sizeof tree - 1, "b", 1, MIR_STORE_VALUE, &e), 1);
	CHECK_EQ(e.mode, MIR_STORE_FOLDER);
	CHECK_MEM(e.id, ID, 20);
	CHECK_EQ(tree_find(tree, sizeof tree - 1, "b0", 2, MIR_STORE_VALUE, &e), 1);
	CHECK_EQ(e.end, sizeof tree - 1);
	CHECK_EQ(tree_find(tree, sizeof tree - 1, "a.a", 3, MIR_STORE_VALUE, &e), 0);
	CHECK_EQ(e.start, 29);
	CHECK_EQ(tree_find(tree, sizeof tree - 1, "c", 1, MIR_STORE_VALUE, &e), 0);
	CHECK_EQ(e.start, sizeof tree - 1);
	CHECK_EQ(tree_find(tree, sizeof tree - 1, "", 0, MIR_STORE_VALUE, &e), 0);
	CHECK_EQ(e.start, 0);
}

TEST(commits_are_built_and_read)
{
	struct commit c = { .parent_count = 2, .author = { "A U <a@b>", 9 }, .time = 1700000000,
			    .message = { "why", 3 } }, back;
	char text[600];
	size_t len;

	object_id(MIR_OBJECT_TREE, "", 0, &c.tree);
	c.parents[0] = c.parents[1] = c.tree;
	len = commit_build(text, sizeof text, &c, (struct text){ "M <m@n>", 7 });
	CHECK_EQ(len, commit_build(NULL, 0, &c, (struct text){ "M <m@n>", 7 }));
	text[len] = '\0';
	CHECK_STR(text, "tree " HEX "\nparent " HEX "\nparent " HEX "\nauthor A U <a@b> 1700000000 +0000\n"
		  "committer M <m@n> 1700000000 +0000\n\nwhy\n");
	CHECK_EQ(commit_parse(text, len, &back), MIR_OK);
	CHECK(mir_oid_equal(&back.tree, &c.tree));
	CHECK_EQ(back.parent_count, 2);
	CHECK_EQ(back.time, 1700000000);
	CHECK_EQ(back.author.len, 9);
	CHECK_MEM(back.message.at, "why\n", 4);
	CHECK_EQ(back.message.len, 4);
	for (size_t cut = 0; cut < 200; cut++)
		CHECK_EQ(commit_parse(text, cut, &back), MIR_EPROTO);
}

TEST(what_others_write_into_commits_is_read_or_refused)
{
#define AC "author A <a> 1 +0000\ncommitter C <c> "
	static const struct { const char *text; int err; uint64_t time; const char *message; } c[] = {
		{ "tree " HEX "\n" AC "5 +0100\ngpgsig -----\n more\n\nm", MIR_OK, 5, "m" },
		{ "tree " HEX "\n" AC "5 +0100\nencoding x", MIR_OK, 5, "" },
		{ "tree " HEX "\n" AC "99999999999999999999999999 +0000\n\n", MIR_OK, 0, "" },
		{ "tree " HEX "\n" AC "-5 +0000\n\n", MIR_OK, 0, "" },
		{ "tree " HEX "\nauthor A\ncommitter C\n\n", MIR_OK, 0, "" },
		{ "tree " HEX "\ncommitter C <c> 1 +0000\n\n", MIR_EPROTO, 0, "" },
		{ "tree " HEX "x\n" AC "5 +0100\n\n", MIR_EPROTO, 0, "" },
		{ "parent " HEX "\ntree " HEX "\n" AC "5 +0100\n\n", MIR_EPROTO, 0, "" },
		{ "", MIR_EPROTO, 0, "" },
	};
	struct commit out;

	for (unsigned i = 0; i < sizeof c / sizeof *c; i++) {
		CHECK_MSG(commit_parse(c[i].text, strlen(c[i].text), &out) == c[i].err, "%u", i);
		if (c[i].err)
			continue;
		CHECK_MSG(out.time == c[i].time, "%u", i);
		CHECK_MSG(out.message.len == strlen(c[i].message), "%u", i);
	}
}

TEST(tags_are_built_and_read)
{
	struct mir_oid id;
	struct tag t;
	char text[300];
	size_t len;

	object_id(MIR_OBJECT_TREE, "", 0, &id);
	len = tag_build(text, sizeof text, &id, "v1", (struct text){ "M <m>", 5 }, 7,
			(struct text){ "first\n", 6 });
	text[len] = '\0';
	CHECK_STR(text, "object " HEX "\ntype commit\ntag v1\ntagger M <m> 7 +0000\n\nfirst\n");
	CHECK_EQ(tag_parse(text, len, &t), MIR_OK);
	CHECK(t.kind == MIR_OBJECT_COMMIT && mir_oid_equal(&t.object, &id));
	CHECK_EQ(tag_parse("object " HEX "\ntype comm\n", 58, &t), MIR_EPROTO);
}

TEST(identities_are_as_git_wants_them)
{
	static const char *const good[] = { "A <b>", "A B <a@b.c>", "\xc3\xa4 <b>" };
	static const char *const bad[] = { "", "A", "<b>", " <b>", "A<b>", "A <>", "A <b> ", "A <b",
					   "A <b>>", "A < <b>", "A\n <b>", "A <b\n>" };

	for (unsigned i = 0; i < sizeof good / sizeof *good; i++)
		CHECK_MSG(identity_is_valid(good[i]), "%s", good[i]);
	for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK_MSG(!identity_is_valid(bad[i]), "%s", bad[i]);
}
