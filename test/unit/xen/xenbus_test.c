/* SPDX-License-Identifier: ISC */
/* xenbus with a driver of the test's own: which devices it makes, and when they are settled. */
/* sources: test/support/xen/[a-z]*.[cS] xen/[a-z]*.c xen/xenstore/[a-z]*.c arch/x86_64/entropy.c */
#include <stdio.h>
#include "mir/err.h"
#include "mir/module.h"
#include "test/support/xen/fake.h"
#include "test/support/xen/store.h"
#include "test/unit/harness.h"
#include "xen/hypercall.h"
#include "xen/xenbus.h"
#include <xen/errno.h>

#define TOYS 8u
#define FRONT "/local/domain/7/device/toy/"
#define BACK "/local/domain/3/backend/toy/7/"

struct toy {
	struct xenbus_device dev;
	unsigned id, connects, ups, disconnects;
	char colour[8], size[8];
};

static struct toy toys[TOYS];
static unsigned created;
static bool no_memory;
static int connect_error;

static struct xenbus_device *
create(unsigned id)
{
	if (no_memory || id >= TOYS)
		return NULL;
	created++;
	toys[id].id = id;
	return &toys[id].dev;
}

static struct toy *
toy(struct xenbus_device *dev)
{
	return (struct toy *)dev;
}

static void
read_front(struct xenbus_device *dev, struct xs_batch *b)
{
	xs_batch_read(b, dev->front, "colour", toy(dev)->colour, sizeof toy(dev)->colour);
}

static void
read_back(struct xenbus_device *dev, struct xs_batch *b)
{
	xs_batch_read(b, dev->back, "size", toy(dev)->size, sizeof toy(dev)->size);
}

static int
connect(struct xenbus_device *dev, struct xs_batch *b)
{
	toy(dev)->connects++;
	xs_batch_write(b, dev->front, "handle", "%u", dev->id + 100);
	return connect_error;
}

static void
connected(struct xenbus_device *dev)
{
	toy(dev)->ups++;
}

static void
disconnect(struct xenbus_device *dev)
{
	toy(dev)->disconnects++;
}

static struct xenbus_driver driver = {
	.type = "toy", .name = "toyfront", .create = create, .read_front = read_front,
	.read_back = read_back, .connect = connect, .connected = connected,
	.disconnect = disconnect,
};

static int
start(void)
{
	xenbus_register(&driver);
	return MIR_OK;
}

MIR_MODULE(toy, MIR_LEVEL_DRIVER, start);

static void
key(const char *dir, unsigned id, const char *name, const char *value)
{
	char path[STORE_PATH];

	snprintf(path, sizeof path, "%s%u/%s", dir, id, name);
	fake_store_write(path, "%s", value);
}

static const char *
front_state(unsigned id)
{
	char path[STORE_PATH];

	snprintf(path, sizeof path, FRONT "%u/state", id);
	return fake_store_read(path);
}

static void
back_state(unsigned id, const char *state)
{
	key(BACK, id, "state", state);
	fake_run_for(MIR_SEC(3));
}

/* Of a backend in domain 3: it can't be guessed. */
static void
add(unsigned id)
{
	char back[64];

	snprintf(back, sizeof back, BACK "%u", id);
	key(BACK, id, "size", "large");
	key(BACK, id, "state", "2");
	key(FRONT, id, "backend", back);
	key(FRONT, id, "backend-id", "3");
	key(FRONT, id, "colour", "red");
	key(FRONT, id, "state", "1");
}

static void
take(unsigned id)
{
	char path[STORE_PATH];

	snprintf(path, sizeof path, FRONT "%u", id);
	fake_store_rm(path);
	fake_run_for(MIR_SEC(1));
	snprintf(path, sizeof path, BACK "%u", id);
	fake_store_rm(path);
	fake_run_for(MIR_SEC(2));
}

static mir_ns settled_at;

static void
wait_settled(void *arg)
{
	(void)arg;
	xenbus_wait_settled(MIR_NEVER);
	settled_at = mir_now();
}

