/* SPDX-License-Identifier: ISC */
/* A backend's talk with the frontend by xenstore. */
#include "test/support/xen/backend.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "test/support/xen/store.h"
#include "test/unit/harness.h"

static struct backend *all[BACKENDS];

uint64_t
backend_number(const char *folder, const char *key)
{
	char path[STORE_PATH];

	snprintf(path, sizeof path, "%s/%s", folder, key);
	return fake_store_number(path);
}

static void
write_key(const char *folder, const char *key, const char *value)
{
	char path[STORE_PATH];

	snprintf(path, sizeof path, "%s/%s", folder, key);
	fake_store_write(path, "%s", value);
}

void
backend_key(struct backend *b, const char *key, const char *fmt, ...)
{
	char text[64];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	write_key(b->back, key, text);
}

void
backend_front_key(struct backend *b, const char *key, const char *value)
{
	write_key(b->front, key, value);
}

void
backend_state(struct backend *b, enum xenbus_state s)
{
	backend_key(b, "state", "%d", (int)s);
}

enum xenbus_state
backend_front_state(struct backend *b)
{
	return (enum xenbus_state)backend_number(b->front, "state");
}

void
backend_disconnect(struct backend *b)
{
	b->disconnect(b);
	b->connected = false;
}

static void
connect(struct backend *b)
{
	backend_disconnect(b);
	b->connected = b->connect(b);
	if (!b->connected) {
		backend_state(b, XenbusStateClosed);
		return;
	}
	b->connects++;
	backend_state(b, XenbusStateConnected);
}

/* As Linux's backends answer the frontend's states. */
static void
look(void *back)
{
	struct backend *b = back;
	enum xenbus_state front = backend_front_state(b);

	switch (backend_number(b->back, "state")) {
	case XenbusStateInitWait:
		if (front == XenbusStateConnected)
			connect(b);
		else if (front == XenbusStateClosed)
			backend_state(b, XenbusStateClosed);
		break;
	case XenbusStateConnected:
	case XenbusStateClosing:
		if (front == XenbusStateConnected)
			break;
		backend_disconnect(b);
		backend_state(b, front == XenbusStateInitialising ? XenbusStateInitWait :
			      XenbusStateClosed);
		break;
	case XenbusStateClosed:
		if (front == XenbusStateInitialising)
			backend_state(b, XenbusStateInitWait);
		break;
	default:
		break;
	}
}

void
backend_rebind(struct backend *b)
{
	backend_state(b, XenbusStateInitWait);
	fake_actor_set(&b->look, test_now + FAKE_DELAY);
}

void
backend_misbehave(struct backend *b, uint8_t how)
{
	if (how < 200) {
		backend_state(b, how % 10);
		return;
	}
	backend_disconnect(b);
	if (how < 250)
		backend_rebind(b);
}

static void
changed(const char *path)
{
	for (unsigned i = 0; i < BACKENDS; i++)
		if (all[i] && !all[i]->stuck && store_below(path, all[i]->front))
			fake_actor_set(&all[i]->look, test_now + FAKE_DELAY);
}

static unsigned
place(const struct backend *b)
{
	unsigned i = 0;

	while (i < BACKENDS - 1 && all[i] != b)
		i++;
	return i;
}

void
backend_add(struct backend *b, const char *type, unsigned id)
{
	unsigned at = place(b);

	if (all[at] != b)
		at = place(NULL);
	CHECK(!all[at] || all[at] == b);
	all[at] = b;
	b->look = (struct fake_actor){ .run = look, .ctx = b };
	snprintf(b->front, sizeof b->front, "/local/domain/%u/device/%s/%u", FAKE_SELF, type, id);
	snprintf(b->back, sizeof b->back, "/local/domain/0/backend/%s/%u/%u", type, FAKE_SELF, id);
	fake_store.changed = changed;
	backend_key(b, "online", "1");
}

void
backend_wait(struct backend *b)
{
	backend_state(b, XenbusStateInitWait);
	backend_front_key(b, "backend", b->back);
	backend_front_key(b, "backend-id", "0");
	backend_front_key(b, "state", "1");
}

void
backend_remove(struct backend *b)
{
	unsigned at = place(b);

	if (all[at] == b)
		all[at] = NULL;
	fake_actor_cancel(&b->look);
	fake_store_rm(b->front);
	fake_store_rm(b->back);
	backend_disconnect(b);
}
