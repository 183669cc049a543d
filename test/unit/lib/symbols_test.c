/* SPDX-License-Identifier: ISC */
/* lib/symbols: addresses before, in and after the functions of a small table. */
#include "mir/symbols.h"
#include "test/unit/harness.h"

/* In the form of scripts/mksyms: 0x100000 mir_buf_alloc, 0x100130 mir_buf_free, 0x100134 x.
 * Code 128 is "ir", 129 is "m" and 128. */
__asm__(
	".section .rodata\n"
	".global mir_symbols, mir_symbols_end\n"
	"mir_symbols:\n"
	".ascii \"ir\", \"m\\200\"\n .skip 252\n"
	".byte 0x80, 0x80, 0x40, 0x0b\n .ascii \"\\201_buf_alloc\"\n"
	".byte 0xb0, 0x02, 0x84\n .ascii \"free\"\n"
	".byte 0x04, 0x01\n .ascii \"x\"\n"
	"mir_symbols_end:\n"
	".text\n");

static const struct { uintptr_t addr; const char *name; uintptr_t start; } cases[] = {
	{ 0, NULL, 0 },
	{ 0xfffff, NULL, 0 },
	{ 0x100000, "mir_buf_alloc", 0x100000 },
	{ 0x10012f, "mir_buf_alloc", 0x100000 },
	{ 0x100130, "mir_buf_free", 0x100130 },
	{ 0x100133, "mir_buf_free", 0x100130 },
	{ 0x100134, "x", 0x100134 },
	{ UINTPTR_MAX, "x", 0x100134 },
};

TEST(symbols_find)
{
	uintptr_t start;

	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		CHECK_STR(mir_symbol_find(cases[i].addr, &start), cases[i].name);
		CHECK_EQ(start, cases[i].start);
	}
}
