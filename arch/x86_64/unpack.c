/* SPDX-License-Identifier: ISC */
/* Puts the image where it was linked to, from what scripts/pack left of it.
 *
 * The first thing that runs, on both ways in, while all memory is writable and executable: it and
 * inflate.c, entry.S and nothing else are there.  An image that is not packed has no pieces. */
#include <stdint.h>
#include "arch/x86_64/arch_boot.h"
#include "arch/x86_64/image.h"
#include "arch/x86_64/inflate.h"

struct piece {				/* As scripts/pack writes it; the stream follows. */
	uint32_t to, size;
};

/* Calls name the address that they call, which packs better than the way there. */
__attribute__((no_stack_protector)) static void
restore_calls(uint8_t *text, uint32_t size)
{
	for (uint32_t i = 0; i + 5 <= size; i++) {
		if ((text[i] & 0xfe) != 0xe8)
			continue;
		*(uint32_t *)(text + i + 1) -= i;
		i += 4;
	}
}

__attribute__((no_stack_protector)) void
arch_unpack(void)
{
	const uint8_t *at = _packed;
	struct piece p;

	while (p = *(const struct piece *)at, p.size) {
		at = inflate(at + sizeof p, (uint8_t *)(uintptr_t)p.to, _unpack_tables);
		if (p.to < (uintptr_t)_text_end)
			restore_calls((uint8_t *)(uintptr_t)p.to, p.size);
	}
}
