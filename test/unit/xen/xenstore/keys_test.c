/* SPDX-License-Identifier: ISC */
/* xenstore's calls against a tree: keys, folders, permissions, transactions, watches, time-outs. */
/* sources: test/support/xen/[a-z]*.[cS] xen/[a-z]*.c xen/xenstore/[a-z]*.c arch/x86_64/entropy.c */
#include "mir/err.h"
#include "test/support/xen/fake.h"
#include "test/support/xen/store.h"
#include "test/unit/harness.h"
#include "xen/xenstore/xenstore.h"
#include <xen/io/xs_wire.h>

#define HOME "/local/domain/7/"

static void
keys(void)
{
	char text[64];
	uint64_t v;

	CHECK_EQ(xs_write(0, "data/one", "1"), MIR_OK);
	CHECK_STR(fake_store_read(HOME "data/one"), "1");
	CHECK_EQ(xs_printf(0, "data/two", "%u and %s", 2u, "more"), MIR_OK);
	CHECK_EQ(xs_read(0, "data/two", text, sizeof text), 10);
	CHECK_STR(text, "2 and more");
	CHECK_EQ(xs_read_uint(0, "data/one", &v), MIR_OK);
	CHECK_EQ(v, 1);
	CHECK_EQ(xs_read_uint(0, "data/two", &v), MIR_EINVAL);
	CHECK_EQ(xs_read_uint(0, "data/three", &v), MIR_ENOENT);
	CHECK_EQ(xs_mkdir(0, "data/folder"), MIR_OK);
	CHECK_EQ(xs_read(0, "data/folder", text, sizeof text), 0);
	CHECK_EQ(xs_list(0, "data", text, sizeof text), 15);
	CHECK_MEM(text, "one\0two\0folder", 15);
	CHECK_EQ(xs_list(0, "data", text, 15), MIR_EMSGSIZE);
	CHECK_EQ(xs_rm(0, "data"), MIR_OK);
	CHECK_EQ(xs_rm(0, "data"), MIR_ENOENT);
	CHECK_EQ(xs_list(0, "data", text, sizeof text), MIR_ENOENT);
}

TEST(keys_and_folders)
{
	fake_in_task(keys);
}

static void
permissions(void)
{
	char text[64];

	CHECK_EQ(xs_write(0, "data", ""), MIR_OK);
	CHECK_EQ(xs_get_perms(0, "data", text, sizeof text), 3);
	CHECK_STR(text, "n7");
	CHECK_EQ(xs_set_perms(0, "data", "n7\0r0", 6), MIR_OK);
	CHECK_EQ(xs_get_perms(0, "data", text, sizeof text), 6);
	CHECK_STR(text + 3, "r0");
	CHECK_EQ(xs_write(0, "/local/domain/0/name", "mine"), MIR_EACCES);
	CHECK_EQ(xs_read(0, "/local/domain/0/backend", text, sizeof text), MIR_EACCES);
	CHECK_EQ(xs_rm(0, "data"), MIR_OK);
}

TEST(permissions_are_the_daemons_business)
{
	fake_in_task(permissions);
}

static void
too_long(void)
{
	char text[1100];

	memset(text, 'x', sizeof text);
	text[sizeof text - 1] = 0;
	CHECK_EQ(xs_printf(0, "data", "%s", text), MIR_EMSGSIZE);
	CHECK_EQ(xs_write(0, "data", text), MIR_EMSGSIZE);
	CHECK_EQ(xs_read(0, text, text, sizeof text), MIR_EMSGSIZE);
	text[300] = 0;
	CHECK_EQ(xs_write(0, "data", text), MIR_ENOMEM);
	CHECK_EQ(xs_write(0, text, "data"), MIR_EINVAL);
}

TEST(what_is_too_long_is_refused_here_or_there)
{
	fake_in_task(too_long);
}

