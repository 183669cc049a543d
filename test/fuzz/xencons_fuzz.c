/* SPDX-License-Identifier: ISC */
/* sources: xen/byte_ring.c */
/* The console ring against an xenconsoled that is quick, slow or hostile.  An input is a list of
 * steps.  While the indexes make sense, what it takes is what was written, in order, CR before
 * each LF; what it typed comes out as it was, a CR as LF.  The driver itself is in this program's
 * file, for its state to be put back: an image gives a broken console up for good. */
#include "drivers/console/xencons.c"
#include "test/fuzz/fuzz.h"
#include "test/unit/harness.h"

#define STEPS	300u
#define WANTED	16384u			/* A power of two. */

struct xen_boot xen_boot;

static struct xencons_interface page;
static struct mir_console *driver;
static void (*event)(void *);
static bool honest;			/* No index was senseless so far. */
static uint8_t takes;			/* While the driver waits for it. */
static char wanted[WANTED];		/* What it is still to be told. */
static uint32_t wanted_prod, wanted_cons;
static unsigned notified, waits;

int
evtchn_bind(evtchn_port_t port, void (*handler)(void *), void *ctx)
{
	(void)port;
	(void)ctx;
	event = handler;
	return 0;
}

void
evtchn_notify(evtchn_port_t port)
{
	CHECK_EQ(port, 2);
	notified++;
}

void
mir_console_register(struct mir_console *c)
{
	driver = c;
}

static void
take(unsigned most)
{
	uint32_t n = page.out_prod - page.out_cons;

	CHECK(!honest || n <= sizeof page.out);
	for (n = n < most ? n : most; honest && n; n--, page.out_cons++) {
		CHECK(wanted_cons != wanted_prod);
		CHECK_EQ(page.out[page.out_cons % sizeof page.out],
			 wanted[wanted_cons++ % WANTED]);
	}
}

void
evtchn_wait_port(evtchn_port_t port, mir_ns deadline)
{
	CHECK_EQ(port, 2);
	CHECK(deadline > test_now && deadline <= test_now + FLUSH_STEP);
	waits++;
	test_now = deadline;
	take(takes);
}

static void
want(char c)
{
	wanted[wanted_prod++ % WANTED] = c;
}

static void
write_text(struct fuzz_bytes *in)
{
	uint64_t before = dropped;
	char text[512];
	uint32_t len = fuzz_16(in) % sizeof text, start = wanted_prod;
	bool was_empty = page.out_prod == page.out_cons;
	unsigned told = notified;

	for (uint32_t i = 0; i < len; i++) {
		text[i] = (char)(i % 8 ? 'a' + i % 23 : fuzz_8(in));
		if (text[i] == '\n')
			want('\r');
		want(text[i]);
	}
	driver->ops->write(driver, text, len);
	wanted_prod -= (uint32_t)(dropped - before);	/* The end of it. */
	CHECK((int32_t)(wanted_prod - start) >= 0);
	CHECK(!honest || !was_empty || notified > told);
}

static void
type_text(struct fuzz_bytes *in)
{
	char text[64], typed;
	unsigned n = fuzz_8(in), at = page.in_cons;
	size_t len;

	for (; n && honest && page.in_prod - page.in_cons < sizeof page.in; n--)
		page.in[page.in_prod++ % sizeof page.in] = (char)fuzz_8(in);
	event(NULL);
	len = driver->ops->read(driver, text, fuzz_8(in) % (sizeof text + 1));
	CHECK(len <= sizeof text);
	for (size_t i = 0; honest && i < len; i++) {
		typed = page.in[(at + i) % sizeof page.in];
		CHECK_EQ(text[i], typed == '\r' ? '\n' : typed);
	}
}

static void
flush(struct fuzz_bytes *in)
{
	mir_ns start = test_now;

	takes = fuzz_8(in);
	waits = 0;
	driver->ops->flush(driver);
	CHECK(waits <= FLUSH_LIMIT / FLUSH_STEP && test_now - start <= FLUSH_LIMIT);
	if (honest && takes >= 200)
		CHECK_EQ(wanted_prod, wanted_cons);
}

static void
set_index(struct fuzz_bytes *in)
{
	uint32_t *index = fuzz_8(in) & 1 ? &page.out_cons : &page.in_prod;

	*index = fuzz_8(in) & 1 ? fuzz_32(in) : *index + (uint32_t)(int8_t)fuzz_8(in);
	honest = false;
}

static void
start(void)
{
	xen_boot.console = &page;
	xen_boot.console_port = 2;
	if (!driver)
		xencons_open();
	memset(&page, 0, sizeof page);
	page.out_prod = page.out_cons = UINT32_MAX - 100;
	page.in_prod = page.in_cons = UINT32_MAX - 10;
	backlog_prod = backlog_cons = wanted_prod = wanted_cons = 0;
	broken = false;
	honest = true;
}

void
fuzz_one(const uint8_t *data, size_t len)
{
	struct fuzz_bytes in = { data, len };

	start();
	for (unsigned i = 0; in.left && i < STEPS; i++) {
		uint8_t what = fuzz_8(&in);

		if (what % 8 <= 1)
			write_text(&in);
		else if (what % 8 <= 3)
			take(fuzz_16(&in) % 4096);
		else if (what % 8 == 4)
			type_text(&in);
		else if (what % 8 == 5)
			flush(&in);
		else if (what % 8 == 6 && what & 0x80)
			set_index(&in);
		else
			event(NULL);
		CHECK(!honest || page.out_prod - page.out_cons <= sizeof page.out);
	}
}
