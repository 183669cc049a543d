/* SPDX-License-Identifier: ISC */
/* test/fuzz/guest.h - one guest on the fake Xen that serves all inputs of a fuzzer: its time, and
 * that nothing of an input stays. */
#ifndef TEST_FUZZ_GUEST_H
#define TEST_FUZZ_GUEST_H

#include <stddef.h>
#include "mir/clock.h"

/* Also over what would shut it down. */
void guest_run_for(mir_ns limit);

/* Without the device: what is here now is here after each input. */
void guest_boot(void);
void guest_settled(void);

/* The other side behaves: the device of this 'type', "vif", is taken away by 'remove', all pages are let
 * go, and there are as many as there were. */
void guest_device_leaves(const char *type, void (*remove)(unsigned id), size_t pages_in_all);
void guest_is_clean(void);

#endif
