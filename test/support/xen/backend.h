/* SPDX-License-Identifier: ISC */
/* test/support/xen/backend.h - dom0's half of any device, in xenstore: its folders and its states. */
#ifndef TEST_SUPPORT_XEN_BACKEND_H
#define TEST_SUPPORT_XEN_BACKEND_H

#include "test/support/xen/fake.h"
#include <xen/io/xenbus.h>

#define BACKENDS	4u

struct backend {			/* The first member of a real one. */
	char front[64], back[64];	/* Folders in xenstore. */
	struct fake_actor look;
	bool connected;
	bool stuck;			/* Does not see what the frontend says in xenstore. */
	unsigned connects;
	bool (*connect)(struct backend *);	/* False: refuses, and has nothing mapped. */
	void (*disconnect)(struct backend *);	/* All that it has mapped. */
};

/* As the toolstack: a device, the frontend's state is to be written last; its end, frontend's folder
 * first. */
void backend_add(struct backend *b, const char *type, unsigned id);
void backend_wait(struct backend *b);		/* It waits for the frontend. */
void backend_remove(struct backend *b);

uint64_t backend_number(const char *folder, const char *key);	/* 0: there is none. */
void backend_key(struct backend *b, const char *key, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void backend_front_key(struct backend *b, const char *key, const char *value);
void backend_state(struct backend *b, enum xenbus_state s);
enum xenbus_state backend_front_state(struct backend *b);
void backend_disconnect(struct backend *b);
void backend_rebind(struct backend *b);		/* Its driver is there again, after it left. */
/* For fuzzers: any state without notice; or its driver leaves, and mostly takes the device again. */
void backend_misbehave(struct backend *b, uint8_t how);

#endif