/* Each name of xenstored's is one of our errors. */
static void
errors(void)
{
	static const struct { const char *name; int err; } all[] = {
		{ "EINVAL", MIR_EINVAL }, { "EACCES", MIR_EACCES }, { "EEXIST", MIR_EEXIST },
		{ "ENOMEM", MIR_ENOMEM }, { "EIO", MIR_EIO }, { "EBUSY", MIR_EAGAIN },
		{ "EQUOTA", MIR_ENOMEM }, { "EWHATEVER", MIR_EIO }, { "", MIR_EIO } };

	fake_store.fail_path = HOME "data";
	for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
		fake_store.fail_with = all[i].name;
		CHECK_EQ(xs_write(0, "data", "1"), all[i].err);
	}
	fake_store.fail_path = NULL;
	CHECK_EQ(xs_write(0, "data", "1"), MIR_OK);
}

TEST(errors_have_names)
{
	fake_in_task(errors);
}

static int
add_one(uint32_t tx, void *ctx)
{
	uint64_t v = 0;
	int err = xs_read_uint(tx, "data/count", &v);

	++*(unsigned *)ctx;
	if (err && err != MIR_ENOENT)
		return err;
	err = xs_write(tx, "data/other", "changed, too");
	return err ? err : xs_printf(tx, "data/count", "%u", (unsigned)v + 1);
}

static int
change_mind(uint32_t tx, void *ctx)
{
	(void)ctx;
	CHECK_EQ(xs_write(tx, "data/count", "99"), MIR_OK);
	CHECK_EQ(fake_store_number(HOME "data/count"), 2);
	return MIR_ENOMEM;
}

static void
transactions(void)
{
	unsigned tries = 0;

	CHECK_EQ(xs_transaction(add_one, &tries), MIR_OK);
	CHECK_EQ(tries, 1);
	fake_store.conflicts = 3;
	CHECK_EQ(xs_transaction(add_one, &tries), MIR_OK);
	CHECK_EQ(tries, 5);
	CHECK_EQ(fake_store_number(HOME "data/count"), 2);
	CHECK_STR(fake_store_read(HOME "data/other"), "changed, too");
	CHECK_EQ(xs_transaction(change_mind, NULL), MIR_ENOMEM);
	CHECK_EQ(fake_store_number(HOME "data/count"), 2);
	fake_store.conflicts = XS_TRIES;
	CHECK_EQ(xs_transaction(add_one, &tries), MIR_EAGAIN);
	CHECK_EQ(fake_store_number(HOME "data/count"), 2);
	CHECK_EQ(xs_rm(0, "data"), MIR_OK);
}

TEST(transactions_are_all_or_nothing)
{
	fake_in_task(transactions);
}

static bool
number_of_no_transaction(struct xs_header *h, uint8_t *payload)
{
	if (h->type == XS_TRANSACTION_START)
		memcpy(payload, "0", 2);
	return true;
}

static void
wrong_number(void)
{
	unsigned tries = 0;

	fake_store.reply = number_of_no_transaction;
	CHECK_EQ(xs_transaction(add_one, &tries), MIR_EPROTO);
	fake_store.reply = NULL;
	CHECK_EQ(tries, 0);
}

TEST(a_transaction_without_a_number_is_none)
{
	fake_in_task(wrong_number);
}

