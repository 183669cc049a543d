/* SPDX-License-Identifier: ISC */
/* test/fuzz/fuzz.h - what a fuzzer has. */
#ifndef TEST_FUZZ_FUZZ_H
#define TEST_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* The fuzzer's own: one input.  Must leave nothing behind that the next one could feel. */
void fuzz_one(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#endif
