/* SPDX-License-Identifier: ISC */
/* The scheduler's loop on a platform that counts its sleeps. */
#include "kernel/loop.h"
#include "mir/netif.h"
#include "mir/platform.h"
#include "mir/timer.h"
#include "test/unit/harness.h"

static mir_ns now, slept_until;
static unsigned sleeps, flushes;
static jmp_buf out;
static struct mir_timer after_flush;

static mir_ns
monotonic(struct mir_clock *c)
{
	(void)c;
	return now;
}

static const struct mir_clock_ops clock_ops = { .name = "loop test", .monotonic = monotonic };
static struct mir_clock test_clock = { .ops = &clock_ops };

static bool
poll(void)
{
	return false;
}

static void
wait(mir_ns deadline)
{
	slept_until = deadline;
	sleeps++;
	now = deadline;
	if (deadline == MIR_NEVER)
		mir_exit_request(MIR_EXIT_HALT);
}

static void leave(enum mir_exit how) __attribute__((noreturn));

static void
leave(enum mir_exit how)
{
	CHECK_EQ(how, MIR_EXIT_HALT);
	longjmp(out, 1);
}

static const struct mir_platform platform = {
	.name = "loop test", .poll = poll, .wait = wait, .exit = leave };

/* A device that looks after what it sent 20 ns later. */
static void
flush(struct mir_netif *nif)
{
	(void)nif;
	if (flushes++ == 0)
		mir_timer_set(&after_flush, now + 20);
}

static void
end(struct mir_timer *t)
{
	(void)t;
	CHECK_EQ(sleeps, 1);
	CHECK_EQ(slept_until, 20);
	CHECK_EQ(now, 20);
}

static const struct mir_netif_ops netif_ops = { .name = "loop test", .flush = flush };

TEST(sleeps_no_longer_than_sending_allows)
{
	static struct mir_netif nif = { .ops = &netif_ops };

	mir_platform = &platform;
	mir_clock = &test_clock;
	after_flush.fire = end;
	mir_netif_register(&nif);
	if (!setjmp(out))
		mir_loop();
	CHECK_EQ(sleeps, 2);
	CHECK_EQ(slept_until, MIR_NEVER);
}
