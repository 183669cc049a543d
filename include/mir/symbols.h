/* SPDX-License-Identifier: ISC */
/* mir/symbols.h - names of the image's functions, for backtraces. */
#ifndef MIR_SYMBOLS_H
#define MIR_SYMBOLS_H

#include <stdint.h>

/* The function that 'addr' lies in and where it starts; NULL when unknown or when the image has
 * no table (CONFIG_SYMBOLS).  The text is good until the next call. */
const char *mir_symbol_find(uintptr_t addr, uintptr_t *start);

#endif
