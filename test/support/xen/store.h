/* SPDX-License-Identifier: ISC */
/* test/support/xen/store.h - a xenstored: a tree, watches, transactions, and the rings to the
 * guest.  Only the guest's rights are looked at: it may write below its own folder. */
#ifndef TEST_SUPPORT_XEN_STORE_H
#define TEST_SUPPORT_XEN_STORE_H

#include <stdbool.h>
#include <stdint.h>
#include "xen/xenstore/message.h"

#define STORE_PATH	128u		/* Bytes of a path with its ending 0. */
#define STORE_VALUE	256u
#define STORE_NODES	192u

struct store_node {
	char path[STORE_PATH];		/* "": unused. */
	char value[STORE_VALUE], perms[STORE_VALUE];
	uint32_t len, perms_len;
};

struct store_tree {
	struct store_node node[STORE_NODES];
};

/* store_tree.c: paths are absolute.  NULL or false: there is none, or no room. */
struct store_node *store_find(struct store_tree *t, const char *path);
bool store_put(struct store_tree *t, const char *path, const char *value, uint32_t len);
bool store_remove(struct store_tree *t, const char *path);	/* And all below. */
uint32_t store_children(struct store_tree *t, const char *path, char *names, uint32_t room);
bool store_below(const char *path, const char *folder);		/* Or the same. */

/* store.c: as dom0.  Watches fire. */
void fake_store_write(const char *path, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void fake_store_rm(const char *path);
const char *fake_store_read(const char *path);			/* NULL: there is none. */
uint64_t fake_store_number(const char *path);			/* 0: there is none. */

/* How it behaves; all-zero: as it should. */
struct fake_store {
	bool silent;			/* Takes nothing from the ring. */
	unsigned conflicts;		/* Transactions that others come in between. */
	const char *fail_path, *fail_with;	/* Requests on the (absolute) path: an error's name. */
	uint32_t fail_type;		/* Only these; 0: all. */
	unsigned requests;		/* It has seen. */
	void (*changed)(const char *path);	/* A backend's watch on everything. */
	bool (*reply)(struct xs_header *h, uint8_t *payload);	/* May spoil it; false: not sent. */
};
extern struct fake_store fake_store;

unsigned fake_store_watches(void);
void fake_store_forget_watches(unsigned keep);	/* All but the first ones. */
void fake_store_repeat(void);			/* All watches fire. */

/* store_ring.c: messages from and to the guest. */
void fake_store_notified(void *ctx);
void fake_store_say(uint32_t type, uint32_t id, uint32_t tx, const void *payload, uint32_t len);
void fake_store_request(const struct xs_header *h, const char *payload);	/* Of store.c. */
void fake_store_forget_stream(void);		/* What is half said, either way. */
void fake_store_ring_reset(void);		/* reset/store_ring.c: both sides begin anew. */

#endif