static void
watches(void)
{
	static struct mir_waitq wake;
	static struct xs_watch w = { .path = "data", .wake = &wake };
	static struct xs_watch absolute = { .path = HOME "data/below", .wake = &wake };

	CHECK_EQ(xs_watch(&w), MIR_OK);
	CHECK_EQ(xs_watch(&absolute), MIR_OK);
	mir_sleep(MIR_MS(1));
	CHECK_EQ(w.events, 1);
	CHECK_EQ(absolute.events, 1);
	fake_store_write(HOME "data/below/it", "news");
	while (w.events < 2)
		CHECK_EQ(mir_wait(&wake, MIR_NEVER), MIR_OK);
	mir_sleep(MIR_MS(1));
	CHECK_EQ(absolute.events, 2);
	fake_store_write(HOME "database", "no news");
	mir_sleep(MIR_MS(1));
	CHECK_EQ(w.events, 2);
	CHECK_EQ(xs_rm(0, "data"), MIR_OK);
	mir_sleep(MIR_MS(1));
	CHECK_EQ(w.events, 3);
	CHECK_EQ(absolute.events, 3);
	xs_unwatch(&w);
	xs_unwatch(&absolute);
	fake_store_write(HOME "data/below", "unseen");
	mir_sleep(MIR_MS(1));
	CHECK_EQ(w.events, 3);
	CHECK_EQ(absolute.events, 3);
	fake_store.fail_path = HOME "data";
	fake_store.fail_with = "EQUOTA";
	CHECK_EQ(xs_watch(&w), MIR_ENOMEM);
	fake_store.fail_path = NULL;
}

TEST(watches_tell_of_changes_below)
{
	unsigned before;

	fake_run_for(MIR_SEC(3));
	before = fake_store_watches();
	fake_in_task(watches);
	CHECK_EQ(fake_store_watches(), before);
}

static bool
lose(struct xs_header *h, uint8_t *payload)
{
	(void)h;
	(void)payload;
	return false;
}

static void
silence(void)
{
	char text[8];
	mir_ns start = mir_now();

	fake_store.silent = true;
	CHECK_EQ(xs_read(0, "name", text, sizeof text), MIR_ETIMEDOUT);
	CHECK_EQ(mir_now() - start, XS_TIMEOUT);
	fake_store.silent = false;
	fake_store.reply = lose;
	CHECK_EQ(xs_read(0, "name", text, sizeof text), MIR_ETIMEDOUT);
	fake_store.reply = NULL;
	CHECK_EQ(xs_read(0, "name", text, sizeof text), MIR_ENOENT);
}

TEST(no_answer_is_an_error_after_a_while)
{
	fake_in_task(silence);
}

/* The ring fills up before the daemon takes anything; who waits for room gives up, too. */
static void
no_room(void)
{
	static char value[200];
	struct xs_request r[8];

	memset(value, 'v', sizeof value - 1);
	for (unsigned i = 0; i < 8; i++)
		r[i] = xs_to_write("data", value);
	fake_store.silent = true;
	CHECK_EQ(xs_do(r, 8), MIR_ETIMEDOUT);
	fake_store.silent = false;
	CHECK_EQ(xs_do(r, 8), MIR_OK);
	CHECK_EQ(xs_rm(0, "data"), MIR_OK);
}

TEST(a_full_ring_is_an_error_after_a_while)
{
	fake_in_task(no_room);
}

static bool
wrong_type(struct xs_header *h, uint8_t *payload)
{
	(void)payload;
	if (h->type == XS_READ)
		h->type = XS_WRITE;
	return true;
}

static void
wrong_answer(void)
{
	char text[8];

	fake_store_write(HOME "name", "guest");
	fake_store.reply = wrong_type;
	CHECK_EQ(xs_read(0, "name", text, sizeof text), MIR_EPROTO);
	fake_store.reply = NULL;
	CHECK_EQ(xs_read(0, "name", text, sizeof text), 5);
}

TEST(an_answer_to_another_question_is_an_error)
{
	fake_in_task(wrong_answer);
}

static bool
too_much(struct xs_header *h, uint8_t *payload)
{
	(void)payload;
	h->len = XS_REPLY_MAX + 1;
	return true;
}

static void
stream_lost(void)
{
	char text[8];

	fake_store.reply = too_much;
	CHECK_EQ(xs_read(0, "name", text, sizeof text), MIR_EPROTO);
	fake_store.reply = NULL;
	CHECK_EQ(xs_read(0, "name", text, sizeof text), MIR_EPROTO);
	CHECK_EQ(xs_write(0, "name", ""), MIR_EPROTO);
}

/* Last: the client does not come back from this. */
TEST(zz_a_lost_stream_ends_all_requests)
{
	fake_in_task(stream_lost);
}
