/* SPDX-License-Identifier: ISC */
/* lib/wheel: against a plain list, by chance; that deadlines are exact for few; that the number of
 * timers costs nothing. */
#include "lib/wheel.h"
#include "test/unit/harness.h"

#define COUNT	300

static struct wheel w;
static struct wheel_node nodes[COUNT];
static mir_ns model[COUNT];		/* MIR_NEVER: not set. */

static mir_ns
model_first(void)
{
	mir_ns first = MIR_NEVER;

	for (unsigned i = 0; i < COUNT; i++)
		if (model[i] < first)
			first = model[i];
	return first;
}

/* Late by less than a tick, if at all. */
static void
check_next(void)
{
	mir_ns first = model_first();

	CHECK(w.next <= first || w.next - first < 1u << WHEEL_SHIFT);
}

static void
check_due(mir_ns now)
{
	struct wheel_node *n;

	for (wheel_advance(&w, now); (n = wheel_pop(&w));) {
		CHECK(n->when <= now && model[n - nodes] == n->when);
		CHECK(!wheel_is_set(n));
		model[n - nodes] = MIR_NEVER;
	}
	CHECK(w.next > now);
	check_next();
}

static mir_ns
any_distance(void)
{
	return test_random() >> (14 + test_random() % 50);
}

TEST(a_wheel_is_like_a_list)
{
	mir_ns now = MIR_SEC(1000);

	wheel_init(&w);
	for (unsigned i = 0; i < COUNT; i++)
		model[i] = MIR_NEVER;
	for (unsigned round = 0; round < 100000; round++) {
		unsigned i = test_random() % COUNT;

		switch (test_random() % 4) {
		case 0:
			wheel_stop(&nodes[i]);
			model[i] = MIR_NEVER;
			break;
		case 1:
		case 2:
			model[i] = now + any_distance();
			wheel_set(&w, &nodes[i], model[i]);
			break;
		default:
			if (test_random() % 2 && w.next != MIR_NEVER)
				now = w.next > now ? w.next : now;
			else
				now += any_distance() >> (test_random() % 8 ? 20 : 0);
			check_due(now);
		}
		check_next();
	}
	while (w.next != MIR_NEVER)
		check_due(now = w.next);
	CHECK(model_first() == MIR_NEVER);
}

TEST(few_timers_are_exact)
{
	static const mir_ns when[] = { 1, MIR_US(3), MIR_MS(40), MIR_SEC(1), MIR_SEC(3600),
				       MIR_SEC(9ull * 86400) };

	for (unsigned i = 0; i < sizeof when / sizeof *when; i++) {
		wheel_init(&w);
		wheel_set(&w, &nodes[0], MIR_SEC(5) + when[i]);
		CHECK_EQ(w.next, MIR_SEC(5) + when[i]);
		wheel_advance(&w, w.next - 1);
		CHECK(!wheel_pop(&w));
		wheel_advance(&w, MIR_SEC(5) + when[i]);
		CHECK(wheel_pop(&w) == &nodes[0]);
		CHECK_EQ(w.next, MIR_NEVER);
	}
}

TEST(a_timer_moves_and_stops)
{
	wheel_init(&w);
	wheel_set(&w, &nodes[0], MIR_SEC(1));
	wheel_set(&w, &nodes[0], MIR_SEC(2));
	wheel_set(&w, &nodes[1], MIR_SEC(1));
	wheel_stop(&nodes[1]);
	wheel_stop(&nodes[1]);
	wheel_advance(&w, MIR_SEC(1));
	CHECK(!wheel_pop(&w));
	CHECK_EQ(w.next, MIR_SEC(2));
	wheel_advance(&w, MIR_SEC(2));
	CHECK(wheel_pop(&w) == &nodes[0]);
}
