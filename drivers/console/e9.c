/* SPDX-License-Identifier: ISC */
/* Port 0xE9: Xen's log for a PVH guest (QEMU's -debugcon): last words only, since each byte is
 * an exit. */
#include "arch/x86_64/cpu.h"
#include "mir/console.h"
#include "xen/console.h"

#define PORT	0xe9

static void
e9_write(struct mir_console *c, const char *text, size_t len)
{
	(void)c;
	for (size_t i = 0; i < len; i++)
		outb(PORT, (uint8_t)text[i]);
}

static const struct mir_console_ops ops = { .name = "e9", .write = e9_write };

static struct mir_console console = { .ops = &ops, .crash_only = true };

void
e9_open(void)
{
	mir_console_register(&console);
}