/* There at boot: one whose backend waits, one whose backend does not. */
TEST(devices_of_the_first_look_settle)
{
	add(1);
	add(2);
	key(BACK, 2, "state", "1");
	fake_boot();
	mir_spawn("waits", wait_settled, NULL);
	fake_run_for(MIR_SEC(10));
	CHECK_EQ(settled_at, 0);
	CHECK_EQ(created, 2);
	CHECK_EQ(toys[1].connects, 1);
	CHECK_STR(toys[1].colour, "red");
	CHECK_STR(toys[1].size, "large");
	CHECK_EQ(toys[1].dev.backend_id, 3);
	CHECK_EQ(toys[1].ups, 0);
	CHECK_EQ(fake_store_number(FRONT "1/handle"), 101);
	CHECK_STR(front_state(1), "4");
	/* A backend that does not go on keeps nobody from shutting the guest down. */
	CHECK_STR(fake_store_read("/local/domain/7/control/feature-poweroff"), "1");
	back_state(1, "4");
	CHECK_EQ(toys[1].ups, 1);
	CHECK(settled_at > 0);
	CHECK_EQ(toys[2].connects, 0);
	back_state(2, "2");
	CHECK_EQ(toys[2].connects, 1);
}

TEST(devices_may_come_late_and_go)
{
	add(3);
	fake_run_for(MIR_SEC(1));
	back_state(3, "4");
	CHECK_EQ(toys[3].ups, 1);
	take(3);
	CHECK_EQ(toys[3].disconnects, 1);
	CHECK(!toys[3].dev.present);
	add(3);
	fake_run_for(MIR_SEC(3));
	back_state(3, "4");
	CHECK_EQ(toys[3].ups, 2);
	CHECK_EQ(created, 3);
	take(3);
}

TEST(folders_that_are_no_numbers_and_devices_without_memory_are_left)
{
	fake_store_write(FRONT "abc/state", "1");
	fake_store_write(FRONT "100/state", "1");
	fake_store_write(FRONT "4x/state", "1");
	no_memory = true;
	add(4);
	fake_run_for(MIR_SEC(1));
	CHECK_EQ(created, 3);
	no_memory = false;
	key(FRONT, 4, "state", "1");
	fake_run_for(MIR_SEC(1));
	CHECK_EQ(created, 4);
	CHECK_EQ(toys[4].connects, 1);
	take(4);
}

TEST(states_that_make_no_sense_are_no_states)
{
	static const char *const states[] = { "9", "-1", "", "4 ", "four", "18446744073709551620" };
	unsigned ups = toys[1].ups, connects;

	for (unsigned i = 0; i < sizeof states / sizeof *states; i++) {
		connects = toys[1].connects;
		back_state(1, states[i]);
		CHECK_EQ(toys[1].disconnects, i + 1);
		CHECK_STR(front_state(1), "6");
		back_state(1, "2");
		CHECK_EQ(toys[1].connects, connects + 1);
		back_state(1, "4");
		CHECK_EQ(toys[1].ups, ++ups);
	}
	back_state(1, "7");
	back_state(1, "8");
	back_state(1, "4");
	CHECK_EQ(toys[1].ups, ups);
}

TEST(a_backend_in_no_domain_is_none)
{
	add(5);
	key(FRONT, 5, "backend-id", "32752");
	fake_run_for(MIR_SEC(3));
	CHECK_EQ(toys[5].connects, 0);
	key(FRONT, 5, "backend-id", "three");
	fake_run_for(MIR_SEC(3));
	CHECK_EQ(toys[5].connects, 0);
	key(FRONT, 5, "backend-id", "3");
	fake_run_for(MIR_SEC(3));
	CHECK_EQ(toys[5].connects, 1);
	take(5);
}

/* Then the backend's place is asked for, instead of guessed, at the price of a round trip. */
TEST(a_guest_that_can_not_learn_its_number_connects_as_well)
{
	fake_fail(__HYPERVISOR_event_channel_op, EVTCHNOP_status, -XEN_EPERM, 1);
	add(3);
	fake_run_for(MIR_SEC(1));
	back_state(3, "4");
	CHECK(toys[3].dev.up);
	take(3);
}

