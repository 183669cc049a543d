/* SPDX-License-Identifier: ISC */
/* drivers/console/e9.c, its port played by the test. */
#include <stdint.h>
#include "mir/console.h"
#include "test/unit/harness.h"

#define ARCH_CPU_H			/* The port is the function below. */

static char sent[64];
static unsigned sent_len;

static void
outb(uint16_t port, uint8_t v)
{
	CHECK_EQ(port, 0xe9);
	sent[sent_len++] = (char)v;
}

#include "drivers/console/e9.c"

static struct mir_console *registered;

void
mir_console_register(struct mir_console *c)
{
	registered = c;
}

TEST(last_words_alone_go_byte_by_byte)
{
	e9_open();
	CHECK(registered->crash_only);
	registered->ops->write(registered, "panic: x\n", 9);
	CHECK_EQ(sent_len, 9);
	CHECK_MEM(sent, "panic: x\n", 9);
}
