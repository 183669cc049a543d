/* SPDX-License-Identifier: ISC */
/* xenstored's requests, watches and transactions (docs/misc/xenstore.txt). */
#include "test/support/xen/store.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "test/support/xen/fake.h"
#include <xen/io/xs_wire.h>

#define WATCHES		64u
#define TRANSACTIONS	4u
#define CHANGES		16u

struct fake_store fake_store;

static struct store_tree tree;
static unsigned changes;		/* Of the tree: what a transaction looks at. */

static struct { char path[STORE_PATH], abs[STORE_PATH], token[32]; } watches[WATCHES];
static unsigned watch_count;

static struct transaction {
	struct store_tree tree;
	uint32_t id;			/* 0: unused. */
	unsigned begun;			/* 'changes' then. */
	char changed[CHANGES][STORE_PATH];
	unsigned changed_count;
} transactions[TRANSACTIONS];
static uint32_t last_transaction;

static const char home[] = "/local/domain/7";
_Static_assert(FAKE_SELF == 7, "the guest's folder");

static void
say_event(unsigned watch, const char *path)
{
	char payload[STORE_PATH + sizeof watches->token];
	size_t len = strlen(path) + 1, skip = 0;

	/* A watch set by a relative path reports relative ones. */
	if (watches[watch].path[0] != '/' && store_below(path, home))
		skip = sizeof home;
	if (skip >= len)
		return;
	memcpy(payload, path + skip, len - skip);
	strcpy(payload + len - skip, watches[watch].token);
	fake_store_say(XS_WATCH_EVENT, 0, 0, payload,
		       (uint32_t)(len - skip + strlen(watches[watch].token) + 1));
}

static void
changed(const char *path, bool with_all_below)
{
	changes++;
	for (unsigned i = 0; i < watch_count; i++)
		if (store_below(path, watches[i].abs) ||
		    (with_all_below && store_below(watches[i].abs, path)))
			say_event(i, store_below(path, watches[i].abs) ? path : watches[i].abs);
	if (fake_store.changed)
		fake_store.changed(path);
}