TEST(a_device_whose_task_has_no_memory_is_left)
{
	size_t pages = test_pages_left;

	test_pages_left = 0;
	add(7);
	fake_run_for(MIR_SEC(1));
	test_pages_left = pages;
	CHECK_EQ(toys[7].connects, 0);
	fake_run_for(MIR_SEC(1));
	CHECK_STR(front_state(1), "4");
	take(7);
}

/* Half of it is written, the rest comes later. */
TEST(a_device_without_a_backend_waits_for_one)
{
	key(FRONT, 6, "state", "1");
	fake_run_for(MIR_SEC(10));
	CHECK_EQ(toys[6].connects, 0);
	add(6);
	fake_run_for(MIR_SEC(3));
	CHECK_EQ(toys[6].connects, 1);
	take(6);
}

TEST(a_driver_may_give_a_device_up)
{
	unsigned connects = toys[1].connects, disconnects = toys[1].disconnects;

	xenbus_fail(&toys[1].dev);
	fake_run_for(MIR_SEC(5));
	CHECK_EQ(toys[1].disconnects, disconnects + 1);
	CHECK_STR(front_state(1), "6");
	back_state(1, "5");
	back_state(1, "6");
	CHECK_EQ(toys[1].connects, connects);
	back_state(1, "2");
	CHECK_EQ(toys[1].connects, connects + 1);
	back_state(1, "4");
}

TEST(a_connection_that_fails_is_tried_once_a_second)
{
	unsigned connects = toys[1].connects, disconnects = toys[1].disconnects;

	connect_error = MIR_ENOMEM;
	back_state(1, "2");
	fake_run_for(MIR_SEC(11));
	CHECK(toys[1].connects >= connects + 8 && toys[1].connects <= connects + 12);
	CHECK_EQ(toys[1].disconnects - disconnects, toys[1].connects - connects + 1);
	connect_error = MIR_OK;
	fake_run_for(MIR_SEC(2));
	back_state(1, "4");
	CHECK(toys[1].dev.up);
}

/* Only that the backend's state changed is known, not how. */
TEST(a_xenstore_that_does_not_answer_costs_no_connection)
{
	unsigned disconnects = toys[1].disconnects;

	fake_store.silent = true;
	back_state(1, "8");
	fake_run_for(MIR_SEC(20));
	CHECK(toys[1].dev.up);
	fake_store.silent = false;
	fake_run_for(MIR_SEC(7));
	CHECK(toys[1].dev.up);
	CHECK_EQ(toys[1].disconnects, disconnects);
	fake_store.silent = true;
	back_state(1, "2");
	fake_run_for(MIR_SEC(20));
	fake_store.silent = false;
	fake_run_for(MIR_SEC(7));
	CHECK_EQ(toys[1].disconnects, disconnects + 1);
	CHECK_STR(front_state(1), "4");
	back_state(1, "4");
	CHECK(toys[1].dev.up);
}

TEST(a_xenstore_that_refuses_is_asked_again)
{
	fake_store.fail_path = FRONT "1/state";
	fake_store.fail_with = "EIO";
	back_state(1, "2");
	fake_run_for(MIR_SEC(5));
	CHECK(!toys[1].dev.up);
	fake_store.fail_path = NULL;
	fake_run_for(MIR_SEC(10));
	CHECK_STR(front_state(1), "4");
}

/* Its folder is full of names: those that fit are seen, nothing else happens. */
TEST(more_names_than_there_is_room_for)
{
	char path[STORE_PATH];
	unsigned before = created;

	for (unsigned i = 0; i < 20; i++) {
		snprintf(path, sizeof path, FRONT "a-rather-long-name-of-a-device-%u", i);
		fake_store_write(path, "%s", "");
	}
	fake_run_for(MIR_SEC(1));
	CHECK_EQ(created, before);
	CHECK_STR(front_state(1), "4");
}
