/* SPDX-License-Identifier: ISC */
/* A guest that boots among lies: xenstored spoils some of its answers, from the first one on.  Each
 * guest is a process of its own; how it fares is decided by its number. */
/* sources: test/support/xen/[a-z]*.[cS] xen/[a-z]*.c xen/xenstore/[a-z]*.c arch/x86_64/entropy.c */
/* sources: drivers/netfront/[a-z]*.c */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "mir/log.h"
#include "mir/netif.h"
#include "test/support/xen/netback.h"
#include "test/support/xen/store.h"
#include "test/unit/harness.h"
#include "xen/grant.h"
#include <xen/io/xs_wire.h>

#define GUESTS	240u
#define MOST	10u		/* Seconds of the host's, for each. */

static uint32_t state;
static unsigned harm;			/* One message in so many is spoiled. */
static bool stream_lost;		/* It said what nobody may say. */
static bool no_mercy;			/* So it may. */

static uint32_t
dice(void)
{
	state = state * 1664525 + 1013904223;
	return state >> 8;
}

static bool
lie(struct xs_header *h, uint8_t *payload)
{
	if (dice() % harm)
		return true;
	switch (dice() % (no_mercy ? 8 : 6)) {
	case 0:
		return false;
	case 1:
		h->id += dice() % 3 - 1;
		break;
	case 2:
		h->len = h->len ? dice() % h->len : 0;
		break;
	case 3:
		h->type = XS_ERROR;
		h->len = 7;
		memcpy(payload, dice() & 1 ? "ENOENT" : "EAGAIN", 7);
		break;
	case 4:
		for (uint32_t i = 0; i < h->len; i++)
			payload[i] = (uint8_t)dice();
		break;
	case 5:
		h->type = dice() % 20;
		break;
	case 6:
		h->len = dice() % 5000;
		stream_lost = true;
		break;
	case 7:
		fake_store_ring.rsp_prod += dice() % 3000;
		stream_lost = true;
		break;
	}
	return true;
}

/* What a process of a guest ends with: what it printed are checks that failed. */
enum { FINE, FAILED, WITHOUT_VIF };

static int
live(unsigned number)
{
	struct netback *back;

	state = number * 7919;
	harm = 2 + number % 7 * 4;
	no_mercy = number % 3 == 0;
	fake_store.reply = lie;
	back = netback_add(0);
	mir_log_level = MIR_LOG_ERROR;
	fake_run_for(MIR_SEC(40));
	fake_store_repeat();
	fake_store_write("/local/domain/7/control/shutdown", "suspend");
	fake_run_for(MIR_SEC(40));
	fake_store.reply = NULL;
	netback_remove(0);
	fake_grants_unmap_all();
	fake_run_for(MIR_SEC(40));
	if (stream_lost)		/* It lives on with what it had. */
		return FINE;
	CHECK_EQ(fake_grants_live(), 0);
	back = netback_add(0);
	fake_run_for(MIR_SEC(40));
	return back->be.connected ? FINE : WITHOUT_VIF;
}

static int
guest(unsigned number)
{
	int said = dup(STDOUT_FILENO), how;
	FILE *complaints = tmpfile();
	char line[200];

	dup2(fileno(complaints), STDOUT_FILENO);
	how = live(number);
	fflush(stdout);
	rewind(complaints);
	while (fgets(line, sizeof line, complaints)) {
		dprintf(said, "# guest %u: %s", number, line);
		how = FAILED;
	}
	return how;
}

static int
outcome(unsigned number)
{
	int status = 0;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		alarm(MOST);
		_exit(guest(number));
	}
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
	return status;
}

TEST(no_lie_stops_a_guest)
{
	unsigned without = 0;
	int status;

	for (unsigned i = 0; i < GUESTS; i++) {
		status = outcome(i);
		without += WIFEXITED(status) && WEXITSTATUS(status) == WITHOUT_VIF;
		CHECK_MSG(WIFEXITED(status) && WEXITSTATUS(status) != FAILED,
			  "guest %u: status 0x%x", i, (unsigned)status);
	}
	/* Those were told that they may not watch. */
	CHECK_MSG(without <= GUESTS / 20, "%u guests without a vif", without);
}