void
fake_store_write(const char *path, const char *fmt, ...)
{
	char value[STORE_VALUE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(value, sizeof value, fmt, ap);
	va_end(ap);
	if (store_put(&tree, path, value, (uint32_t)strlen(value)))
		changed(path, false);
}

void
fake_store_rm(const char *path)
{
	if (store_remove(&tree, path))
		changed(path, true);
}

const char *
fake_store_read(const char *path)
{
	static char value[STORE_VALUE + 1];
	struct store_node *n = store_find(&tree, path);

	if (!n)
		return NULL;
	memcpy(value, n->value, n->len);
	value[n->len] = 0;
	return value;
}

uint64_t
fake_store_number(const char *path)
{
	const char *text = fake_store_read(path);

	return text ? strtoull(text, NULL, 10) : 0;
}

unsigned
fake_store_watches(void)
{
	return watch_count;
}

void
fake_store_forget_watches(unsigned keep)
{
	if (watch_count > keep)
		watch_count = keep;
}

void
fake_store_repeat(void)
{
	for (unsigned i = 0; i < watch_count; i++)
		say_event(i, watches[i].abs);
}

static const char *
watch(const char *path, const char *abs, const char *token)
{
	unsigned i = watch_count;

	if (strlen(token) >= sizeof watches->token)
		return "EINVAL";
	if (i == WATCHES)
		return "EQUOTA";
	strcpy(watches[i].path, path);
	strcpy(watches[i].abs, abs);
	strcpy(watches[i].token, token);
	watch_count++;
	return NULL;
}

static const char *
unwatch(const char *abs, const char *token)
{
	for (unsigned i = 0; i < watch_count; i++) {
		if (strcmp(watches[i].abs, abs) || strcmp(watches[i].token, token))
			continue;
		watch_count--;
		memmove(&watches[i], &watches[i + 1], (watch_count - i) * sizeof *watches);
		return NULL;
	}
	return "ENOENT";
}

static struct transaction *
transaction(uint32_t id)
{
	for (unsigned i = 0; i < TRANSACTIONS; i++)
		if (transactions[i].id == id)
			return &transactions[i];
	return NULL;
}

static void
begin(const struct xs_header *h)
{
	struct transaction *t = transaction(0);
	char text[12];

	if (!t) {
		fake_store_say(XS_ERROR, h->id, 0, "ENOSPC", 7);
		return;
	}
	t->id = ++last_transaction;
	t->tree = tree;
	t->begun = changes;
	t->changed_count = 0;
	fake_store_say(h->type, h->id, 0, text,
		       (uint32_t)snprintf(text, sizeof text, "%u", t->id) + 1);
}

static const char *
end(struct transaction *t, bool commit)
{
	t->id = 0;
	if (!commit)
		return NULL;
	if (fake_store.conflicts) {
		fake_store.conflicts--;
		changes++;
	}
	if (t->begun != changes)
		return "EAGAIN";
	tree = t->tree;
	for (unsigned i = 0; i < t->changed_count; i++)
		changed(t->changed[i], true);
	return NULL;
}

static void
note_change(struct transaction *t, const char *path, bool with_all_below)
{
	if (!t)
		changed(path, with_all_below);
	else if (t->changed_count < CHANGES)
		strcpy(t->changed[t->changed_count++], path);
}

/* What a request changes; NULL or an error's name. */
static const char *
alter(const struct xs_header *h, struct transaction *t, const char *abs, const char *value,
      uint32_t len)
{
	struct store_tree *at = t ? &t->tree : &tree;
	struct store_node *n = store_find(at, abs);

	if (!store_below(abs, home))
		return "EACCES";
	if ((h->type == XS_RM || h->type == XS_SET_PERMS) && !n)
		return "ENOENT";
	if (h->type == XS_WRITE || (h->type == XS_MKDIR && !n)) {
		if (!store_put(at, abs, value, len))
			return "ENOSPC";
	} else if (h->type == XS_RM) {
		store_remove(at, abs);
	} else if (h->type == XS_SET_PERMS) {
		if (len == 0 || len > sizeof n->perms)
			return "EINVAL";
		memcpy(n->perms, value, len);
		n->perms_len = len;
	}
	note_change(t, abs, h->type == XS_RM);
	return NULL;
}

static void
answer(const struct xs_header *h, const char *error)
{
	if (error)
		fake_store_say(XS_ERROR, h->id, h->tx, error, (uint32_t)strlen(error) + 1);
	else
		fake_store_say(h->type, h->id, h->tx, "OK", 3);
}

static void
fetch(const struct xs_header *h, struct store_tree *at, const char *abs)
{
	static char names[XS_REPLY_MAX];
	struct store_node *n = store_find(at, abs);

	/* What is not there looks forbidden where the guest may not list. */
	if (!n)
		answer(h, store_below(abs, home) ? "ENOENT" : "EACCES");
	else if (h->type == XS_READ)
		fake_store_say(h->type, h->id, h->tx, n->value, n->len);
	else if (h->type == XS_GET_PERMS)
		fake_store_say(h->type, h->id, h->tx, n->perms, n->perms_len);
	else
		fake_store_say(h->type, h->id, h->tx, names,
			       store_children(at, abs, names, sizeof names));
}

static void
act(const struct xs_header *h, const char *path, const char *abs, const char *value,
    uint32_t len)
{
	struct transaction *t = h->tx ? transaction(h->tx) : NULL;

	switch (h->type) {
	case XS_READ:
	case XS_DIRECTORY:
	case XS_GET_PERMS:
		fetch(h, t ? &t->tree : &tree, abs);
		break;
	case XS_WRITE:
	case XS_MKDIR:
	case XS_RM:
	case XS_SET_PERMS:
		answer(h, alter(h, t, abs, value, len));
		break;
	case XS_WATCH:
		answer(h, watch(path, abs, value));
		if (watch_count && strcmp(watches[watch_count - 1].token, value) == 0)
			say_event(watch_count - 1, abs);
		break;
	case XS_UNWATCH:
		answer(h, unwatch(abs, value));
		break;
	case XS_TRANSACTION_START:
		begin(h);
		break;
	case XS_TRANSACTION_END:
		answer(h, t ? end(t, path[0] == 'T') : "ENOENT");
		break;
	default:
		answer(h, "ENOSYS");
	}
}

void
fake_store_request(const struct xs_header *h, const char *payload)
{
	uint32_t used = (uint32_t)strnlen(payload, h->len);
	char abs[STORE_PATH];

	if (used == h->len ||
	    (size_t)snprintf(abs, sizeof abs, "%s%s%s", payload[0] == '/' ? "" : home,
			     payload[0] == '/' ? "" : "/", payload) >= sizeof abs) {
		answer(h, "EINVAL");
		return;
	}
	if (fake_store.fail_path && strcmp(fake_store.fail_path, abs) == 0 &&
	    (!fake_store.fail_type || fake_store.fail_type == h->type))
		answer(h, fake_store.fail_with);
	else
		act(h, payload, abs, payload + used + 1, h->len - used - 1);
}
